import {decodeExpiryKey, expiryRange} from '../../keyspace/expiry-key.ts';
import {allTimeToLive, decodeNoteKey} from '../../keyspace/item-key.ts';
import type {IndexId, TableId} from '../../keyspace/table-record.ts';
import {ServiceError} from '../../model/service-error.ts';
import type {Key, Value, Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {decideWrite, type WriteIntent} from '../items/write-item.ts';
import type {Table} from '../tables/table.ts';
import {commitWithTables, type TableRef} from '../tables/with-tables.ts';
import {expirySeconds} from './expiry.ts';
import {decodeTimeToLiveNote} from './note.ts';

const notesAtOnce = {reverse: false, entriesMax: 1_000, bytesMax: 1 << 20};
const itemsMaxDefault = 100;

/** What expired longer ago is left alone, as by AWS: more likely a mistake than a wish. */
const tooLongAgoSeconds = 5 * 365.25 * 24 * 60 * 60;

/** Where the next step begins, when the last one had spent its items before it came to the end of the tables. */
const turns = new WeakMap<Engine, Key>();

/**
 * Deletes some expired items, of each table the longest expired first, `itemsMax` of all tables together; those of one table
 * go into one commit. True while there is more to do at once. It looks only at what has expired, however much is waiting.
 *
 * Several processes may do this at the same time: each item is looked at again in the commit that deletes it.
 */
export async function deleteExpired(engine: Engine, itemsMax = itemsMaxDefault): Promise<boolean> {
  let moreExpired = false;
  let left = itemsMax;
  for await (const {key, value} of notesFrom(engine, turns.get(engine))) {
    const some = await deleteSome(engine, key, value, left);
    left -= some.entries;
    moreExpired ||= some.more;
    if (left > 0) continue;
    turns.set(engine, Buffer.concat([key, Buffer.alloc(1)]));
    return true;
  }
  turns.delete(engine);
  return moreExpired;
}

/** The note of each table with time to live, once: from `turn` to the last one, then from the first one to `turn`. */
async function* notesFrom(engine: Engine, turn: Key | undefined): AsyncGenerator<{key: Key; value: Value}> {
  const {start, end} = allTimeToLive();
  const ranges = turn
    ? [
        {start: turn, end},
        {start, end: turn},
      ]
    : [{start, end}];
  for (const range of ranges) {
    for (let more = true; more; ) {
      const page = await engine.store.scan(range, notesAtOnce);
      for (const [at, key] of page.keys.entries()) yield {key, value: page.values[at]!};
      const last = page.keys.at(-1);
      more = page.more && last !== undefined;
      if (last) range.start = Buffer.concat([last, Buffer.alloc(1)]);
    }
  }
}

/** `entries`: how many were looked at and dealt with. */
async function deleteSome(
  engine: Engine,
  noteKey: Key,
  noteBytes: Value,
  itemsMax: number,
): Promise<{entries: number; more: boolean}> {
  const ids = decodeNoteKey(noteKey) as {table: TableId; index: IndexId};
  const nowSeconds = engine.clock.now() / 1000;
  const from = Math.max(0, Math.ceil(nowSeconds - tooLongAgoSeconds));
  const {keys, more} = await engine.store.scan(
    expiryRange(ids.table, ids.index, from, Math.max(0, Math.ceil(nowSeconds))),
    {reverse: false, entriesMax: itemsMax, bytesMax: 256 << 10},
  );
  if (keys.length === 0) return {entries: 0, more: false};
  const {region, name} = decodeTimeToLiveNote(noteBytes);
  const deleted = await deleteItems(engine, {region, name}, ids, keys);
  return {entries: keys.length, more: deleted && more};
}

/** False when time to live was turned off meanwhile, or the table deleted: the entries are cleared by another job. */
async function deleteItems(
  engine: Engine,
  ref: TableRef,
  ids: {table: TableId; index: IndexId},
  entryKeys: readonly Key[],
): Promise<boolean> {
  const entries = entryKeys.map(decodeExpiryKey);
  try {
    return await commitWithTables(engine, [ref], ([table]) => ({
      keys: entries.map(({itemKey}) => itemKey),
      decide: values => {
        if (table!.record.id !== ids.table || table!.timeToLive?.index !== ids.index) {
          return {result: false, writes: []};
        }
        const writes: Write[] = [];
        for (const [at, {itemKey, hash, seconds}] of entries.entries()) {
          const intent = expiredIntent(table!, seconds);
          const outcome = values[at] && decideWrite(table!, {key: itemKey, hash}, values[at], intent);
          if (outcome?.written) writes.push(...outcome.writes);
          else writes.push({kind: 'delete', key: entryKeys[at]!});
        }
        return {result: true, writes};
      },
    }));
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') return false;
    throw error;
  }
}

/** Deletes the item if it still expires at that second. */
function expiredIntent(table: Table, seconds: number): WriteIntent {
  const {attribute} = table.timeToLive!;
  return {
    condition: {matches: item => expirySeconds(item, attribute) === seconds},
    next: () => undefined,
    nextNeedsOld: false,
    returnOld: false,
    returnOldOnRefusal: false,
    byService: true,
  };
}
