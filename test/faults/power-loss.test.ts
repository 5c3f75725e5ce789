import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {seededRandom} from '../../src/base/random.ts';
import {checkWritten} from '../../src/storage/lmdb/check-written.ts';
import {openLmdbStore} from '../../src/storage/lmdb/lmdb-store.ts';
import {temporaryDirectory} from '../harness/server-process.ts';
import {diskShim, noShim} from './disk-shim.ts';
import {afterPowerLoss, type DiskEvent, readEvents} from './power-loss.ts';

const writerProgram = fileURLToPath(new URL('../../src/storage/lmdb/writer-process.js', import.meta.url));
const checkProgram = fileURLToPath(new URL('check-written-program.js', import.meta.url));
const runs = Number(process.env.STATOR_FAULT_RUNS) || 1;
const seed = Number(process.env.STATOR_TEST_SEED) || 11;

/** What a process that writes as fast as it can sends to the disk, beginning with this file, and what it acknowledges. */
async function recordWrites(folder: string, base: Buffer, durability: string, writer: string): Promise<DiskEvent[]> {
  const own = mkdtempSync(join(folder, 'record-'));
  const data = join(own, 'data');
  mkdirSync(data);
  if (base.length > 0) writeFileSync(join(data, 'data.mdb'), base);
  const shim = diskShim(own, {records: true});
  const child = spawn(process.execPath, [writerProgram, data, durability, writer, '300'], {
    env: {...process.env, ...shim.environment},
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  const events = readEvents(readFileSync(shim.log));
  rmSync(own, {recursive: true});
  return events;
}

/**
 * Power fails at random moments amid writes; what is left is opened, and everything acknowledged must be there, and every
 * commit with all its parts or with none. The next writer goes on with one of the files that were left.
 */
async function losePower(t: TestContext, durability: 'commit' | 'relaxed', {generations = 3, cuts = 40}) {
  const folder = temporaryDirectory(t);
  const random = seededRandom(seed);
  let base = Buffer.alloc(0);
  let before: string[] = [];
  let cutAmidWrites = 0;
  for (let generation = 0; generation < generations; generation++) {
    const events = await recordWrites(folder, base, durability, `g${generation}`);
    assert.ok(events.length > 50);
    // A directory whose making was cut short has acknowledged nothing.
    const first = base.length > 0 ? 0 : events.findIndex(({kind}) => kind === 'd' || kind === 's') + 1;
    // Where something was on its way to the disk; that is not often, so it is gone to more often.
    const amid = events.flatMap(({kind}, at) => (at >= first && 'WDS'.includes(kind) ? [at + 1] : []));
    let next: {image: Buffer; names: string[]} | undefined;
    for (let cutting = 0; cutting < cuts; cutting++) {
      const cut =
        random.fraction() < 0.7
          ? amid[Math.floor(random.fraction() * amid.length)]!
          : first + Math.floor(random.fraction() * (events.length - first + 1));
      const {image, told, toldBeforeFlush, unsure} = afterPowerLoss(base, events, cut, random);
      if (unsure > 0) cutAmidWrites++;
      const directory = mkdtempSync(join(folder, 'cut-'));
      writeFileSync(join(directory, 'data.mdb'), image);
      const store = await openLmdbStore({directory, durability});
      const names = [...before, ...(durability === 'commit' ? told : toldBeforeFlush)];
      const found = checkWritten(store, new Set(names));
      await store.close();
      if (cutting === 0) next = {image: readFileSync(join(directory, 'data.mdb')), names: found};
      rmSync(directory, {recursive: true});
    }
    base = next!.image as Buffer<ArrayBuffer>;
    before = next!.names;
  }
  t.diagnostic(`${generations * cuts} power losses, ${cutAmidWrites} of them amid writes that were not flushed`);
}

for (const durability of ['commit', 'relaxed'] as const) {
  test(
    `${durability}: the power fails at any moment, and unflushed writes are lost or torn: ${
      durability === 'commit' ? 'everything acknowledged' : 'everything flushed'
    } is there, nothing by half`,
    {skip: noShim()},
    t => losePower(t, durability, {generations: 2 + runs, cuts: 40}),
  );
}

test('the test would notice a store that acknowledges before it flushes', {skip: noShim()}, async t => {
  const folder = temporaryDirectory(t);
  const random = seededRandom(seed);
  const events = await recordWrites(folder, Buffer.alloc(0), 'commit', 'g');
  // As if flushes did nothing.
  const unflushed = events
    .filter(({kind}) => kind !== 'S' && kind !== 's' && kind !== 'd')
    .map(event => (event.kind === 'D' ? {...event, kind: 'W'} : event));
  let noticed = 0;
  for (let cutting = 0; cutting < 6; cutting++) {
    const {image, told} = afterPowerLoss(Buffer.alloc(0), unflushed, unflushed.length - cutting, random);
    const directory = mkdtempSync(join(folder, 'cut-'));
    writeFileSync(join(directory, 'data.mdb'), image);
    writeFileSync(join(directory, 'names'), told.join('\n'));
    const {status} = spawnSync(process.execPath, [checkProgram, directory, join(directory, 'names')]);
    if (status !== 0) noticed++;
  }
  assert.ok(noticed > 3, `${noticed}`);
});
