import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {seededRandom} from '../../src/base/random.ts';
import {checkFile} from '../../src/storage/lmdb/check-file.ts';
import {openLmdbStore} from '../../src/storage/lmdb/lmdb-store.ts';
import {openPageFile, pageBytes, readMeta} from '../../src/storage/lmdb/page-file.ts';
import type {Write} from '../../src/storage/store.ts';
import {runProgram, temporaryDirectory} from '../harness/server-process.ts';

const program = fileURLToPath(new URL('read-everything-program.js', import.meta.url));
const runs = Number(process.env.STATOR_FAULT_RUNS) || 1;
const random = seededRandom(Number(process.env.STATOR_TEST_SEED) || 7);
const below = (limit: number) => Math.floor(random.fraction() * limit);

/** A file with branch, leaf, overflow and free pages, without the room that is kept behind its last page, and what is in it. */
async function makeFile(folder: string): Promise<{bytes: Buffer; written: string}> {
  const directory = join(folder, 'sound');
  mkdirSync(directory);
  const store = await openLmdbStore({directory, durability: 'relaxed'});
  const entries = new Map<string, Buffer>();
  for (let round = 0; round < 12; round++) {
    const writes: Write[] = [];
    for (let number = round % 4; number < 1_500; number += 4) {
      const key = Buffer.from(`${number % 7}/a key of some length/${number}`);
      const value = Buffer.alloc(number % 60 === 0 ? 9_000 : 20 + (number % 300), `${round}`);
      entries.set(key.toString('hex'), value);
      writes.push({kind: 'put', key, value});
    }
    await store.commit([], () => ({result: 0, writes}));
  }
  await store.close();
  const written = join(folder, 'written');
  writeFileSync(written, JSON.stringify([...entries].map(([key, value]) => [key, value.toString('hex')])));
  const path = join(directory, 'data.mdb');
  return {bytes: readFileSync(path).subarray(0, countingBytes(path)), written};
}

function countingBytes(path: string): number {
  const file = openPageFile(path);
  const meta = readMeta(file);
  file.close();
  assert.ok(typeof meta !== 'string');
  return (meta.lastPage + 1) * pageBytes;
}

interface Outcome {
  different: number;
  refused: number;
  missing: number;
  endless: boolean;
  opened: boolean;
  /** It ended before it could tell. */
  died: boolean;
  /** What `stator check` finds. */
  damagedPlaces: number;
}

function tryFile(folder: string, bytes: Buffer, written: string): Outcome {
  const directory = mkdtempSync(join(folder, 'damaged-'));
  const file = join(directory, 'data.mdb');
  writeFileSync(file, bytes);
  writeFileSync(join(directory, 'stator.txt'), '');
  const {damagedPlaces} = checkFile(file);
  const {status, stdout} = spawnSync(process.execPath, [program, directory, written], {timeout: 60_000});
  rmSync(directory, {recursive: true});
  const died = status !== 0;
  const none = {different: 0, refused: 0, missing: 0, endless: false, opened: false};
  return {...(died ? none : JSON.parse(stdout.toString())), died, damagedPlaces};
}

test('bits that flip anywhere in the file: what was not written is never read, and the check finds what could be missed', async t => {
  const folder = temporaryDirectory(t);
  const {bytes, written} = await makeFile(folder);
  const sound = tryFile(folder, bytes, written);
  assert.deepEqual(sound, {
    ...sound,
    different: 0,
    refused: 0,
    missing: 0,
    opened: true,
    died: false,
    damagedPlaces: 0,
  });
  const tally = {harmless: 0, refused: 0, died: 0, hidden: 0};
  const pages = bytes.length / 4096;
  for (let flip = 0; flip < 16 * runs; flip++) {
    const damaged = Buffer.from(bytes);
    // Half of them where a page says what it is.
    const page = flip % 8 === 0 ? below(2) : below(pages);
    const at = page * 4096 + (flip % 2 === 0 ? below(page < 2 ? 168 : 64) : below(4096));
    damaged[at]! ^= 1 << below(8);
    const outcome = tryFile(folder, damaged, written);
    const about = `page ${page}, byte ${at % 4096}: ${JSON.stringify(outcome)}`;
    assert.equal(outcome.different, 0, about);
    assert.equal(outcome.endless, false, about);
    const harmed = outcome.died || outcome.refused > 0 || outcome.missing > 0;
    if (harmed) assert.ok(outcome.damagedPlaces > 0, about);
    if (outcome.died) tally.died++;
    else if (outcome.refused > 0) tally.refused++;
    else if (outcome.missing > 0) tally.hidden++;
    else tally.harmless++;
  }
  tell(t, tally);
});

test('a file that is cut off anywhere is refused at the start, or what is gone is', async t => {
  const folder = temporaryDirectory(t);
  const {bytes, written} = await makeFile(folder);
  const lengths = [0, 23, 4096, 8192, bytes.length - 1];
  for (let cut = 0; cut < 3 * runs; cut++) lengths.push(below(bytes.length));
  for (const length of lengths) {
    const outcome = tryFile(folder, bytes.subarray(0, length), written);
    const about = `${length} of ${bytes.length}: ${JSON.stringify(outcome)}`;
    assert.equal(outcome.different + outcome.missing, 0, about);
    // Free pages at the end may be missing.
    assert.ok(!outcome.opened || outcome.damagedPlaces === 0, about);
    assert.equal(outcome.died, false, about);
  }
});

test('the program refuses damaged data with one line, and stator check says how much of it is', async t => {
  const folder = temporaryDirectory(t);
  const {bytes} = await makeFile(folder);
  const directory = join(folder, 'sound');
  const file = join(directory, 'data.mdb');
  const check = async () => {
    const {code, stdout, stderr} = await runProgram(t, ['check', '--data', directory]).ended;
    return {code, stdout, stderr};
  };
  assert.match((await check()).stdout, /1,500 entries, .* MB: all is well\n$/);
  for (const [damaged, says] of [
    [Buffer.alloc(0), /is damaged: it is empty/],
    [bytes.subarray(0, bytes.length / 2), /is damaged: it is cut off/],
    [Buffer.alloc(20_000, 'garbage'), /is damaged: page 0 is not what opens the file/],
  ] as const) {
    writeFileSync(file, damaged);
    const {code, stderr} = await runProgram(t, ['--port', '0', '--data', directory]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^stator: .*data\.mdb is damaged: .*: restore the folder from a copy; .*\n$/);
    assert.match(stderr, says);
    assert.equal((await check()).code, 1);
  }
  rmSync(file);
  assert.match(
    (await runProgram(t, ['--port', '0', '--data', directory]).ended).stderr,
    /data\.mdb is damaged: it is gone/,
  );
  assert.match((await check()).stderr, /^stator: .*no such file.*\n$/i);
  writeFileSync(file, bytes);
  assert.equal((await check()).code, 0);
});

function tell(t: TestContext, tally: object): void {
  t.diagnostic(JSON.stringify(tally));
}
