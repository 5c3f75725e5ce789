import {encodeChange} from '../../keyspace/change-record.ts';
import {decodeStoredItem, storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import {getAttribute, type Item, setAttribute} from '../../model/attribute-value.ts';
import {equalItems} from '../../model/compare-values.ts';
import {itemSize} from '../../model/item-size.ts';
import type {Value, Write} from '../../storage/store.ts';
import {attributesOf, type NewItem} from '../items/new-item.ts';
import type {Table} from '../tables/table.ts';
import type {OpenStream} from './open-stream.ts';

/** What a write makes of one item. One of the two is there. */
export interface ItemChange {
  /** The item as it was, and all of it decoded if somebody did that already. */
  stored: Value | undefined;
  oldItem: Item | undefined;
  newItem: NewItem | undefined;
  byService: boolean;
}

/** Appends the record of a change to `writes`, if it is one: a write that leaves the item as it was has none. */
export function appendChange(
  table: Table,
  stream: OpenStream,
  hash: Buffer,
  change: ItemChange,
  writes: Write[],
): void {
  const {stored, newItem} = change;
  if (stored && newItem && isSame(stored, change.oldItem, newItem)) return;
  const {viewType} = stream;
  const newStored =
    newItem && (viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES') ? newItem.stored : undefined;
  const oldStored = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? stored : undefined;
  const keys = keysOf(
    table,
    newItem ? attributesOf(newItem, [...table.keyNames]) : (change.oldItem ?? decodeStoredItem(stored!)),
  );
  const record = encodeChange({
    kind: !stored ? 'INSERT' : newItem ? 'MODIFY' : 'REMOVE',
    byService: change.byService,
    createdMs: stream.clock.now(),
    size: itemSize(keys) + (newStored ? newItem!.size : 0) + (oldStored ? storedItemSize(oldStored) : 0),
    keys: JSON.stringify(keys),
    newImage: newStored && storedItemJson(newStored),
    oldImage: oldStored && storedItemJson(oldStored),
  });
  writes.push({kind: 'append', log: stream.logs[rangeOf(hash, stream.logs.length)]!, record});
}

/** Attributes and members of sets may come in another order: then the texts are as long as each other, but differ. */
function isSame(stored: Value, oldItem: Item | undefined, newItem: NewItem): boolean {
  if (storedItemSize(stored) !== newItem.size || stored.length !== newItem.stored.length) return false;
  if (storedItemJson(stored).equals(storedItemJson(newItem.stored))) return true;
  return equalItems(oldItem ?? decodeStoredItem(stored), newItem.item);
}

function keysOf({record: {keySchema}}: Table, item: Item): Item {
  const keys: Item = {};
  for (const schema of [keySchema.partition, keySchema.sort]) {
    for (const {name} of schema) setAttribute(keys, name, getAttribute(item, name)!);
  }
  return keys;
}

/** Which of `count` equal ranges a partition lies in; `count` is at most 2^15. */
function rangeOf(hash: Buffer, count: number): number {
  return count === 1 ? 0 : (hash.readUInt16BE(0) * count) >>> 16;
}
