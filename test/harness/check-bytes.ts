import assert from 'node:assert/strict';
import {keySpace} from '../../src/keyspace/register.ts';
import {decodeTableRecord} from '../../src/keyspace/table-record.ts';
import {openLmdbStore} from '../../src/storage/lmdb/lmdb-store.ts';
import type {Store} from '../../src/storage/store.ts';

const wholeSpace = (space: number) => ({start: Buffer.from([space]), end: Buffer.from([space + 1])});
const everything = {reverse: false, entriesMax: 1e9, bytesMax: 1e12};

/** Holds a data directory that no process uses to this: it stores nothing that belongs to no table or index. */
export async function checkNoLeftovers(directory: string): Promise<void> {
  const store = await openLmdbStore({directory, durability: 'commit'});
  try {
    const tables = await store.scan(wholeSpace(keySpace.tableByName), everything);
    const live = new Set<string>();
    for (const {id, indexes} of tables.values.map(decodeTableRecord)) {
      live.add(`${id}/0`);
      for (const index of indexes) live.add(`${id}/${index.id}`);
    }
    assert.deepEqual(await strangers(store, keySpace.item, 0, live), [], 'items of no table');
    assert.deepEqual(await strangers(store, keySpace.indexEntry, 2, live), [], 'entries of no index');
    for (const space of [keySpace.dropped, keySpace.backfill]) {
      const notes = await store.scan(wholeSpace(space), everything);
      assert.equal(notes.keys.length, 0, 'jobs have ended');
    }
  } finally {
    await store.close();
  }
}

/** The ids of table and index that are in the keys of a key space and of nothing that lives. */
async function strangers(store: Store, space: number, indexIdBytes: 0 | 2, live: Set<string>): Promise<string[]> {
  const {keys} = await store.scan(wholeSpace(space), everything);
  const found = new Set(keys.map(key => `${key.readUInt32BE(1)}/${indexIdBytes ? key.readUInt16BE(5) : 0}`));
  return [...found].filter(ids => !live.has(ids));
}
