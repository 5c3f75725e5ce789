import type {Awaitable} from '../../base/awaitable.ts';
import type {Projection} from '../../expressions/projection.ts';
import {decodeStoredItem, storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {Value} from '../../storage/store.ts';
import {type Consumed, consumedOfTable, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {readerFor} from '../reader.ts';
import {readWithTable, type TableRef} from '../tables/with-tables.ts';
import {mustNotReachIntoKeys} from './key-paths.ts';
import {keyOfRequest} from './primary-key.ts';

export interface GetItem {
  table: TableRef;
  key: Item;
  projection?: Projection | undefined;
  consistent: boolean;
}

export interface GotItem {
  /** The wire text of the item; undefined when there is none. */
  json: Buffer | string | undefined;
  consumed: Consumed;
}

export function getItem(engine: Engine, request: GetItem): Awaitable<GotItem> {
  return readWithTable(
    engine,
    request.table,
    table => {
      const {key} = keyOfRequest(table, request.key);
      mustNotReachIntoKeys(table, request.projection?.nestedAttributes);
      return [key];
    },
    (_table, [stored]) => ({
      json: stored && projectedJson(stored, request.projection),
      consumed: consumedOfTable(readUnits(stored ? storedItemSize(stored) : 0, request.consistent)),
    }),
    readerFor(engine, request),
  );
}

/** Without a projection this is the stored text as it is. */
export function projectedJson(stored: Value, projection: Projection | undefined): Buffer | string {
  return projection ? JSON.stringify(projection.project(decodeStoredItem(stored))) : storedItemJson(stored);
}
