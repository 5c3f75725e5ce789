import type {Awaitable} from '../../base/awaitable.ts';
import type {Projection} from '../../expressions/projection.ts';
import {storedItemSize} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import {type Consumed, consumedOfTable, doubled, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {projectedJson} from '../items/get-item.ts';
import {mustNotReachIntoKeys} from '../items/key-paths.ts';
import {keyOfRequest} from '../items/primary-key.ts';
import {distinctTables} from '../tables/distinct-tables.ts';
import {readWithTables, type TableRef} from '../tables/with-tables.ts';
import {type CancellationReasons, onlyReason, reasonOf} from './cancellation.ts';
import {conflictsOf} from './conflict.ts';
import {mustBeDistinct} from './must-be-distinct.ts';
import {mustFitTransaction} from './size-limit.ts';

export interface TransactGet {
  table: TableRef;
  key: Item;
  projection?: Projection | undefined;
}

export interface TransactGotItem {
  /** The wire text of the item; undefined when there is none. */
  json: Buffer | string | undefined;
  consumed: Consumed;
}

export type TransactGetOutcome =
  | {kind: 'read'; items: TransactGotItem[]}
  | {kind: 'cancelled'; reasons: CancellationReasons};

/** All items as they were at one moment. Throws as transactWrite does. */
export function transactGet(engine: Engine, gets: readonly TransactGet[]): Awaitable<TransactGetOutcome> {
  const {refs, places} = distinctTables(gets.map(({table}) => table));
  let cancelled: CancellationReasons | undefined;
  return readWithTables<TransactGetOutcome>(
    engine,
    refs,
    tables => {
      cancelled = undefined;
      const keys: Buffer[] = [];
      for (const [at, {key, projection}] of gets.entries()) {
        const table = tables[places[at]!]!;
        try {
          keys.push(keyOfRequest(table, key).key);
          mustNotReachIntoKeys(table, projection?.nestedAttributes);
        } catch (fault) {
          cancelled = onlyReason(gets.length, at, reasonOf(fault));
          return [];
        }
      }
      mustBeDistinct(keys);
      cancelled = conflictsOf(engine, keys);
      return cancelled ? [] : keys;
    },
    (_tables, values) => {
      if (cancelled) return {kind: 'cancelled', reasons: cancelled};
      let bytes = 0;
      const items = gets.map(({projection}, at) => {
        const stored = values[at];
        const size = stored ? storedItemSize(stored) : 0;
        bytes += size;
        return {
          json: stored && projectedJson(stored, projection),
          consumed: doubled(consumedOfTable(readUnits(size, true))),
        };
      });
      mustFitTransaction(bytes);
      return {kind: 'read', items};
    },
  );
}
