import type {Engine} from '../engine/engine.ts';
import type {TableRef} from '../engine/tables/with-tables.ts';
import {isArn, parseTableReference, type TableName, tableArn} from '../model/names.ts';
import {ServiceError} from '../model/service-error.ts';
import type {Caller, Permission} from './operation.ts';

/** The table that a caller names, by its name or its ARN. An ARN of another region names nothing that is here. */
export function tableRefOf(text: string, caller: Caller): TableRef {
  if (!isArn(text)) return {region: caller.region, name: text};
  const {table, region} = parseTableReference(text);
  if (region !== undefined && region !== caller.region) {
    throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
  }
  return {region: caller.region, name: table};
}

/** The right to do `operation` on a table. */
export function onTable(operation: string, table: TableRef, engine: Engine): Permission {
  return {action: `dynamodb:${operation}`, resource: tableArn(table.region, engine.accountId, table.name as TableName)};
}
