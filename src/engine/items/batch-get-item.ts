import type {Awaitable} from '../../base/awaitable.ts';
import type {Projection} from '../../expressions/projection.ts';
import {storedItemSize} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import {type Consumed, consumedOfTable, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {readerFor} from '../reader.ts';
import {readWithTables, type TableRef} from '../tables/with-tables.ts';
import {projectedJson} from './get-item.ts';
import {mustNotReachIntoKeys} from './key-paths.ts';
import {keyOfRequest} from './primary-key.ts';

export interface BatchGetTable {
  table: TableRef;
  keys: readonly Item[];
  projection?: Projection | undefined;
  consistent: boolean;
}

export interface BatchGotTable {
  /** Wire texts of the items that were found. */
  items: (Buffer | string)[];
  /** Keys that were left for the caller to ask for again, because the answer was full. */
  unprocessed: Item[];
  consumed: Consumed;
}

/** An answer holds at most 16 MB of items, by their size as DynamoDB counts it. */
const answerBytesMax = 16 * 1024 * 1024;

/** One answer for each table asked, in order. All items come from one snapshot. */
export function batchGetItem(engine: Engine, request: readonly BatchGetTable[]): Awaitable<BatchGotTable[]> {
  return readWithTables(
    engine,
    request.map(part => part.table),
    tables =>
      tables.flatMap((table, at) => {
        const {keys, projection} = request[at]!;
        const places = keys.map(key => keyOfRequest(table, key).key);
        mustNotReachIntoKeys(table, projection?.nestedAttributes);
        return places;
      }),
    (_tables, values) => {
      let next = 0;
      let answerBytes = 0;
      return request.map(({keys, projection, consistent}) => {
        const got: BatchGotTable = {items: [], unprocessed: [], consumed: consumedOfTable(0)};
        for (const key of keys) {
          const stored = values[next++];
          const size = stored ? storedItemSize(stored) : 0;
          if (answerBytes + size > answerBytesMax) {
            got.unprocessed.push(key);
            continue;
          }
          answerBytes += size;
          got.consumed.table += readUnits(size, consistent);
          if (stored) got.items.push(projectedJson(stored, projection));
        }
        return got;
      });
    },
    readerFor(engine, {consistent: request.some(part => part.consistent)}),
  );
}
