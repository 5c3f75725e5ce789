import {assert} from '../../base/assert.ts';
import type {Condition} from '../../expressions/condition.ts';
import {collectionBytesKey} from '../../keyspace/item-key.ts';
import {markIndexed, storedItemIndexed, storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {Value, Write} from '../../storage/store.ts';
import {type Consumed, consumedOfTable, writeUnits} from '../capacity.ts';
import {changeEntries} from '../indexes/entries.ts';
import {appendChange} from '../streams/append-change.ts';
import type {Table} from '../tables/table.ts';
import {changeExpiry} from '../ttl/expiry.ts';
import type {NewItem} from './new-item.ts';
import {lookInto, type OldItem} from './old-item.ts';
import type {ItemKey} from './primary-key.ts';

/** What a write wants of one item, before it knows what is there. */
export interface WriteIntent {
  condition?: Pick<Condition, 'matches'> | undefined;
  /** The attributes that the condition and `next` look at, if these are not all: no others need be there. */
  looksAt?: ReadonlySet<string> | undefined;
  /** What shall be there; undefined: nothing. Pure, since a commit may be decided again. */
  next(old: OldItem | undefined): NewItem | undefined;
  /** `next` looks at the old item. */
  nextNeedsOld: boolean;
  /** Hand back the item that was there: when written, or when the condition refused. */
  returnOld: boolean;
  returnOldOnRefusal: boolean;
  /** Time to live deletes it, not a caller: streams tell who it was. */
  byService?: boolean;
}

export interface WriteOutcome {
  /** False: the condition refused, and nothing is written. */
  written: boolean;
  /** Where the write had to look at it; at least what it looks at. */
  oldItem: Item | undefined;
  /** The wire text of the old item, where it was asked for and was there. */
  oldJson: Buffer | undefined;
  newItem: NewItem | undefined;
  consumed: Consumed;
  writes: readonly Write[];
}

/**
 * The one place where an item changes: everything that follows from it (index entries, totals, collection sizes, the time
 * of its expiry, the stream's record) is decided here, for the commit that writes the item. Pure. `stored` is valid only
 * during the call.
 */
export function decideWrite(table: Table, at: ItemKey, stored: Value | undefined, intent: WriteIntent): WriteOutcome {
  const isFollowed = table.indexes.length > 0 || table.timeToLive !== undefined;
  const mustLook = intent.condition !== undefined || intent.nextNeedsOld || isFollowed;
  const old = stored && mustLook ? lookInto(stored, isFollowed ? undefined : intent.looksAt) : undefined;
  const oldItem = old?.item;
  const oldSize = stored ? storedItemSize(stored) : 0;
  const oldJson = (wanted: boolean) => (stored && wanted ? Buffer.from(storedItemJson(stored)) : undefined);

  if (intent.condition && !intent.condition.matches(oldItem ?? noItem)) {
    const consumed = consumedOfTable(writeUnits(oldSize, 0));
    return {
      written: false,
      oldItem,
      oldJson: oldJson(intent.returnOldOnRefusal),
      newItem: undefined,
      consumed,
      writes: noWrites,
    };
  }

  const newItem = intent.next(old);
  const newSize = newItem ? newItem.size : 0;
  const consumed = consumedOfTable(writeUnits(oldSize, newSize));
  const writes: Write[] = [];
  const outcome = {written: true, oldItem, oldJson: oldJson(intent.returnOld), newItem, consumed, writes};
  if (!stored && !newItem) return outcome;

  if (newItem) {
    markIndexed(newItem.stored, table.record.lastIndexId);
    writes.push({kind: 'put', key: at.key, value: newItem.stored});
  } else writes.push({kind: 'delete', key: at.key});
  const items = (newItem ? 1 : 0) - (stored ? 1 : 0);
  if (items !== 0 || newSize !== oldSize) {
    writes.push({kind: 'add', counter: table.totalsKey, amounts: [items, newSize - oldSize]});
  }
  if (table.indexes.length > 0) {
    const old =
      oldItem && stored ? {item: oldItem, size: oldSize, stored, indexed: storedItemIndexed(stored)} : undefined;
    const localBytes = changeEntries(table, at.key, old, newItem, writes, consumed);
    const collectionBytes = newSize - oldSize + localBytes;
    if (table.hasLocalIndexes && collectionBytes !== 0) {
      writes.push({kind: 'add', counter: collectionBytesKey(table.record.id, at.hash), amounts: [collectionBytes]});
    }
  }
  if (table.timeToLive) changeExpiry(table.record.id, table.timeToLive, at.key, oldItem, newItem?.item, writes);
  if (table.stream) {
    const byService = intent.byService === true;
    const oldWhole = old?.source ? undefined : oldItem;
    appendChange(table, table.stream, at.hash, {stored, oldItem: oldWhole, newItem, byService}, writes);
  }
  assert(!stored || oldSize > 0, 'a stored item has a size', {oldSize});
  return outcome;
}

const noItem: Item = Object.freeze({});
const noWrites: readonly Write[] = [];
