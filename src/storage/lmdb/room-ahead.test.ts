import assert from 'node:assert/strict';
import {closeSync, openSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {seededRandom} from '../../base/random.ts';
import type {Write} from '../store.ts';
import {freeSpace} from './free-space.ts';
import {GrowError, growFile} from './grow-file.ts';
import {openEnvironment} from './open-environment.ts';
import {openPageFile, pageBytes, readMeta} from './page-file.ts';
import {takesOf} from './room-of-writes.ts';
import {temporaryDirectory} from './temporary-directory.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 4;
const runs = Number(process.env.STATOR_FAULT_RUNS) || 1;

test(`the file is always long enough before LMDB writes, seed ${seed}`, async t => {
  const random = seededRandom(seed);
  const directory = temporaryDirectory(t);
  const path = join(directory, 'data.mdb');
  const environment = await openEnvironment({directory, durability: 'relaxed'});
  const file = openPageFile(path);
  assert.ok(file.bytes() < 1.5e6, 'a folder without data is small');
  for (let round = 0; round < 60 * runs; round++) {
    const writes = [1, 30, 3_000][Math.floor(random.fraction() * 3)]!;
    const valueBytes = [100, 1_500, 40_000][Math.floor(random.fraction() * 3)]!;
    const removes = random.fraction() < 0.5 ? 0.05 : 0.8;
    let bytes = 0;
    await environment.childTransaction(() => {
      for (let at = 0; at < Math.min(writes, 2e7 / valueBytes); at++) {
        const key = Buffer.from(`${Math.floor(random.fraction() * 30_000)}`.padStart(40, '0'));
        if (random.fraction() < removes) environment.remove(key);
        else environment.put(key, Buffer.alloc(Math.floor(random.fraction() * valueBytes), round));
      }
      ({size: bytes} = statSync(path));
    });
    const meta = readMeta(file);
    assert.ok(typeof meta !== 'string');
    assert.equal(file.bytes(), bytes, 'LMDB made it no longer');
    assert.ok((meta.lastPage + 1) * pageBytes <= bytes, `round ${round}`);
  }
  file.close();
  await environment.close();
});

test('a file grows behind what it holds', t => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'held');
  const handle = openSync(path, 'r+');
  assert.equal(growFile(handle, 4, 1_000_000), 1_000_000);
  closeSync(handle);
  const bytes = readFileSync(path);
  assert.equal(bytes.length, 1_000_000);
  assert.equal(bytes.subarray(0, 4).toString(), 'held');
  assert.ok(bytes.subarray(4).equals(Buffer.alloc(999_996)));
});

test('a full device is no error, a file that may not be written is', {
  skip: process.platform !== 'linux' && 'has no /dev/full',
}, () => {
  const full = openSync('/dev/full', 'w');
  assert.equal(growFile(full, 0, 4_096), 0);
  closeSync(full);
  const handle = openSync('/dev/null', 'r');
  assert.throws(
    () => growFile(handle, 0, 4_096),
    (error: unknown) => error instanceof GrowError && !error.isForRoom,
  );
  closeSync(handle);
});

test('a disk that writes in place is not asked for its space, one that does not is', () => {
  const space = (type: number) => () => ({type, bsize: 4096, blocks: 1_000_000, bavail: 0}) as never;
  assert.equal(freeSpace('/', space(0xef53))(), 1, 'ext4');
  assert.equal(freeSpace('/', space(0x9123683e))(), 0, 'btrfs');
});

test('what takes no more than it gives back is told apart', () => {
  const [item, other] = [Buffer.from('item'), Buffer.from('other')];
  const old = Buffer.alloc(10_000);
  const put = (bytes: number): Write => ({kind: 'put', key: item, value: Buffer.alloc(bytes)});
  const remove: Write = {kind: 'delete', key: item};
  const append = (bytes: number): Write => ({kind: 'append', log: other, record: Buffer.alloc(bytes)});
  for (const [takes, writes, value] of [
    ['nothing', [remove], old],
    ['nothing', [remove, {kind: 'delete', key: other}], old],
    ['nothing', [remove, append(9_000)], old],
    ['nothing', [put(10_020)], old],
    ['little', [put(10_500)], old],
    ['more', [put(12_000)], old],
    ['more', [put(10)], undefined],
    ['more', [remove, append(12_000)], old],
    ['more', [append(10)], undefined],
  ] as const) {
    assert.equal(takesOf(writes, [item], [value]), takes, JSON.stringify(writes.map(({kind}) => kind)));
  }
});
