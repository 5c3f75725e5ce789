import {entryKey, partitionHash} from '../../keyspace/item-key.ts';
import {encodeStoredItem} from '../../keyspace/stored-item.ts';
import {type Item, setAttribute} from '../../model/attribute-value.ts';
import {itemSize} from '../../model/item-size.ts';
import type {Write} from '../../storage/store.ts';
import type {Consumed} from '../capacity.ts';
import {keyValues} from '../items/key-value.ts';
import type {Index, Table} from '../tables/table.ts';

/** What an index holds of an item. */
export interface Entry {
  key: Buffer;
  /** A stored item, as projected. */
  value: Buffer;
  /** In bytes as DynamoDB counts them. */
  size: number;
}

/** The entry of an item in an index; undefined when the item lacks a key attribute of the index (or has one of another type). */
export function entryOf(table: Table, index: Index, itemKey: Buffer, item: Item): Entry | undefined {
  const {keySchema} = index.record;
  const partition = keyValues(item, keySchema.partition);
  const sort = keyValues(item, keySchema.sort);
  if (!partition || !sort) return undefined;
  const projected = projectedItem(index, item);
  const size = itemSize(projected);
  return {
    key: entryKey(table.record.id, index.record, partitionHash(partition), sort, itemKey),
    value: encodeStoredItem(projected, size),
    size,
  };
}

function projectedItem(index: Index, item: Item): Item {
  if (!index.projected) return item;
  const projected: Item = {};
  for (const name of Object.keys(item)) {
    if (index.projected.has(name)) setAttribute(projected, name, item[name]!);
  }
  return projected;
}

/** `indexed`: the newest index that holds its entry, as `storedItemIndexed` tells. */
export interface IndexedItem {
  item: Item;
  indexed: number;
}

/**
 * Appends to `writes` what brings every index from the old item to the new one, and charges `consumed` for it as AWS does: by
 * the change to the stored entry. An entry that stays as it is costs nothing; one that moves costs a removal and an
 * insertion. Returns by how many bytes the local entries of the item's collection grew.
 */
export function changeEntries(
  table: Table,
  itemKey: Buffer,
  old: IndexedItem | undefined,
  newItem: Item | undefined,
  writes: Write[],
  consumed: Consumed,
): number {
  let localBytes = 0;
  for (const index of table.indexes) {
    // An index that is still being filled may not hold the old item yet.
    const entered = old && (index.record.status !== 'CREATING' || index.record.id <= old.indexed);
    const before = entered ? entryOf(table, index, itemKey, old.item) : undefined;
    const after = newItem && entryOf(table, index, itemKey, newItem);
    const units = changeEntry(index, before, after, writes);
    if (units === 0) continue;
    if (index.record.kind === 'local') {
      consumed.local[index.record.name] = units;
      localBytes += (after?.size ?? 0) - (before?.size ?? 0);
    } else {
      consumed.global[index.record.name] = units;
    }
  }
  return localBytes;
}

function changeEntry(index: Index, before: Entry | undefined, after: Entry | undefined, writes: Write[]): number {
  const unitsOf = (bytes: number) => Math.ceil(bytes / 1024);
  if (!before && !after) return 0;
  if (before && after && before.key.equals(after.key)) {
    if (before.value.equals(after.value)) return 0;
    writes.push({kind: 'put', key: after.key, value: after.value});
    if (after.size !== before.size) {
      writes.push({kind: 'add', counter: index.totalsKey, amounts: [0, after.size - before.size]});
    }
    return unitsOf(Math.max(before.size, after.size));
  }
  let units = 0;
  if (before) {
    writes.push({kind: 'delete', key: before.key});
    units += unitsOf(before.size);
  }
  if (after) {
    writes.push({kind: 'put', key: after.key, value: after.value});
    units += unitsOf(after.size);
  }
  const items = (after ? 1 : 0) - (before ? 1 : 0);
  writes.push({
    kind: 'add',
    counter: index.totalsKey,
    amounts: [items, (after?.size ?? 0) - (before?.size ?? 0)],
  });
  return units;
}
