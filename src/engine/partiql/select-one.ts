import type {Awaitable} from '../../base/awaitable.ts';
import {storedItemSize} from '../../keyspace/stored-item.ts';
import {validationError} from '../../model/service-error.ts';
import {type Consumed, consumedOfTable, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {projectedJson} from '../items/get-item.ts';
import type {Table} from '../tables/table.ts';
import {readWithTable} from '../tables/with-tables.ts';
import {type BoundStatement, soundBeforeMissing} from './bound-statement.ts';
import {planRead} from './read-plan.ts';
import {statementSource} from './statement-source.ts';

export interface SelectedOne {
  /** The wire text of the item; undefined when there is none. */
  json: Buffer | string | undefined;
  consumed: Consumed;
}

/** The SELECT of a batch: of one item, by its key alone (paritysuite batchExecuteStatement, 2026). */
export function selectOne(
  engine: Engine,
  statement: BoundStatement<'select'>,
  consistent: boolean,
): Awaitable<SelectedOne> {
  const {projection} = statement.prepared.body;
  return soundBeforeMissing(statement, () =>
    readWithTable(
      engine,
      statement.table,
      table => {
        statementSource(table, statement.prepared.index, false);
        return [pointOfStatement(table, statement, 'BatchExecuteStatement')];
      },
      (_table, [stored]) => ({
        json: stored && projectedJson(stored, projection),
        consumed: consumedOfTable(readUnits(stored ? storedItemSize(stored) : 0, consistent)),
      }),
    ),
  );
}

/** Where the one item lies that a SELECT names by its key. Throws ValidationException if it does anything else. */
export function pointOfStatement(table: Table, statement: BoundStatement<'select'>, operation: string): Buffer {
  const {point} = statement.prepared.index === undefined ? planRead(table, statement, false) : {point: undefined};
  if (point) return point;
  throw validationError(`Select statements within ${operation} must specify the primary key in the where clause.`);
}
