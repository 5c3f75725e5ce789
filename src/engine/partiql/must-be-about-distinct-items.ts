import type {Awaitable} from '../../base/awaitable.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import {bindWhere} from '../../partiql/bind-where.ts';
import {insertedItem} from '../../partiql/build-insert.ts';
import type {Engine} from '../engine.ts';
import {keyOfItem, keyOfRequest} from '../items/primary-key.ts';
import {distinctTables} from '../tables/distinct-tables.ts';
import type {Table} from '../tables/table.ts';
import {findTable, lastSeenTable, type TableRef} from '../tables/with-tables.ts';
import type {BoundStatement} from './bound-statement.ts';
import {statementKey} from './statement-key.ts';

/**
 * No two statements of a batch may name one item by equalities, whether they read or write; those that name none are refused
 * for themselves (dynoxide's captures of BatchExecuteStatement, eu-west-2, 2026-08). Throws ValidationException.
 */
export async function mustBeAboutDistinctItems(engine: Engine, statements: readonly BoundStatement[]): Promise<void> {
  if (statements.length < 2 || !(await nameOneTwice(engine, statements, lastSeenTable))) return;
  // Only what the tables are now can refuse a request.
  if (!(await nameOneTwice(engine, statements, findTable))) return;
  throw validationError('Provided list of item keys contains duplicates');
}

async function nameOneTwice(
  engine: Engine,
  statements: readonly BoundStatement[],
  tableOf: (engine: Engine, ref: TableRef) => Awaitable<Table | undefined>,
): Promise<boolean> {
  const {refs, places} = distinctTables(statements.map(({table}) => table));
  const tables = await Promise.all(refs.map(ref => tableOf(engine, ref)));
  const seen = new Set<string>();
  return statements.some((statement, number) => {
    const table = tables[places[number]!];
    const key = table && keyOfStatement(table, statement)?.toString('latin1');
    if (key === undefined) return false;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

/** Where the one item lies that a statement names. Undefined if it names none that this table can have. */
function keyOfStatement(table: Table, {prepared, parameters}: BoundStatement): Buffer | undefined {
  const {body} = prepared;
  try {
    if (body.kind === 'insert') return body.value && keyOfItem(table, insertedItem(body.value, parameters)).key;
    const found = body.where && statementKey(table, bindWhere(body.where, parameters));
    return found && found.contradicted === undefined ? keyOfRequest(table, found.key).key : undefined;
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
