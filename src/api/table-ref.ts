import type {Engine} from '../engine/engine.ts';
import type {TableRef} from '../engine/tables/with-tables.ts';
import {invalidArn, isArn, parseTableReference, type TableName, tableArn} from '../model/names.ts';
import {ServiceError} from '../model/service-error.ts';
import type {Caller, Permission} from './operation.ts';

/**
 * The table that a caller names, by its name or its ARN. An ARN of another region names nothing that is here, and tables of
 * other accounts are nobody's business: a table of ours that happens to have the same name must not answer for them.
 * Indexes and streams are no tables.
 */
export function tableRefOf(text: string, caller: Caller): TableRef {
  if (!isArn(text)) return {region: caller.region, name: text};
  const {table, region, account, index, stream} = parseTableReference(text);
  if (index !== undefined || stream !== undefined) throw invalidArn(text);
  if (account !== caller.accountId) throw new ServiceError('AccessDeniedException', 'Access is denied');
  if (region !== caller.region) throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
  return {region: caller.region, name: table};
}

/** The right to do `operation` on a table. */
export function onTable(operation: string, table: TableRef, engine: Engine): Permission {
  return {action: `dynamodb:${operation}`, resource: tableArn(table.region, engine.accountId, table.name as TableName)};
}
