import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {seededRandom} from '../../base/random.ts';
import {decodeExpiryKey} from '../../keyspace/expiry-key.ts';
import {collectionPrefix, segmentRange, totalsKey} from '../../keyspace/item-key.ts';
import {keySpace} from '../../keyspace/register.ts';
import {decodeStoredItem} from '../../keyspace/stored-item.ts';
import type {IndexId} from '../../keyspace/table-record.ts';
import {type AttributeValue, type Item, setAttribute} from '../../model/attribute-value.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createEngine, type Engine} from '../engine.ts';
import {entryOf, wholeItem} from '../indexes/entries.ts';
import {deleteItem} from '../items/delete-item.ts';
import {mustFitItem} from '../items/new-item.ts';
import {putItem} from '../items/put-item.ts';
import {clearDropped} from '../tables/clear-dropped.ts';
import {createTable} from '../tables/create-table.ts';
import {deleteTable} from '../tables/delete-table.ts';
import {findTable} from '../tables/with-tables.ts';
import {deleteExpired} from './delete-expired.ts';
import {describeTimeToLive} from './describe-time-to-live.ts';
import {expirySeconds} from './expiry.ts';
import {fillExpiry} from './fill-expiry.ts';
import {updateTimeToLive} from './update-time-to-live.ts';

const ref = {region: 'us-east-1', name: 'expiring'};
const startSeconds = 1_700_000_000;

function newEngine(seed: number): Engine & {clock: ManualClock} {
  const store = memoryStore({discard: {random: seededRandom(seed), chance: 0.2}});
  const clock = new ManualClock(startSeconds * 1000);
  return {...createEngine({store, clock, random: seededRandom(seed)}), clock};
}

const hashKey = {name: 'p', type: 'S'} as const;
const groupKey = {name: 'g', type: 'S'} as const;

const create = (engine: Engine, table = ref) =>
  createTable(engine, {
    ...table,
    attributeDefinitions: [groupKey, hashKey],
    keySchema: {partition: [hashKey], sort: []},
    indexes: [
      {kind: 'global', name: 'byGroup', keySchema: {partition: [groupKey], sort: []}, projection: {kind: 'ALL'}},
    ],
    billingMode: 'PAY_PER_REQUEST',
    deletionProtection: false,
    tags: [],
  });

const put = (engine: Engine, id: string, expires?: AttributeValue, attribute = 'ttl') => {
  const item: Item = {p: {S: id}, g: {S: `group ${id.length % 2}`}};
  if (expires) setAttribute(item, attribute, expires);
  return putItem(engine, {table: ref, item: mustFitItem(item), returnOld: false, returnOldOnRefusal: false});
};
const turn = (engine: Engine, enabled: boolean, attribute = 'ttl') =>
  updateTimeToLive(engine, ref, {enabled, attribute});

const everything = {reverse: false, entriesMax: 100_000, bytesMax: 1 << 30};

async function itemsOf(engine: Engine): Promise<Map<string, Item>> {
  const table = (await findTable(engine, ref))!;
  const range = segmentRange(collectionPrefix(table.record.id, 0), 0, 1);
  const {values} = await engine.store.scan(range, everything);
  return new Map(values.map(value => decodeStoredItem(value)).map(item => [(item.p as {S: string}).S, item]));
}

async function sweep(engine: Engine): Promise<void> {
  while (await deleteExpired(engine));
}

/** Holds entries, index and totals to the items. */
async function mustAgree(engine: Engine): Promise<void> {
  const table = (await findTable(engine, ref))!;
  const {id} = table.record;
  const items = await engine.store.scan(segmentRange(collectionPrefix(id, 0), 0, 1), everything);
  const wanted: string[] = [];
  items.keys.forEach((key, at) => {
    const seconds = table.timeToLive && expirySeconds(decodeStoredItem(items.values[at]!), table.timeToLive.attribute);
    if (seconds !== undefined) wanted.push(`${seconds} ${key.toString('hex')}`);
  });
  const found = await engine.store.scan(spaceOf(keySpace.expiry), everything);
  const entries = found.keys.map(decodeExpiryKey).map(({seconds, itemKey}) => `${seconds} ${itemKey.toString('hex')}`);
  assert.deepEqual(entries.sort(), wanted.sort());

  const index = table.indexes[0]!;
  const range = segmentRange(collectionPrefix(id, index.record.id), 0, 1);
  const inIndex = await engine.store.scan(range, everything);
  const entered = items.keys.map((key, at) => entryOf(table, index, key, wholeItem(items.values[at]!))!.key);
  assert.deepEqual(
    inIndex.keys.map(key => key.toString('hex')),
    entered.map(key => key.toString('hex')).sort(),
  );
  const sums = await engine.store.counters([totalsKey(id, 0), totalsKey(id, 1 as IndexId)]);
  assert.deepEqual(
    sums.map(([count]) => count ?? 0),
    [items.keys.length, items.keys.length],
  );
}

const spaceOf = (space: number) => ({start: Buffer.from([space]), end: Buffer.from([space + 1])});

test('what may expire: numbers, in seconds, in the past five years', async () => {
  const engine = newEngine(1);
  await create(engine);
  await turn(engine, true);
  const now = startSeconds;
  const year = 365.25 * 24 * 60 * 60;
  const values: Record<string, AttributeValue | undefined> = {
    'a second ago': {N: `${now - 1}`},
    'half a second ago': {N: `${now - 0.5}`},
    'nearly five years ago': {N: `${now - 5 * year + 1}`},
    now: {N: `${now}`},
    'in less than a second': {N: `${now + 0.9}`},
    'in a second': {N: `${now + 1}`},
    'more than five years ago': {N: `${now - 5 * year - 1}`},
    zero: {N: '0'},
    negative: {N: '-1'},
    huge: {N: '1E125'},
    tiny: {N: '1E-130'},
    milliseconds: {N: `${now * 1000}`},
    text: {S: `${now - 1}`},
    set: {NS: [`${now - 1}`]},
    never: undefined,
  };
  for (const [id, value] of Object.entries(values)) await put(engine, id, value);
  await mustAgree(engine);
  engine.clock.advance(400);
  // Expired items are there until they are deleted.
  assert.equal((await itemsOf(engine)).size, Object.keys(values).length);
  await sweep(engine);
  await mustAgree(engine);
  assert.deepEqual([...(await itemsOf(engine)).keys()].sort(), Object.keys(values).slice(4).sort());
  engine.clock.advance(1_601);
  await sweep(engine);
  assert.deepEqual((await itemsOf(engine)).has('in a second'), false);
});

test('turning it on and off', async () => {
  const engine = newEngine(2);
  await assert.rejects(async () => turn(engine, true), {
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found: Table: expiring not found',
  });
  engine.lifecycle.tableCreatingMs = 1_000;
  await create(engine);
  await assert.rejects(async () => turn(engine, true), {
    code: 'ResourceInUseException',
    message: 'Attempt to change a resource which is still in use: Table expiring is being created',
  });
  await assert.rejects(async () => describeTimeToLive(engine, ref), {
    message: 'Cannot describe time to live while table is in CREATING state: Current table state is CREATING',
  });
  engine.clock.advance(1_000);
  engine.lifecycle.timeToLiveFixedMs = 60_000;
  const refused = (message: string, enabled: boolean, attribute?: string) =>
    assert.rejects(async () => turn(engine, enabled, attribute), {code: 'ValidationException', message});
  const different = 'TimeToLive is active on a different AttributeName: current AttributeName is ttl';

  assert.deepEqual(await describeTimeToLive(engine, ref), {status: 'DISABLED'});
  await refused('TimeToLive is already disabled', false);
  await turn(engine, true);
  assert.deepEqual(await describeTimeToLive(engine, ref), {status: 'ENABLING', attribute: 'ttl'});
  while (await fillExpiry(engine));
  assert.deepEqual(await describeTimeToLive(engine, ref), {status: 'ENABLED', attribute: 'ttl'});
  await refused('TimeToLive is already enabled', true);
  await refused(different, true, 'other');
  await refused(different, false, 'other');
  await refused('Time to live has been modified multiple times within a fixed interval', false);
  engine.clock.advance(60_000);
  await turn(engine, false);
  assert.deepEqual(await describeTimeToLive(engine, ref), {status: 'DISABLED'});
  await refused('TimeToLive is already disabled', false);
  await refused('Time to live has been modified multiple times within a fixed interval', true, 'other');
  engine.clock.advance(60_000);
  await turn(engine, true, 'p');
});

test('after any history exactly what has expired is gone, and indexes agree', async () => {
  const id = fc.nat(60);
  const attribute = fc.constantFrom('ttl', '__proto__');
  const steps = fc.array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          kind: fc.constant('put' as const),
          id,
          expiresIn: fc.option(fc.integer({min: -20, max: 40}), {nil: undefined}),
          attribute,
        }),
      },
      {weight: 3, arbitrary: fc.record({kind: fc.constant('delete' as const), id})},
      {weight: 2, arbitrary: fc.record({kind: fc.constant('wait' as const), seconds: fc.nat(15)})},
      {weight: 1, arbitrary: fc.record({kind: fc.constant('turn' as const), attribute})},
      {weight: 3, arbitrary: fc.record({kind: fc.constantFrom('fill' as const, 'sweep' as const, 'clear' as const)})},
    ),
    {maxLength: 120},
  );
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.nat(150), steps, async (seed, before, history) => {
      const engine = newEngine(seed);
      await create(engine);
      for (let at = 0; at < before; at++) await put(engine, `${at}`, {N: `${startSeconds + (at % 7) * 10 - 20}`});
      let on: string | undefined;
      for (const step of history) {
        if (step.kind === 'put') {
          const expires = step.expiresIn === undefined ? undefined : startSeconds + step.expiresIn;
          await put(engine, `${step.id}`, expires === undefined ? undefined : {N: `${expires}`}, step.attribute);
        } else if (step.kind === 'delete') {
          const key = {p: {S: `${step.id}`}};
          await deleteItem(engine, {table: ref, key, returnOld: false, returnOldOnRefusal: false});
        } else if (step.kind === 'wait') engine.clock.advance(step.seconds * 1000);
        else if (step.kind === 'turn') {
          await turn(engine, on === undefined, on ?? step.attribute);
          on = on === undefined ? step.attribute : undefined;
        } else if (step.kind === 'fill') await fillExpiry(engine);
        else if (step.kind === 'sweep') await deleteExpired(engine);
        else await clearDropped(engine);
      }
      while (await fillExpiry(engine));
      while (await clearDropped(engine));
      await mustAgree(engine);
      const items = await itemsOf(engine);
      const nowSeconds = engine.clock.now() / 1000;
      const isExpired = (item: Item) => {
        const seconds = on === undefined ? undefined : expirySeconds(item, on);
        return seconds !== undefined && seconds < nowSeconds;
      };
      await sweep(engine);
      const left = [...items].filter(([, item]) => !isExpired(item)).map(([name]) => name);
      assert.deepEqual([...(await itemsOf(engine)).keys()].sort(), left.sort());
      await mustAgree(engine);
    }),
    {...fuzzRuns, numRuns: Math.min(fuzzRuns.numRuns, 60)},
  );
});

test('several sweeps at once', async () => {
  const engine = newEngine(5);
  await create(engine);
  await turn(engine, true);
  for (let at = 0; at < 450; at++) await put(engine, `${at}`, {N: `${startSeconds - 10}`});
  const prolonged = put(engine, '449', {N: `${startSeconds + 10}`});
  await Promise.all([sweep(engine), sweep(engine), sweep(engine), prolonged]);
  assert.deepEqual([...(await itemsOf(engine)).keys()], ['449']);
  await mustAgree(engine);
});

test('a step deletes no more than it may from all tables together, and each has its turn', async () => {
  const engine = newEngine(6);
  const tables = ['first', 'second', 'third'].map(name => ({...ref, name}));
  for (const table of tables) {
    await create(engine, table);
    await updateTimeToLive(engine, table, {enabled: true, attribute: 'ttl'});
    for (let at = 0; at < 30; at++) {
      const item = {p: {S: `${at}`}, ttl: {N: `${startSeconds - 10}`}};
      await putItem(engine, {table, item: mustFitItem(item), returnOld: false, returnOldOnRefusal: false});
    }
  }
  const itemsLeft = async () => {
    const ids = await Promise.all(tables.map(async table => (await findTable(engine, table))!.record.id));
    return (await engine.store.counters(ids.map(id => totalsKey(id, 0)))).map(([count]) => count ?? 0);
  };
  for (const left of [
    [10, 30, 30],
    [10, 10, 30],
    [10, 10, 10],
    // After the last table comes the first one, in the same step: none is empty while something has expired.
    [0, 0, 10],
  ]) {
    assert.equal(await deleteExpired(engine, 20), true);
    assert.deepEqual(await itemsLeft(), left);
  }
  assert.equal(await deleteExpired(engine, 20), false);
  assert.deepEqual(await itemsLeft(), [0, 0, 0]);
});

test('an item that gets a longer life between being found and being deleted stays', async () => {
  const engine = newEngine(8);
  await create(engine);
  await turn(engine, true);
  await put(engine, 'prolonged', {N: `${startSeconds - 10}`});
  await put(engine, 'expired', {N: `${startSeconds - 10}`});
  const {store} = engine;
  engine.store = {
    ...store,
    async scan(range, limits) {
      const page = await store.scan(range, limits);
      if (range.start[0] === keySpace.expiry) await put(engine, 'prolonged', {N: `${startSeconds + 10}`});
      return page;
    },
  };
  await deleteExpired(engine);
  engine.store = store;
  assert.deepEqual([...(await itemsOf(engine)).keys()], ['prolonged']);
  await mustAgree(engine);
});

test('a deleted table leaves nothing behind, and one of its name keeps its items', async () => {
  const engine = newEngine(6);
  await create(engine);
  await turn(engine, true);
  for (let at = 0; at < 50; at++) await put(engine, `${at}`, {N: `${startSeconds - 10}`});
  await deleteTable(engine, ref);
  await sweep(engine);
  await create(engine);
  for (let at = 0; at < 5; at++) await put(engine, `${at}`, {N: `${startSeconds - 10}`});
  await sweep(engine);
  while (await clearDropped(engine));
  assert.equal((await itemsOf(engine)).size, 5);
  for (const space of [keySpace.expiry, keySpace.timeToLive, keySpace.dropped]) {
    assert.equal((await engine.store.scan(spaceOf(space), everything)).keys.length, 0);
  }
});
