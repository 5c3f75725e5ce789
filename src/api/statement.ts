import type {Engine} from '../engine/engine.ts';
import type {BoundStatement} from '../engine/partiql/bound-statement.ts';
import {indexArn, type TableName} from '../model/names.ts';
import {prepareStatement} from '../partiql/prepare-statement.ts';
import {mustHaveParameters, parseParameters} from '../partiql/statement-parameters.ts';
import type {Caller, Permission} from './operation.ts';
import {onTable} from './table-ref.ts';

export interface WireStatement {
  Statement: string;
  Parameters?: object[];
}

/** A statement as it was sent, with its parameters in normal form: they are checked before it is read. */
export function parseWireStatement(wire: WireStatement, caller: Caller): BoundStatement {
  return readStatement(wire, parseParameters(wire.Parameters), caller);
}

export function readStatement(
  wire: WireStatement,
  parameters: BoundStatement['parameters'],
  caller: Caller,
): BoundStatement {
  const prepared = prepareStatement(wire.Statement);
  mustHaveParameters(prepared, parameters);
  return {table: {region: caller.region, name: prepared.table}, prepared, parameters};
}

const actions = {
  select: 'PartiQLSelect',
  exists: 'PartiQLSelect',
  insert: 'PartiQLInsert',
  update: 'PartiQLUpdate',
  delete: 'PartiQLDelete',
} as const;

/** The right that a statement takes: on its table, or on the index that it reads. */
export function onStatement({table, prepared}: BoundStatement, engine: Engine): Permission {
  const action = actions[prepared.body.kind];
  if (prepared.index === undefined) return onTable(action, table, engine);
  const resource = indexArn(table.region, engine.accountId, table.name as TableName, prepared.index);
  return {action: `dynamodb:${action}`, resource};
}
