import type {Awaitable} from '../../base/awaitable.ts';
import type {Item} from '../../model/attribute-value.ts';
import {validationError} from '../../model/service-error.ts';
import type {Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {commitWithTables, type TableRef} from '../tables/with-tables.ts';
import {deleteIntent} from './delete-item.ts';
import type {NewItem} from './new-item.ts';
import {type ItemKey, keyOfBatchedItem, keyOfRequest} from './primary-key.ts';
import {placeOfItem, placingAttributes, putIntent} from './put-item.ts';
import {decideWrite, type WriteIntent} from './write-item.ts';
import {type WrittenItem, writtenItem} from './written-item.ts';

export type BatchWrite = {kind: 'put'; item: NewItem} | {kind: 'delete'; key: Item};

export interface BatchWriteTable {
  table: TableRef;
  writes: readonly BatchWrite[];
}

const plain = {returnOld: false, returnOldOnRefusal: false};

/**
 * All writes go into one commit, which promises more than AWS does and costs one flush. Left out are items of transactions
 * under way. One answer for each table asked, in order, with one outcome for each of its writes: undefined where it was
 * left out.
 */
export function batchWriteItem(
  engine: Engine,
  request: readonly BatchWriteTable[],
): Awaitable<(WrittenItem | undefined)[][]> {
  return commitWithTables(
    engine,
    request.map(part => part.table),
    tables => {
      const keys: Buffer[] = [];
      const seen = new Set<string>();
      const places: ({at: ItemKey; intent: WriteIntent; partition: Item[string]} | undefined)[] = [];
      request.forEach(({writes}, number) => {
        const table = tables[number]!;
        const partitionName = table.record.keySchema.partition[0]!.name;
        for (const write of writes) {
          const item = write.kind === 'put' ? placingAttributes(table, write.item) : write.key;
          const at = write.kind === 'put' ? placeOfItem(table, item, keyOfBatchedItem) : keyOfRequest(table, write.key);
          const text = at.key.toString('latin1');
          if (seen.has(text)) throw validationError('Provided list of item keys contains duplicates');
          seen.add(text);
          if (engine.underWay.includes(at.key)) {
            places.push(undefined);
            continue;
          }
          const intent =
            write.kind === 'put' ? putIntent(Object.assign({item: write.item}, plain)) : deleteIntent(plain);
          const partition = item[partitionName]!;
          keys.push(at.key);
          places.push({at, intent, partition});
        }
      });
      return {
        keys,
        ...(keys.length === 0 && {readsOnly: true}),
        decide: values => {
          const all: Write[] = [];
          let nextPlace = 0;
          let nextValue = 0;
          const result = request.map(({writes}, number) =>
            writes.map(() => {
              const place = places[nextPlace++];
              if (!place) return undefined;
              const {at, intent, partition} = place;
              const outcome = decideWrite(tables[number]!, at, values[nextValue++], intent);
              all.push(...outcome.writes);
              return writtenItem(outcome, tables[number]!, at, partition);
            }),
          );
          return {result, writes: all};
        },
      };
    },
  );
}
