import {allDropped, decodeNoteKey, rangesOf} from '../../keyspace/item-key.ts';
import {decodeTableRecord, type TableId, tableKey} from '../../keyspace/table-record.ts';
import type {Key} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {type DroppedNote, decodeDroppedNote} from './dropped-note.ts';

const notesAtOnce = {reverse: false, entriesMax: 100, bytesMax: 64 << 10};

/**
 * Clears a little of what a dropped table or index has left behind. True while there is more to do at once. Several
 * processes may do this at the same time: clearing twice is the same as clearing once.
 */
export async function clearDropped(engine: Engine): Promise<boolean> {
  const {keys, values} = await engine.store.scan(allDropped(), notesAtOnce);
  for (const [at, key] of keys.entries()) {
    const note = decodeDroppedNote(values[at]!);
    const {table, index} = decodeNoteKey(key);
    for (const range of rangesOf(table, index)) {
      if (await engine.store.clear(range)) return true;
    }
    // A table that is still shown as DELETING is looked at again later.
    if (engine.clock.now() < note.readyMs) continue;
    await forget(engine, key, note, index === 0 ? table : undefined);
    return true;
  }
  return false;
}

/** Removes the note, and the record of a deleted table that was still shown. By then a new table may have its name. */
async function forget(engine: Engine, noteKey: Key, note: DroppedNote, table: TableId | undefined): Promise<void> {
  const recordKey = tableKey(note.region, note.name);
  await engine.store.commit([recordKey], ([bytes]) => {
    const isDeleted = bytes !== undefined && decodeTableRecord(bytes).id === table;
    return {
      result: undefined,
      writes: [{kind: 'delete', key: noteKey}, ...(isDeleted ? [{kind: 'delete' as const, key: recordKey}] : [])],
    };
  });
}
