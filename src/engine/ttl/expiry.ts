import {expiryKey, expirySecondsEnd} from '../../keyspace/expiry-key.ts';
import type {IndexId, TableId} from '../../keyspace/table-record.ts';
import {getAttribute, type Item} from '../../model/attribute-value.ts';
import type {Write} from '../../storage/store.ts';

/**
 * When an item expires, in whole seconds since 1970. Undefined when it never does: only numbers count, and those that no
 * clock will reach (such as milliseconds taken for seconds) need no entry.
 */
export function expirySeconds(item: Item, attribute: string): number | undefined {
  const value = getAttribute(item, attribute);
  if (!value || !('N' in value)) return undefined;
  const seconds = Math.ceil(Number(value.N));
  return seconds > 0 && seconds < expirySecondsEnd ? seconds : undefined;
}

/** Appends to `writes` what brings the index on expiry times from the old item to the new one. */
export function changeExpiry(
  table: TableId,
  {attribute, index}: {attribute: string; index: IndexId},
  itemKey: Buffer,
  oldItem: Item | undefined,
  newItem: Item | undefined,
  writes: Write[],
): void {
  const before = oldItem && expirySeconds(oldItem, attribute);
  const after = newItem && expirySeconds(newItem, attribute);
  // While the index is filled the old item may not be entered yet: deleting what is not there does nothing. And an entry
  // that stays is written when the fill comes to its item.
  if (before === after) return;
  if (before !== undefined) writes.push({kind: 'delete', key: expiryKey(table, index, before, itemKey)});
  if (after !== undefined) writes.push({kind: 'put', key: expiryKey(table, index, after, itemKey), value: nothing});
}

const nothing = Buffer.alloc(0);
