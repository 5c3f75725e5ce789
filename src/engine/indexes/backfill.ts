import {allBackfills, collectionPrefix, decodeNoteKey, segmentRange} from '../../keyspace/item-key.ts';
import {markIndexed, storedItemIndexed} from '../../keyspace/stored-item.ts';
import {encodeTableRecord, tableKey} from '../../keyspace/table-record.ts';
import type {Key, Value, Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {type BackfillNote, backfillWrite, decodeBackfillNote} from '../tables/backfill-note.ts';
import {type Index, type Table, tableFromBytes} from '../tables/table.ts';
import {entryOf, wholeItem} from './entries.ts';

const notesAtOnce = {reverse: false, entriesMax: 100, bytesMax: 256 << 10};
/** Short enough for writes that wait meanwhile not to notice. */
const itemsAtOnce = {reverse: false, entriesMax: 100, bytesMax: 256 << 10};

/**
 * Enters some items of a live table in an index that was added to it. True while there is more to do at once.
 *
 * Writes maintain the index since the commit that added it, and mark the items that they write. So an item is entered
 * here only when it has no mark, on its newest value, and marked in the same commit: entries and totals come out exact
 * whatever is written meanwhile. Items that are inserted behind the walk are entered by whoever inserts them. Several
 * processes may do this at the same time: a commit counts only if the note is still as it was.
 */
export async function backfillIndexes(engine: Engine): Promise<boolean> {
  const {keys, values} = await engine.store.scan(allBackfills(), notesAtOnce);
  for (const [at, key] of keys.entries()) {
    if (await fillSome(engine, key, values[at]!)) return true;
  }
  return false;
}

async function fillSome(engine: Engine, noteKey: Key, noteBytes: Value): Promise<boolean> {
  const note = decodeBackfillNote(noteBytes);
  const ids = decodeNoteKey(noteKey);
  const key = tableKey(note.region, note.name);
  const [bytes] = await engine.store.read([key]);
  const table = bytes && tableFromBytes(key, bytes, engine.clock);
  const index = table?.indexes.find(candidate => candidate.record.id === ids.index);
  if (!table || table.record.id !== ids.table || index?.record.status !== 'CREATING') {
    await engine.store.commit([], () => ({result: undefined, writes: [{kind: 'delete', key: noteKey}]}));
    return true;
  }
  const page = await engine.store.scan(rangeAfter(table, note), itemsAtOnce);
  if (page.keys.length === 0) {
    // An index that is still shown as being created is looked at again later.
    if (engine.clock.now() < index.record.readyMs) return false;
    await finish(engine, table, index, noteKey, noteBytes);
    return true;
  }
  await engine.store.commit([key, noteKey, ...page.keys], ([recordNow, noteNow, ...items]) => {
    const unchanged = recordNow?.equals(table.bytes) && noteNow?.equals(noteBytes);
    return {result: undefined, writes: unchanged ? fill(table, index, page.keys, items) : []};
  });
  return true;
}

function rangeAfter(table: Table, {after}: BackfillNote): {start: Key; end: Key} {
  const range = segmentRange(collectionPrefix(table.record.id, 0), 0, 1);
  if (after === undefined) return range;
  return {start: Buffer.concat([Buffer.from(after, 'hex'), Buffer.alloc(1)]), end: range.end};
}

function fill(table: Table, index: Index, keys: readonly Key[], items: readonly (Value | undefined)[]): Write[] {
  const {id} = index.record;
  const writes: Write[] = [];
  let count = 0;
  let bytes = 0;
  for (const [at, key] of keys.entries()) {
    const stored = items[at];
    if (!stored || storedItemIndexed(stored) >= id) continue;
    const marked = Buffer.from(stored);
    markIndexed(marked, id);
    const entry = entryOf(table, index, key, wholeItem(marked));
    // An item without the index's key attributes needs no mark: nobody looks for its entry.
    if (!entry) continue;
    writes.push({kind: 'put', key: entry.key, value: entry.value}, {kind: 'put', key, value: marked});
    count += 1;
    bytes += entry.size;
  }
  if (count > 0) writes.push({kind: 'add', counter: index.totalsKey, amounts: [count, bytes]});
  writes.push(backfillWrite(table.record, id, keys.at(-1)!));
  return writes;
}

async function finish(engine: Engine, table: Table, index: Index, noteKey: Key, noteBytes: Value): Promise<void> {
  const {record} = table;
  const indexes = record.indexes.map(other =>
    other.id === index.record.id ? {...other, status: 'ACTIVE' as const} : other,
  );
  await engine.store.commit([table.key, noteKey], ([recordNow, noteNow]) => {
    const unchanged = recordNow?.equals(table.bytes) && noteNow?.equals(noteBytes);
    if (!unchanged) return {result: undefined, writes: []};
    return {
      result: undefined,
      writes: [
        {kind: 'put', key: table.key, value: encodeTableRecord({...record, indexes})},
        {kind: 'delete', key: noteKey},
      ],
    };
  });
}
