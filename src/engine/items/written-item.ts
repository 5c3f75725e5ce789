import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {collectionBytesKey} from '../../keyspace/item-key.ts';
import type {AttributeValue} from '../../model/attribute-value.ts';
import type {Engine} from '../engine.ts';
import type {Table} from '../tables/table.ts';
import type {ItemKey} from './primary-key.ts';
import type {WriteOutcome} from './write-item.ts';

/** What became of one write, and where. */
export interface WrittenItem extends WriteOutcome {
  table: Table;
  at: ItemKey;
  partition: AttributeValue;
}

/** Member by member: V8 makes a copy by spread twenty times slower, and puts it among the objects that it takes to live long. */
export function writtenItem(outcome: WriteOutcome, table: Table, at: ItemKey, partition: AttributeValue): WrittenItem {
  const {written, oldItem, oldJson, newItem, consumed, writes} = outcome;
  return {written, oldItem, oldJson, newItem, consumed, writes, table, at, partition};
}

export interface CollectionSize {
  partitionName: string;
  partition: AttributeValue;
  bytes: number;
}

/** The size of the item collection that was written to; undefined for tables without local indexes, as AWS does. */
export function collectionSize(engine: Engine, written: WrittenItem): Awaitable<CollectionSize | undefined> {
  const {table, at, partition} = written;
  if (!table.hasLocalIndexes) return undefined;
  return whenReady(engine.store.counters([collectionBytesKey(table.record.id, at.hash)]), ([sums]) => ({
    partitionName: table.record.keySchema.partition[0]!.name,
    partition,
    bytes: sums?.[0] ?? 0,
  }));
}
