import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {open} from 'lmdb';
import type {Write} from '../store.ts';
import {storeContract} from '../store-contract.ts';
import {StoreOpenError} from '../store-open-error.ts';
import {type LmdbStoreOptions, openLmdbStore} from './lmdb-store.ts';
import {temporaryDirectory} from './temporary-directory.ts';

for (const durability of ['commit', 'relaxed'] as const) {
  storeContract(`lmdb, ${durability}`, t => openLmdbStore({directory: temporaryDirectory(t), durability}));
}

const key = Buffer.from('k');
const everything = {start: Buffer.from([0]), end: Buffer.from([0xff])};
const putOne = (value: string): Write => ({kind: 'put', key, value: Buffer.from(value)});

test('lmdb: what was written is there after closing and opening again, whatever the durability was', async t => {
  const directory = join(temporaryDirectory(t), 'made', 'on.the.way');
  let before: Buffer | undefined;
  for (const durability of ['commit', 'relaxed', 'commit', 'relaxed', 'relaxed', 'commit'] as const) {
    const store = await openLmdbStore({directory, durability});
    assert.deepEqual(store.read([key]), [before]);
    before = Buffer.from(`${before ?? ''}${durability}`);
    await store.commit([], () => ({result: 0, writes: [putOne(String(before))]}));
    await store.close();
  }
});

test('lmdb: one process opens a directory once at a time', async t => {
  const directory = temporaryDirectory(t);
  const store = await openLmdbStore({directory, durability: 'commit'});
  await assert.rejects(
    openLmdbStore({directory: `${directory}/.`, durability: 'commit'}),
    /already open in this process/,
  );
  await store.commit([], () => ({result: 0, writes: [putOne('1')]}));
  await store.close();
  const again = await openLmdbStore({directory, durability: 'commit'});
  assert.deepEqual(again.read([key]), [Buffer.from('1')]);
  await again.close();
});

test('lmdb: what can not be opened is refused with one line that says what to do', async t => {
  const directory = temporaryDirectory(t);
  const refused = async (options: Partial<LmdbStoreOptions> & {directory: string}, says: RegExp) =>
    assert.rejects(openLmdbStore({durability: 'commit', ...options}), (error: Error) => {
      assert.ok(error instanceof StoreOpenError);
      assert.match(error.message, says);
      assert.match(error.message, /choose another directory/);
      assert.ok(!error.message.includes('\n'));
      return true;
    });

  writeFileSync(join(directory, 'file'), 'x');
  await refused({directory: join(directory, 'file')}, /a file is in the way/);
  await refused({directory: join(directory, 'file', 'below')}, /a file is in the way/);
  await refused({directory: '/proc/stator'}, /can't use the data directory/);

  const garbage = join(directory, 'garbage');
  mkdirSync(garbage);
  writeFileSync(join(garbage, 'data.mdb'), Buffer.alloc(20_000, 'not a database'));
  await refused({directory: garbage}, /is damaged: page 0 is not what opens the file/);
  assert.equal(readFileSync(join(garbage, 'data.mdb')).length, 20_000);
});

test('lmdb: data of a newer format is refused and left alone', async t => {
  const directory = temporaryDirectory(t);
  await (await openLmdbStore({directory, durability: 'commit'})).close();
  const raw = open({
    path: directory,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
  });
  await raw.put(Buffer.from([1]), Buffer.from([99]));
  await raw.close();
  for (const durability of ['commit', 'relaxed'] as const) {
    await assert.rejects(
      openLmdbStore({directory, durability}),
      /format 99, written by a newer version.*install the newer/,
    );
  }
});

test('lmdb: data of format 1, which bears no checksums, is served and written as it is', async t => {
  const directory = temporaryDirectory(t);
  const openRaw = () =>
    open({
      path: directory,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      pageSize: 4096,
    });
  const stored = (text: string) => Buffer.concat([Buffer.of(2), Buffer.from(text)]);
  let raw = openRaw();
  await raw.put(Buffer.of(1), Buffer.of(1));
  await raw.put(stored('k'), Buffer.from('old'));
  await raw.close();
  const store = await openLmdbStore({directory, durability: 'commit'});
  assert.deepEqual(store.read([key]), [Buffer.from('old')]);
  await store.commit([], () => ({result: 0, writes: [putOne('new')]}));
  assert.deepEqual(store.read([key]), [Buffer.from('new')]);
  await store.close();
  raw = openRaw();
  assert.deepEqual(raw.get(stored('k')), Buffer.from('new'));
  await raw.close();
});

test('lmdb: freed space is used again', async t => {
  const directory = temporaryDirectory(t);
  const store = await openLmdbStore({directory, durability: 'relaxed'});
  const sizes: number[] = [];
  for (let round = 0; round < 6; round++) {
    for (let batch = 0; batch < 4; batch++) {
      await store.commit([], () => ({
        result: 0,
        writes: Array.from(
          {length: 1_000},
          (_, i): Write => ({
            kind: 'put',
            key: Buffer.from(`${batch}/${i}`),
            value: Buffer.alloc(i % 100 === 0 ? 9_000 : 400, round),
          }),
        ),
      }));
    }
    while (await store.clear(everything));
    sizes.push(statSync(join(directory, 'data.mdb')).size);
  }
  assert.ok(sizes[5]! < sizes[1]! * 1.5, `file sizes after each round: ${sizes}`);
  await store.close();
});
