import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {seededRandom} from '../../base/random.ts';
import {collectionPrefix, segmentRange, totalsKey} from '../../keyspace/item-key.ts';
import {storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import type {IndexId, TableId} from '../../keyspace/table-record.ts';
import type {Item} from '../../model/attribute-value.ts';
import {ServiceError} from '../../model/service-error.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createEngine, type Engine} from '../engine.ts';
import {deleteItem} from '../items/delete-item.ts';
import {mustFitItem} from '../items/new-item.ts';
import {putItem} from '../items/put-item.ts';
import {clearDropped} from '../tables/clear-dropped.ts';
import {createTable} from '../tables/create-table.ts';
import {deleteTable} from '../tables/delete-table.ts';
import {describeTable} from '../tables/describe-table.ts';
import type {IndexChange} from '../tables/table-change.ts';
import {updateTable} from '../tables/update-table.ts';
import {findTable} from '../tables/with-tables.ts';
import {backfillIndexes} from './backfill.ts';
import {entryOf, wholeItem} from './entries.ts';

const ref = {region: 'us-east-1', name: 'filled'};
const key = {name: 'p', type: 'S'} as const;
const indexKey = {name: 'g', type: 'S'} as const;

function newEngine(seed: number): Engine {
  const store = memoryStore({discard: {random: seededRandom(seed), chance: 0.2}});
  return createEngine({store, clock: new ManualClock(), random: seededRandom(seed)});
}

const create = (engine: Engine) =>
  createTable(engine, {
    ...ref,
    attributeDefinitions: [key],
    keySchema: {partition: [key], sort: []},
    indexes: [],
    billingMode: 'PAY_PER_REQUEST',
    deletionProtection: false,
    tags: [],
  });

const keySchema = {partition: [indexKey], sort: []};
const addIndex = (name: string): IndexChange => ({
  kind: 'create',
  name,
  prepare: () => ({index: {kind: 'global', name, keySchema, projection: {kind: 'ALL'}}, keySchema}),
});

type Step = {kind: 'put'; id: number; group: number} | {kind: 'delete'; id: number} | {kind: 'fill'};

async function take(engine: Engine, step: Step): Promise<void> {
  if (step.kind === 'fill') {
    await backfillIndexes(engine);
    return;
  }
  const p = {S: `item ${step.id}`};
  if (step.kind === 'delete') {
    await deleteItem(engine, {table: ref, key: {p}, returnOld: false, returnOldOnRefusal: false});
    return;
  }
  // Group 0 lacks the index's attribute, group 1 has one of another type.
  const g: Item = [{}, {g: {N: '1'}}][step.group] ?? {g: {S: `group ${'x'.repeat(step.group)}`}};
  try {
    await putItem(engine, {table: ref, item: mustFitItem({p, ...g}), returnOld: false, returnOldOnRefusal: false});
  } catch (error) {
    // Where there is an index, its attribute must be of the right type.
    if (!(error instanceof ServiceError && step.group === 1)) throw error;
  }
}

/** Entries as they lie in the store, and as the items say they should. */
async function compare(engine: Engine): Promise<void> {
  const table = (await findTable(engine, ref))!;
  const limits = {reverse: false, entriesMax: 10_000, bytesMax: 1 << 30};
  const items = await engine.store.scan(segmentRange(collectionPrefix(table.record.id, 0), 0, 1), limits);
  for (const index of table.indexes) {
    const range = segmentRange(collectionPrefix(table.record.id, index.record.id), 0, 1);
    const entries = await engine.store.scan(range, limits);
    const found = new Map(
      entries.keys.map((at, n) => [at.toString('hex'), storedItemJson(entries.values[n]!).toString()]),
    );
    const wanted = new Map<string, string>();
    let bytes = 0;
    items.keys.forEach((at, n) => {
      const entry = entryOf(table, index, at, wholeItem(items.values[n]!));
      if (!entry) return;
      wanted.set(entry.key.toString('hex'), storedItemJson(entry.value).toString());
      bytes += storedItemSize(entry.value);
    });
    assert.deepEqual(found, new Map([...wanted].sort(([a], [b]) => (a < b ? -1 : 1))));
    const [sums] = await engine.store.counters([totalsKey(table.record.id, index.record.id)]);
    assert.deepEqual([sums![0] ?? 0, sums![1] ?? 0], [wanted.size, bytes]);
  }
}

test('an index that is filled while writes go on is an exact projection, totals included', async () => {
  const id = fc.nat(250);
  const write = fc.oneof(
    fc.record({kind: fc.constant('put' as const), id, group: fc.nat(4)}),
    fc.record({kind: fc.constant('delete' as const), id}),
  );
  const steps = fc.array(
    fc.oneof({weight: 4, arbitrary: write}, {weight: 1, arbitrary: fc.constant({kind: 'fill' as const})}),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(fc.nat(4), {maxLength: 250}),
      steps,
      steps,
      async (seed, before, during, after) => {
        const engine = newEngine(seed);
        await create(engine);
        for (const [at, group] of before.entries()) await take(engine, {kind: 'put', id: at, group});
        await updateTable(engine, ref, {indexChanges: [addIndex('one')]});
        for (const step of during) await take(engine, step);
        while (await backfillIndexes(engine));
        assert.equal((await describeTable(engine, ref)).record.indexes[0]!.status, 'ACTIVE');
        await compare(engine);
        // A second index: marks of the first must not be taken for its own.
        await updateTable(engine, ref, {indexChanges: [addIndex('two')]});
        for (const step of after) await take(engine, step);
        while (await backfillIndexes(engine));
        await compare(engine);
      },
    ),
    {...fuzzRuns, numRuns: Math.min(fuzzRuns.numRuns ?? 100, 30)},
  );
});

test('several walks at once fill an index once', async () => {
  const engine = newEngine(7);
  await create(engine);
  for (let id = 0; id < 250; id += 1) await take(engine, {kind: 'put', id, group: 2 + (id % 3)});
  await updateTable(engine, ref, {indexChanges: [addIndex('one')]});
  const walk = async () => {
    while (await backfillIndexes(engine));
  };
  await Promise.all([walk(), walk(), walk()]);
  await compare(engine);
  assert.equal((await describeTable(engine, ref)).totals.get(1 as IndexId)!.items, 250);
});

test('what is dropped is cleared, and a table of the same name begins empty', async () => {
  const engine = newEngine(9);
  await create(engine);
  await updateTable(engine, ref, {indexChanges: [addIndex('one')]});
  for (let id = 0; id < 50; id += 1) await take(engine, {kind: 'put', id, group: 2});
  while (await backfillIndexes(engine));
  await updateTable(engine, ref, {indexChanges: [{kind: 'delete', name: 'one'}]});
  await take(engine, {kind: 'put', id: 1, group: 3});
  engine.lifecycle.tableDeletingMs = 1_000;
  const {record} = await deleteTable(engine, ref);
  // Cleared while it is still shown; its record goes when its time is over.
  while (await clearDropped(engine));
  assert.equal((await describeTable(engine, ref)).record.status, 'DELETING');
  assert.deepEqual(await bytesOf(engine, record.id), 0);
  (engine.clock as ManualClock).advance(1_000);
  await assert.rejects(async () => describeTable(engine, ref), {code: 'ResourceNotFoundException'});
  const again = await create(engine);
  while (await clearDropped(engine));
  assert.notEqual(again.record.id, record.id);
  assert.equal((await describeTable(engine, ref)).totals.get(0)!.items, 0);
  const rest = await engine.store.scan({start: Buffer.from([0]), end: Buffer.from([255])}, everything);
  assert.deepEqual(
    rest.keys.map(stored => stored[0]),
    [0x02, 0x03],
  );
});

const everything = {reverse: false, entriesMax: 10_000, bytesMax: 1 << 30};

async function bytesOf(engine: Engine, table: TableId): Promise<number> {
  let entries = 0;
  for (const index of [0, 1] as IndexId[]) {
    const page = await engine.store.scan(segmentRange(collectionPrefix(table, index), 0, 1), everything);
    entries += page.keys.length;
  }
  return entries;
}
