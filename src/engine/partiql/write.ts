import type {Awaitable} from '../../base/awaitable.ts';
import type {Item} from '../../model/attribute-value.ts';
import {ServiceError} from '../../model/service-error.ts';
import {writeUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {newItemJson} from '../items/new-item.ts';
import {type ItemKey, keyOfRequest} from '../items/primary-key.ts';
import {placeOfItem} from '../items/put-item.ts';
import {decideWrite, type WriteIntent} from '../items/write-item.ts';
import {type WrittenItem, writtenItem} from '../items/written-item.ts';
import type {Table} from '../tables/table.ts';
import {commitWithTables} from '../tables/with-tables.ts';
import {transactionConflict} from '../transactions/conflict.ts';
import {type BoundStatement, soundBeforeMissing} from './bound-statement.ts';
import {type BoundWrite, bindWrite, changeIntent, insertIntent, keyOfWhere} from './plan-write.ts';

export interface StatementWrite {
  kind: BoundWrite['kind'];
  outcome: WrittenItem | ServiceError;
  /** The wire text of what RETURNING asks for; undefined for nothing. */
  returned: Buffer | string | undefined;
}

/**
 * Runs one INSERT, UPDATE or DELETE. What is refused before the item is looked at is thrown; what the item makes impossible
 * is the outcome, and `outcome.written` is false where a condition refused.
 */
export function writeStatement(
  engine: Engine,
  statement: BoundStatement<'insert' | 'update' | 'delete'>,
  returnOldOnRefusal: boolean,
): Awaitable<StatementWrite> {
  const {returning} = statement.prepared.body;
  const options = {returnOld: returning === 'ALL OLD', returnOldOnRefusal};
  return soundBeforeMissing(statement, () =>
    commitWithTables<StatementWrite>(engine, [statement.table], ([found]) => {
      const table = found!;
      const write = bindWrite(statement);
      const {at, key, intent} = placeWrite(table, write, options);
      if (engine.underWay.includes(at.key)) {
        const outcome = transactionConflict();
        const result = {kind: write.kind, outcome, returned: undefined};
        return {keys: [], readsOnly: true, decide: () => ({result, writes: []})};
      }
      const partition = key[table.record.keySchema.partition[0]!.name]!;
      return {
        keys: [at.key],
        decide: ([stored]) => {
          try {
            const outcome = writtenItem(decideWrite(table, at, stored, intent), table, at, partition);
            if (write.kind === 'insert' && !outcome.written) {
              // It is charged as if it had replaced what is there (dynoxide's captures, eu-west-2, 2026-08).
              outcome.consumed.table = Math.max(outcome.consumed.table, writeUnits(0, write.item.size));
            }
            const returned = returnedJson(outcome, write, returning);
            return {result: {kind: write.kind, outcome, returned}, writes: outcome.writes};
          } catch (error) {
            if (!(error instanceof ServiceError)) throw error;
            return {result: {kind: write.kind, outcome: error, returned: undefined}, writes: []};
          }
        },
      };
    }),
  );
}

function placeWrite(
  table: Table,
  write: BoundWrite,
  options: {returnOld: boolean; returnOldOnRefusal: boolean},
): {at: ItemKey; key: Item; intent: WriteIntent} {
  if (write.kind === 'insert') {
    const {item} = write.item;
    return {at: placeOfItem(table, item), key: item, intent: insertIntent(table, write.item)};
  }
  const found = keyOfWhere(table, write.where);
  return {at: keyOfRequest(table, found.key), key: found.key, intent: changeIntent(table, write, found, options)};
}

/** AWS answers no row where it would be empty. */
function returnedJson(
  {written, oldItem, oldJson, newItem}: WrittenItem,
  write: BoundWrite,
  returning: string | undefined,
): Buffer | string | undefined {
  if (!written || returning === undefined) return undefined;
  if (returning === 'ALL OLD') return oldJson;
  if (returning === 'ALL NEW') return newItem && newItemJson(newItem);
  const item = returning === 'MODIFIED OLD' ? oldItem : newItem?.item;
  if (write.kind !== 'update' || !item) return undefined;
  const text = JSON.stringify(write.update.updatedParts(item));
  return text === '{}' ? undefined : text;
}
