import type {Awaitable} from '../../base/awaitable.ts';
import {whenReady} from '../../base/awaitable.ts';
import {totalsKey} from '../../keyspace/item-key.ts';
import type {IndexId, TableRecord} from '../../keyspace/table-record.ts';
import type {Engine} from '../engine.ts';

export interface Totals {
  items: number;
  bytes: number;
}

/** What an operation on a table answers with. */
export interface TableView {
  /** Settled: its statuses are what AWS shows now. */
  record: TableRecord;
  /** By the id of an index; 0 is the table. */
  totals: ReadonlyMap<IndexId | 0, Totals>;
  /** What the answer leaves out although the record knows it. */
  omitted: ReadonlySet<Omitted>;
}

/** Members that AWS shows in DescribeTable only, once what an operation has started is done. */
export type Omitted = 'warmThroughput' | 'onDemandSince';

const nothing: ReadonlySet<Omitted> = new Set();

/** The record with its totals as they stand now. */
export function viewTable(
  engine: Engine,
  record: TableRecord,
  omitted: ReadonlySet<Omitted> = nothing,
): Awaitable<TableView> {
  const ids = [0 as const, ...record.indexes.map(index => index.id)];
  const counters = ids.map(id => totalsKey(record.id, id));
  return whenReady(engine.store.counters(counters), sums => {
    const totals = new Map<IndexId | 0, Totals>();
    ids.forEach((id, at) => {
      const [items = 0, bytes = 0] = sums[at]!;
      totals.set(id, {items, bytes});
    });
    return {record, totals, omitted};
  });
}
