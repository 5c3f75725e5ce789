import {entryKey, partitionHash} from '../../keyspace/item-key.ts';
import {decodeStoredItem, encodeStoredItem, storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import {getAttribute, type Item, setAttribute} from '../../model/attribute-value.ts';
import {equalItems, equalValues} from '../../model/compare-values.ts';
import {itemSize} from '../../model/item-size.ts';
import type {Write} from '../../storage/store.ts';
import {type Consumed, setIndexUnits} from '../capacity.ts';
import {canBeKey, keyValues} from '../items/key-value.ts';
import type {Index, Table} from '../tables/table.ts';

/** An item with its stored form: an index that projects everything holds it as it is. */
export interface WholeItem {
  item: Item;
  /** In bytes as DynamoDB counts them. */
  size: number;
  stored: Buffer;
}

/** The item of which `stored` is the stored form. */
export function wholeItem(stored: Buffer): WholeItem {
  return {item: decodeStoredItem(stored), size: storedItemSize(stored), stored};
}

/** What an index holds of an item. */
export interface Entry {
  key: Buffer;
  /** A stored item, as projected. */
  value: Buffer;
  /** In bytes as DynamoDB counts them. */
  size: number;
}

/** The entry of an item in an index; undefined when the item lacks a key attribute of the index (or has one that can't be its key). */
export function entryOf(table: Table, index: Index, itemKey: Buffer, whole: WholeItem): Entry | undefined {
  const {keySchema} = index.record;
  const partition = keyValues(whole.item, keySchema.partition);
  const sort = keyValues(whole.item, keySchema.sort);
  if (!partition || !sort || !canBeKey(partition, sort)) return undefined;
  const key = entryKey(table.record.id, index.record, partitionHash(partition), sort, itemKey);
  if (!index.projected) return {key, value: whole.stored, size: whole.size};
  const projected = projectedItem(index.projected, whole.item);
  const size = itemSize(projected);
  return {key, value: encodeStoredItem(projected, size), size};
}

function projectedItem(names: ReadonlySet<string>, item: Item): Item {
  const projected: Item = {};
  for (const name of Object.keys(item)) {
    if (names.has(name)) setAttribute(projected, name, item[name]!);
  }
  return projected;
}

/** `indexed`: the newest index that holds its entry, as `storedItemIndexed` tells. */
export interface IndexedItem extends WholeItem {
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
  newItem: WholeItem | undefined,
  writes: Write[],
  consumed: Consumed,
): number {
  let localBytes = 0;
  for (const index of table.indexes) {
    // An index that is still being filled may not hold the old item yet.
    const entered = old && (index.record.status !== 'CREATING' || index.record.id <= old.indexed);
    // Most writes leave most entries where they are, and many as they are: seen here before anything is hashed or encoded.
    if (entered && newItem && !entryChanges(index, old, newItem)) continue;
    const before = entered ? entryOf(table, index, itemKey, old) : undefined;
    const after = newItem && entryOf(table, index, itemKey, newItem);
    const units = changeEntry(index, before, after, writes);
    if (units === 0) continue;
    setIndexUnits(consumed, index.record.kind, index.record.name, units);
    if (index.record.kind === 'local') localBytes += (after?.size ?? 0) - (before?.size ?? 0);
  }
  return localBytes;
}

/** Whether any attribute differs that the index holds: key attributes are always among them. */
function entryChanges(index: Index, old: WholeItem, newItem: WholeItem): boolean {
  if (!index.projected) {
    const same = storedItemJson(old.stored).equals(storedItemJson(newItem.stored));
    // The same attributes in another order are no change either.
    return !same && (old.size !== newItem.size || !equalItems(old.item, newItem.item));
  }
  for (const name of index.projected) {
    const before = getAttribute(old.item, name);
    const after = getAttribute(newItem.item, name);
    if (before === undefined ? after !== undefined : after === undefined || !equalValues(before, after)) return true;
  }
  return false;
}

function changeEntry(index: Index, before: Entry | undefined, after: Entry | undefined, writes: Write[]): number {
  const unitsOf = (bytes: number) => Math.ceil(bytes / 1024);
  if (!before && !after) return 0;
  if (before && after && before.key.equals(after.key)) {
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
