import {allTimeToLive, collectionPrefix, decodeNoteKey, segmentRange} from '../../keyspace/item-key.ts';
import {decodeStoredItem} from '../../keyspace/stored-item.ts';
import {encodeTableRecord, tableKey} from '../../keyspace/table-record.ts';
import type {Key, Value, Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {type Table, tableFromBytes} from '../tables/table.ts';
import {changeExpiry} from './expiry.ts';
import {decodeTimeToLiveNote, type TimeToLiveNote, timeToLiveNote} from './note.ts';

const notesAtOnce = {reverse: false, entriesMax: 1_000, bytesMax: 1 << 20};
/** Short enough for writes that wait meanwhile not to notice. */
const itemsAtOnce = {reverse: false, entriesMax: 100, bytesMax: 256 << 10};

/**
 * Enters some items of a live table in its index on expiry times. True while there is more to do at once.
 *
 * Unlike other indexes this one has no totals, so entering twice is entering once, and items need no mark. Several processes
 * may do this at the same time: a commit counts only if the note is still as it was.
 */
export async function fillExpiry(engine: Engine): Promise<boolean> {
  const range = allTimeToLive();
  for (;;) {
    const {keys, values, more} = await engine.store.scan(range, notesAtOnce);
    for (const [at, key] of keys.entries()) {
      const note = decodeTimeToLiveNote(values[at]!);
      if (!note.filled && (await fillSome(engine, key, values[at]!, note))) return true;
    }
    if (!more || keys.length === 0) return false;
    range.start = Buffer.concat([keys.at(-1)!, Buffer.alloc(1)]);
  }
}

async function fillSome(engine: Engine, noteKey: Key, noteBytes: Value, note: TimeToLiveNote): Promise<boolean> {
  const ids = decodeNoteKey(noteKey);
  const key = tableKey(note.region, note.name);
  const [bytes] = await engine.store.read([key]);
  const table = bytes && tableFromBytes(key, bytes, engine.clock);
  // Turned off, or deleted, since the note was read.
  if (table?.record.id !== ids.table || table.timeToLive?.index !== ids.index) return true;
  const page = await engine.store.scan(rangeAfter(table, note), itemsAtOnce);
  await engine.store.commit([key, noteKey, ...page.keys], ([recordNow, noteNow, ...items]) => {
    const unchanged = recordNow?.equals(table.bytes) && noteNow?.equals(noteBytes);
    if (!unchanged) return {result: undefined, writes: []};
    return {result: undefined, writes: page.keys.length === 0 ? finish(table) : fill(table, page.keys, items)};
  });
  return true;
}

function rangeAfter(table: Table, {after}: TimeToLiveNote): {start: Key; end: Key} {
  const range = segmentRange(collectionPrefix(table.record.id, 0), 0, 1);
  if (after === undefined) return range;
  return {start: Buffer.concat([Buffer.from(after, 'hex'), Buffer.alloc(1)]), end: range.end};
}

function fill(table: Table, keys: readonly Key[], items: readonly (Value | undefined)[]): Write[] {
  const {record} = table;
  const timeToLive = table.timeToLive!;
  const writes: Write[] = [];
  for (const [at, key] of keys.entries()) {
    const stored = items[at];
    if (stored) changeExpiry(record.id, timeToLive, key, undefined, decodeStoredItem(stored), writes);
  }
  writes.push(timeToLiveNote(record, timeToLive.index, {filled: false, after: keys.at(-1)!.toString('hex')}));
  return writes;
}

function finish({key, record}: Table): Write[] {
  const timeToLive = record.timeToLive!;
  const on = {...timeToLive.on!, filled: true};
  return [
    {kind: 'put', key, value: encodeTableRecord({...record, timeToLive: {...timeToLive, on}})},
    timeToLiveNote(record, on.index, {filled: true}),
  ];
}
