import assert from 'node:assert/strict';
import {test} from 'node:test';
import {systemClock} from '../base/clock.ts';
import {type Random, seededRandom} from '../base/random.ts';
import {keySpace} from '../keyspace/register.ts';
import {areas, type CopyableStore} from '../storage/copyable-store.ts';
import {memoryStore} from '../storage/memory/memory-store.ts';
import type {Store, Write} from '../storage/store.ts';
import {storeContract} from '../storage/store-contract.ts';
import {StoreUnavailableError} from '../storage/store-unavailable-error.ts';
import {copyStore} from './copy-store.ts';
import {followableStore} from './followable-store.ts';
import {fence, release, startFollowing} from './following.ts';
import {isOwnKey} from './own-keys.ts';
import {everything, walk} from './walk.ts';

storeContract('memory that can be followed', async () => {
  const store = memoryStore();
  return {...store, ...followableStore(store, 7)};
});

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Others have their turn before and after all that it is asked, and its pages are short. */
function slowly(store: CopyableStore): CopyableStore {
  const slow =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    async (...args: A): Promise<Awaited<R>> => {
      await turn();
      const result = await work(...args);
      await turn();
      return result;
    };
  return {
    ...store,
    read: slow(store.read),
    scan: slow((range, limits) => store.scan(range, {...limits, entriesMax: Math.min(limits.entriesMax, 50)})),
    scanArea: slow((area, range, limits) => store.scanArea(area, range, {...limits, entriesMax: 3})),
    counters: slow(store.counters),
    restore: slow(store.restore),
    clear: slow(store.clear),
  };
}

async function dataOf(store: CopyableStore): Promise<[string, string, string][]> {
  const found: [string, string, string][] = [];
  for await (const {area, keys, values} of walk(store, everything)) {
    keys.forEach((key, at) => {
      if (!isOwnKey(key)) found.push([area, key.toString('hex'), values[at]!.toString('hex')]);
    });
  }
  return found;
}

const below = (random: Random, end: number) => Math.floor(random.fraction() * end);
const key = (space: number, table: number, ...rest: number[]) => Buffer.of(space, 0, 0, 0, table, ...rest);
/** A change record, too, opens with its format. */
const value = (random: Random) => Buffer.of(1, below(random, 256));

/** Few keys, so that what is written is written again. */
function randomWrites(random: Random): Write[] {
  const writes = new Map<string, Write>();
  for (let count = 1 + below(random, 4); count > 0; count--) {
    const kind = below(random, 6);
    const item = key(keySpace.item, below(random, 3), below(random, 12));
    const log = key(keySpace.changeRecord, 1, 0, 0, 0, below(random, 2));
    if (kind < 2) writes.set(`${item.toString('hex')}`, {kind: 'put', key: item, value: value(random)});
    else if (kind === 2) writes.set(`${item.toString('hex')}`, {kind: 'delete', key: item});
    else if (kind === 3) writes.set(`log ${count}`, {kind: 'append', log, record: value(random)});
    else if (kind === 4) {
      // Trimming: the oldest go, sometimes all there are.
      const position = Buffer.from([0, 0, 0, 0, 0, 0, 0, below(random, 40)]);
      const record = Buffer.concat([log, position]);
      writes.set(record.toString('hex'), {kind: 'delete', key: record});
    } else {
      const counter = key(keySpace.totals, below(random, 4), 0, 0);
      writes.set(`counter ${count}`, {kind: 'add', counter, amounts: [1, -below(random, 9)]});
    }
  }
  return [...writes.values()];
}

/** Writes until the store has moved. Answers how many commits were acknowledged. */
async function writeOn(store: Store, random: Random): Promise<number> {
  for (let commits = 0; ; commits++) {
    try {
      const writes = randomWrites(random);
      await store.commit([], () => ({result: undefined, writes}));
    } catch (error) {
      assert.ok(error instanceof StoreUnavailableError);
      assert.equal(error.written, 'no');
      return commits;
    }
    for (let turns = below(random, 60); turns > 0; turns--) await turn();
  }
}

const seeds = Array.from({length: 5}, (_, at) => at + 1);
for (const seed of process.env.STATOR_TEST_SEED ? [Number(process.env.STATOR_TEST_SEED)] : seeds) {
  test(`a copy that follows has all that its source took, seed ${seed}`, async () => {
    const random = seededRandom(seed);
    const [source, target] = [memoryStore(), memoryStore()];
    const served = [1, 2, 3].map(lane => followableStore(source, lane));
    for (let count = 0; count < 50; count++) {
      const writes = randomWrites(random);
      served[0]!.commit([], () => ({result: undefined, writes}));
    }
    const writers = served.map(store => writeOn(store, random));
    let progresses = 0;
    let ask = () => {};
    const follow = new Promise<void>(resolve => {
      ask = resolve;
    });
    const {paused, mended} = await copyStore({
      source: slowly(source),
      target: slowly(target),
      from: 'a',
      to: 'b',
      follow,
      clock: systemClock,
      random,
      onProgress: ({doing}) => {
        if (doing === 'following' && ++progresses === 12) ask();
      },
    });
    assert.equal(mended, false);
    assert.ok(paused && paused.untilDrainedMs <= paused.untilCheckedMs);
    const commits = await Promise.all(writers);
    assert.ok(commits.every(count => count > 5));
    assert.deepEqual(await dataOf(target), await dataOf(source));
    assert.equal([...(await dataOf(target))].length > 0, true);
  });
}

test('what is cleared while a copy follows is cleared in the copy', async () => {
  const [source, target] = [memoryStore(), memoryStore()];
  const served = followableStore(source, 0);
  const entries = Array.from({length: 90}, (_, at): Write => {
    return {kind: 'put', key: key(keySpace.item, at % 3, at), value: Buffer.of(1, at)};
  });
  const counters = [0, 1, 2].map((table): Write => {
    return {kind: 'add', counter: key(keySpace.totals, table, 0, 0), amounts: [30]};
  });
  served.commit([], () => ({result: undefined, writes: [...entries, ...counters]}));
  let ask = () => {};
  const follow = new Promise<void>(resolve => {
    ask = resolve;
  });
  let progresses = 0;
  const {mended} = await copyStore({
    source,
    target,
    from: 'a',
    to: 'b',
    follow,
    clock: systemClock,
    random: seededRandom(1),
    onProgress: ({doing}) => {
      if (doing !== 'following' || ++progresses !== 2) return;
      const clearing = [keySpace.item, keySpace.totals].map(space =>
        served.clear({start: key(space, 1), end: key(space, 2)}),
      );
      void Promise.all(clearing).then(ask);
    },
  });
  assert.equal(mended, false);
  assert.equal((await dataOf(target)).length, 60 + 2);
  assert.deepEqual(await dataOf(target), await dataOf(source));
});

test('what has moved takes writes again once it is released, and says no more what is written', async () => {
  const store = memoryStore();
  const served = followableStore(store, 0);
  const put: Write = {kind: 'put', key: key(keySpace.item, 1), value: Buffer.of(1)};
  const write = async () => served.commit([], () => ({result: 'done', writes: [put]}));
  const entries = async () =>
    (await store.scan(everything, {reverse: false, entriesMax: 99, bytesMax: 1e6})).keys.length;
  const id = await startFollowing(store, 'b', seededRandom(1));
  assert.equal(await startFollowing(store, 'b', seededRandom(2)), id);
  await assert.rejects(startFollowing(store, 'c', seededRandom(3)), /a copy to b follows/);
  await write();
  assert.equal(await entries(), 3, 'the note, the entry, and what tells of it');
  await fence(store);
  await assert.rejects(write, StoreUnavailableError);
  await assert.rejects(served.clear(everything), StoreUnavailableError);
  assert.equal(await served.commit([], () => ({result: 'refused', writes: []})), 'refused');
  await release(store);
  assert.equal(await write(), 'done');
  assert.equal(await entries(), 1);
});

test('a copy that followed and ended is not gone on with by one that does not know all', async () => {
  const [source, target] = [memoryStore(), memoryStore()];
  const served = followableStore(source, 0);
  const put = (at: number, byte: number) =>
    served.commit([], () => ({
      result: undefined,
      writes: [{kind: 'put', key: key(keySpace.item, 1, at), value: Buffer.of(1, byte)}],
    }));
  for (let at = 0; at < 200; at++) await put(at, 1);
  const shared = {from: 'a', to: 'b', clock: systemClock, random: seededRandom(1)};
  let pages = 0;
  const endsEarly = copyStore({
    ...shared,
    source: slowly(source),
    target,
    follow: Promise.resolve(),
    onProgress: () => {
      if (++pages === 20) throw new Error('interrupted');
    },
  });
  await assert.rejects(endsEarly, /interrupted/);
  const plain = () => copyStore({...shared, source, target, onProgress: () => {}});
  await assert.rejects(plain, /a copy to b follows the source/);
  await release(source);
  for (let at = 0; at < 200; at += 2) await put(at, 2);
  await plain();
  assert.deepEqual(await dataOf(target), await dataOf(source));
  assert.equal((await dataOf(target)).length, 200);
  for (const area of areas) {
    const {keys} = await target.scanArea(area, everything, {entriesMax: 999, bytesMax: 1e6});
    assert.equal(keys.length, area === 'entry' ? 200 : 0);
  }
});
