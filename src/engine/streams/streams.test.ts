import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {seededRandom} from '../../base/random.ts';
import type {StreamId} from '../../keyspace/stream-key.ts';
import type {Item} from '../../model/attribute-value.ts';
import {equalItems} from '../../model/compare-values.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createEngine, type Engine} from '../engine.ts';
import {batchWriteItem} from '../items/batch-write-item.ts';
import {deleteItem} from '../items/delete-item.ts';
import {mustFitItem} from '../items/new-item.ts';
import {putItem} from '../items/put-item.ts';
import {updateItem} from '../items/update-item.ts';
import {createTable} from '../tables/create-table.ts';
import {deleteTable} from '../tables/delete-table.ts';
import type {StreamViewType} from '../tables/new-table.ts';
import {updateTable} from '../tables/update-table.ts';
import {describeStream} from './describe-stream.ts';
import {getRecords, type PlacedChange} from './get-records.ts';
import {getShardIterator, type IteratorStart} from './get-shard-iterator.ts';
import {listStreams} from './list-streams.ts';
import {sequenceNumber} from './sequence-number.ts';
import {shardId} from './shard-id.ts';
import {decodeIterator} from './shard-iterator.ts';
import type {StreamSettings} from './stream-settings.ts';
import {tendStreams} from './tend-streams.ts';

const table = {region: 'us-east-1', name: 'changing'};
const hourMs = 3_600_000;
const plain = {returnOld: false, returnOldOnRefusal: false};

function setUp(settings: Partial<StreamSettings> = {}, seed = 1) {
  const random = seededRandom(seed);
  const clock = new ManualClock();
  const store = memoryStore({discard: {random, chance: 0.3}});
  return {engine: createEngine({store, clock, random}, {}, settings), clock};
}

async function create(engine: Engine, streamViewType?: StreamViewType): Promise<StreamId> {
  const view = await createTable(engine, {
    ...table,
    attributeDefinitions: [
      {name: 'p', type: 'S'},
      {name: 's', type: 'N'},
    ],
    keySchema: {partition: [{name: 'p', type: 'S'}], sort: [{name: 's', type: 'N'}]},
    indexes: [],
    billingMode: 'PAY_PER_REQUEST',
    deletionProtection: false,
    ...(streamViewType ? {streamViewType} : {}),
    tags: [],
  });
  return {region: table.region, table: table.name, createdMs: view.record.stream?.createdMs ?? 0};
}

const put = (engine: Engine, item: Item) => putItem(engine, {table, item: mustFitItem(item), ...plain});
const remove = (engine: Engine, key: Item) => deleteItem(engine, {table, key, ...plain});
const touch = (engine: Engine, key: Item) => updateItem(engine, {table, key, ...plain});

const allShards = {afterShard: undefined, parent: undefined, limit: 100};
async function describe(engine: Engine, stream: StreamId) {
  const view = await describeStream(engine, stream, allShards);
  assert.ok(view);
  return view;
}

async function iteratorAt(engine: Engine, stream: StreamId, shard: string, start: IteratorStart): Promise<string> {
  return getShardIterator(engine, {stream, streamArn: 'arn', shardId: shard, start});
}

async function read(engine: Engine, stream: StreamId, iterator: string, limit = 1000) {
  return getRecords(engine, stream, decodeIterator(iterator)!, limit);
}

/** Everything from an iterator on; `ended` when a closed shard was read to its end. */
async function readOn(engine: Engine, stream: StreamId, iterator: string, limit = 1000) {
  const changes: PlacedChange[] = [];
  let next: string | undefined = iterator;
  while (next !== undefined) {
    const page = await read(engine, stream, next, limit);
    changes.push(...page.changes);
    assert.ok(page.changes.length <= limit);
    next = page.nextIterator;
    if (page.changes.length === 0) break;
  }
  return {changes, ended: next === undefined, next};
}

/** Reads every shard after its parent, as the Kinesis Client Library does: oldest first is such an order. */
async function readAll(engine: Engine, stream: StreamId, limit = 1000): Promise<PlacedChange[]> {
  const changes: PlacedChange[] = [];
  for (const {shard, lastPosition} of (await describe(engine, stream)).shards) {
    const iterator = await iteratorAt(engine, stream, shardId(shard), {kind: 'TRIM_HORIZON'});
    const found = await readOn(engine, stream, iterator, limit);
    assert.equal(found.ended, lastPosition !== undefined, 'a shard has an end if and only if it is closed');
    changes.push(...found.changes);
  }
  return changes;
}

interface Wire {
  keys: Item;
  newImage: Item | undefined;
  oldImage: Item | undefined;
}

function wireOf({keysAndImages}: PlacedChange): Wire {
  const {Keys, NewImage, OldImage} = JSON.parse(`{"Keys":${keysAndImages.toString('utf8')}}`);
  return {keys: Keys, newImage: NewImage, oldImage: OldImage};
}

const keyOf = (item: Item) => JSON.stringify([item.p, item.s]);

type Step = {kind: 'put'; item: Item} | {kind: 'delete' | 'touch'; key: Item} | {kind: 'roll'};
const key = fc.record({
  p: fc.constantFrom(...'abcdefgh').map(S => ({S})),
  s: fc.constantFrom('1', '2').map(N => ({N})),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        key,
        fc.constantFrom<Item>(
          {},
          {x: {N: '1'}, y: {SS: ['a', 'b']}},
          {y: {SS: ['b', 'a']}, x: {N: '1'}},
          {x: {N: '2'}},
        ),
      )
      .map(([k, rest]) => ({kind: 'put' as const, item: {...rest, ...k}})),
  },
  {weight: 3, arbitrary: key.map(k => ({kind: 'delete' as const, key: k}))},
  {weight: 1, arbitrary: key.map(k => ({kind: 'touch' as const, key: k}))},
  {weight: 1, arbitrary: fc.constant({kind: 'roll' as const})},
);

test('the records replayed onto nothing are the table, each change once, in the order of its item', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, {maxLength: 60}),
      fc.constantFrom(1, 2, 8),
      fc.constantFrom(1, 3, 1000),
      fc.nat(),
      async (steps, shardsMin, limit, seed) => {
        const {engine, clock} = setUp({shardsMin}, seed);
        const stream = await create(engine, 'NEW_AND_OLD_IMAGES');
        const items = new Map<string, Item>();
        let expected = 0;
        for (const one of steps) {
          if (one.kind === 'roll') {
            clock.advance(4 * hourMs);
            while (await tendStreams(engine));
            continue;
          }
          const name = keyOf(one.kind === 'put' ? one.item : one.key);
          const before = items.get(name);
          if (one.kind === 'put') {
            await put(engine, one.item);
            if (!before || !equalItems(before, one.item)) expected++;
            items.set(name, one.item);
          } else if (one.kind === 'delete') {
            await remove(engine, one.key);
            if (before) expected++;
            items.delete(name);
          } else {
            await touch(engine, one.key);
            if (!before) expected++;
            items.set(name, before ?? one.key);
          }
        }
        // What is older than a day is gone; these histories are shorter or of no interest.
        if (clock.now() - stream.createdMs >= 24 * hourMs) return;
        const changes = await readAll(engine, stream, limit);
        assert.equal(changes.length, expected);
        const replayed = new Map<string, Item>();
        const last = new Map<string, string>();
        for (const change of changes) {
          const {keys, newImage, oldImage} = wireOf(change);
          const name = keyOf(keys);
          const now = replayed.get(name);
          assert.equal(change.kind, now === undefined ? 'INSERT' : newImage ? 'MODIFY' : 'REMOVE');
          assert.ok(oldImage && now ? equalItems(oldImage, now) : oldImage === now);
          const number = sequenceNumber(change);
          assert.ok((last.get(name) ?? '') < number);
          last.set(name, number);
          if (newImage) replayed.set(name, newImage);
          else replayed.delete(name);
        }
        assert.equal(replayed.size, items.size);
        for (const [name, item] of items) assert.ok(equalItems(replayed.get(name)!, item));
      },
    ),
    fuzzRuns,
  );
});

test('a record tells what its view type asks for, and counts that', async () => {
  const small: Item = {p: {S: 'a'}, s: {N: '101'}};
  const large: Item = {...small, text: {S: 'x'.repeat(30)}};
  const sizes: Record<StreamViewType, number[]> = {
    KEYS_ONLY: [6, 6, 6],
    NEW_IMAGE: [6 + 6, 6 + 40, 6],
    OLD_IMAGE: [6, 6 + 6, 6 + 40],
    NEW_AND_OLD_IMAGES: [6 + 6, 6 + 6 + 40, 6 + 40],
  };
  for (const viewType of Object.keys(sizes) as StreamViewType[]) {
    const {engine} = setUp();
    const stream = await create(engine, viewType);
    await put(engine, small);
    await put(engine, large);
    await remove(engine, small);
    const changes = await readAll(engine, stream);
    const withNew = viewType.startsWith('NEW');
    const withOld = viewType.includes('OLD');
    assert.deepEqual(
      changes.map(change => ({kind: change.kind, ...wireOf(change)})),
      [
        {kind: 'INSERT', keys: small, oldImage: undefined, newImage: withNew ? small : undefined},
        {kind: 'MODIFY', keys: small, oldImage: withOld ? small : undefined, newImage: withNew ? large : undefined},
        {kind: 'REMOVE', keys: small, oldImage: withOld ? large : undefined, newImage: undefined},
      ],
      viewType,
    );
    assert.deepEqual(
      changes.map(change => change.size),
      sizes[viewType],
      viewType,
    );
  }
});

test('shards roll: parents end, children go on, and grow two by two', async () => {
  const {engine, clock} = setUp({shardsMin: 2});
  const stream = await create(engine, 'KEYS_ONLY');
  const first = (await describe(engine, stream)).shards;
  assert.equal(first.length, 2);
  const write = async (text: string) => {
    for (let at = 0; at < 20; at++) await put(engine, {p: {S: `${text}${at}`}, s: {N: '1'}});
  };
  await write('a');
  const latest = await iteratorAt(engine, stream, shardId(first[0]!.shard), {kind: 'LATEST'});
  await write('b');
  clock.advance(4 * hourMs);
  engine.streams.shardsMin = 4;
  assert.equal(await tendStreams(engine), false);
  await write('c');
  const {shards} = await describe(engine, stream);
  assert.deepEqual(
    shards.map(({shard}) => [shard.number, shard.parent?.number]),
    [
      [1, undefined],
      [2, undefined],
      [3, 1],
      [4, 1],
      [5, 2],
      [6, 2],
    ],
  );
  assert.deepEqual(
    shards.map(({lastPosition}) => lastPosition !== undefined),
    [true, true, false, false, false, false],
  );
  const ids = shards.map(({shard}) => shardId(shard));
  assert.deepEqual(ids, ids.toSorted());
  const counts: number[] = [];
  for (const {shard, lastPosition} of shards) {
    const found = await readOn(
      engine,
      stream,
      await iteratorAt(engine, stream, shardId(shard), {kind: 'TRIM_HORIZON'}),
      7,
    );
    counts.push(found.changes.length);
    if (lastPosition !== undefined) assert.equal(lastPosition, found.changes.at(-1)!.position);
  }
  assert.equal(counts[0]! + counts[1]!, 40);
  assert.equal(
    counts.slice(2).reduce((sum, count) => sum + count),
    20,
  );
  assert.ok(
    counts.every(count => count > 0),
    `${counts}`,
  );
  // A parent's records come in its own children only: the ranges are halved.
  const children = await describeStream(engine, stream, {...allShards, parent: ids[0]!});
  assert.deepEqual(
    children!.shards.map(({shard}) => shard.number),
    [3, 4],
  );
  // An iterator from before goes on to the end, for as long as it is valid.
  await assert.rejects(async () => read(engine, stream, latest), {code: 'ExpiredIteratorException'});
});

test('pages of shards', async () => {
  const {engine} = setUp({shardsMin: 8});
  const stream = await create(engine, 'KEYS_ONLY');
  const seen: number[] = [];
  let afterShard: string | undefined;
  for (;;) {
    const view = await describeStream(engine, stream, {...allShards, afterShard, limit: 3});
    seen.push(...view!.shards.map(({shard}) => shard.number));
    if (!view!.more) break;
    afterShard = shardId(view!.shards.at(-1)!.shard);
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('iterators begin where they are told to', async () => {
  const {engine} = setUp();
  const stream = await create(engine, 'KEYS_ONLY');
  const shard = shardId((await describe(engine, stream)).shards[0]!.shard);
  for (const s of ['1', '2', '3']) await put(engine, {p: {S: 'a'}, s: {N: s}});
  const readFrom = async (start: IteratorStart) =>
    (await readOn(engine, stream, await iteratorAt(engine, stream, shard, start))).changes.map(
      ({position}) => position,
    );
  const numberAt = (position: number) => sequenceNumber({shard: 1, position});
  assert.deepEqual(await readFrom({kind: 'TRIM_HORIZON'}), [0, 1, 2]);
  assert.deepEqual(await readFrom({kind: 'LATEST'}), []);
  assert.deepEqual(await readFrom({kind: 'AT_SEQUENCE_NUMBER', sequenceNumber: numberAt(1)}), [1, 2]);
  assert.deepEqual(await readFrom({kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: numberAt(1)}), [2]);
  assert.deepEqual(await readFrom({kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: numberAt(2)}), []);
  await assert.rejects(readFrom({kind: 'AT_SEQUENCE_NUMBER', sequenceNumber: '1'.repeat(21)}), {
    code: 'ValidationException',
  });
  await assert.rejects(
    readFrom({kind: 'AT_SEQUENCE_NUMBER', sequenceNumber: sequenceNumber({shard: 2, position: 0})}),
    {
      code: 'ValidationException',
    },
  );
  const latest = await iteratorAt(engine, stream, shard, {kind: 'LATEST'});
  await put(engine, {p: {S: 'a'}, s: {N: '4'}});
  assert.deepEqual(
    (await read(engine, stream, latest)).changes.map(({position}) => position),
    [3],
  );
});

test('a page holds a megabyte at most', async () => {
  const {engine} = setUp();
  const stream = await create(engine, 'NEW_IMAGE');
  for (let at = 0; at < 12; at++) await put(engine, {p: {S: `${at}`}, s: {N: '1'}, x: {S: 'x'.repeat(300_000)}});
  const shard = shardId((await describe(engine, stream)).shards[0]!.shard);
  const page = await read(engine, stream, await iteratorAt(engine, stream, shard, {kind: 'TRIM_HORIZON'}));
  assert.equal(page.changes.length, 3);
  assert.equal((await readAll(engine, stream)).length, 12);
});

test('records, shards and streams go when their day is over', async () => {
  const {engine, clock} = setUp({rollMs: 10 * hourMs});
  const tend = async () => {
    clock.advance(60_000);
    while (await tendStreams(engine));
  };
  const stream = await create(engine, 'KEYS_ONLY');
  const {shard} = (await describe(engine, stream)).shards[0]!;
  for (let at = 0; at < 1200; at++) await put(engine, {p: {S: `${at}`}, s: {N: '1'}});
  clock.advance(5 * hourMs);
  await put(engine, {p: {S: 'late'}, s: {N: '1'}});
  clock.advance(5 * hourMs);
  await tend();
  clock.advance(14 * hourMs);
  const horizon = await iteratorAt(engine, stream, shardId(shard), {kind: 'TRIM_HORIZON'});
  const first = {kind: 'AT_SEQUENCE_NUMBER', sequenceNumber: sequenceNumber({shard: 1, position: 0})} as const;
  const atFirst = await iteratorAt(engine, stream, shardId(shard), first);
  await tend();
  await assert.rejects(async () => read(engine, stream, atFirst), {code: 'TrimmedDataAccessException'});
  await assert.rejects(iteratorAt(engine, stream, shardId(shard), first), {code: 'TrimmedDataAccessException'});
  const left = await readOn(engine, stream, horizon);
  assert.deepEqual(
    left.changes.map(({position}) => position),
    [1200],
  );
  assert.equal(left.ended, true);

  clock.advance(11 * hourMs);
  await tend();
  const {shards} = await describe(engine, stream);
  assert.ok(shards.every(one => one.shard.number > 1));
  await assert.rejects(iteratorAt(engine, stream, shardId(shard), {kind: 'TRIM_HORIZON'}), {
    code: 'ResourceNotFoundException',
  });

  await deleteTable(engine, table);
  assert.ok((await describe(engine, stream)).stream.endedMs);
  clock.advance(24 * hourMs);
  assert.equal(await describeStream(engine, stream, allShards), undefined);
  await tend();
  const everything = {start: Buffer.from([0x18]), end: Buffer.from([0x1a])};
  const rest = await engine.store.scan(everything, {reverse: false, entriesMax: 10, bytesMax: 1 << 20});
  assert.equal(rest.keys.length, 0);
});

test('a stream that is disabled can be read, and another one has a name of its own', async () => {
  const {engine, clock} = setUp();
  const old = await create(engine, 'KEYS_ONLY');
  await put(engine, {p: {S: 'a'}, s: {N: '1'}});
  const shard = shardId((await describe(engine, old)).shards[0]!.shard);
  const iterator = await iteratorAt(engine, old, shard, {kind: 'TRIM_HORIZON'});
  await updateTable(engine, table, {indexChanges: [], stream: false});
  await put(engine, {p: {S: 'b'}, s: {N: '1'}});
  const page = await read(engine, old, iterator);
  assert.equal(page.changes.length, 1);
  assert.equal(page.nextIterator, undefined);

  const {record} = await updateTable(engine, table, {indexChanges: [], stream: 'NEW_IMAGE'});
  const next = {...old, createdMs: record.stream!.createdMs};
  assert.notEqual(next.createdMs, old.createdMs);
  await put(engine, {p: {S: 'c'}, s: {N: '1'}});
  assert.equal((await readAll(engine, next)).length, 1);
  assert.equal((await readAll(engine, old)).length, 1);

  // A table of the same name, in the same millisecond: its stream is another one too.
  await deleteTable(engine, table);
  const reborn = await create(engine, 'KEYS_ONLY');
  assert.equal((await readAll(engine, reborn)).length, 0);
  const {streams} = await listStreams(engine, {region: table.region, table: table.name}, undefined, 100);
  assert.deepEqual(
    streams.map(({createdMs}) => createdMs),
    [old.createdMs, next.createdMs, reborn.createdMs],
  );
  const pages = [];
  for (let after: StreamId | undefined; ; after = pages.at(-1)) {
    const found = await listStreams(engine, {region: table.region, table: undefined}, after, 1);
    pages.push(...found.streams);
    if (!found.more) break;
  }
  assert.deepEqual(
    pages.map(({createdMs}) => createdMs),
    streams.map(({createdMs}) => createdMs),
  );
  assert.equal((await listStreams(engine, {region: 'us-east-2', table: undefined}, undefined, 100)).streams.length, 0);
  clock.advance(25 * hourMs);
  const kept = await listStreams(engine, {region: table.region, table: table.name}, undefined, 100);
  assert.deepEqual(
    kept.streams.map(({createdMs}) => createdMs),
    [reborn.createdMs],
  );
});

test('a batch leaves one record for each change in it', async () => {
  const {engine} = setUp({shardsMin: 4});
  const stream = await create(engine, 'KEYS_ONLY');
  await put(engine, {p: {S: '0'}, s: {N: '1'}});
  const writes = Array.from({length: 25}, (_, at) => ({
    kind: 'put' as const,
    item: mustFitItem({p: {S: `${at}`}, s: {N: '1'}}),
  }));
  await batchWriteItem(engine, [{table, writes}]);
  assert.equal((await readAll(engine, stream)).length, 25);
});
