import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import fc from 'fast-check';
import {freshDatabase, noPostgres} from '../../test/postgres/shared-postgres.ts';
import {ManualClock} from '../base/clock.ts';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {type Random, seededRandom} from '../base/random.ts';
import {bindExpressions} from '../expressions/bind.ts';
import {totalsKey} from '../keyspace/item-key.ts';
import {partitionBytesOf} from '../keyspace/partition-bytes.ts';
import {
  encodeTableRecord,
  type IndexId,
  type IndexRecord,
  type TableId,
  type TableRecord,
  tableKey,
} from '../keyspace/table-record.ts';
import type {AttributeValue, Item} from '../model/attribute-value.ts';
import {compareValues} from '../model/compare-values.ts';
import {itemSize} from '../model/item-size.ts';
import {bareLayer} from '../model/value-layer.ts';
import {memoryStore} from '../storage/memory/memory-store.ts';
import {openPostgresStore} from '../storage/postgres/postgres-store.ts';
import type {Store} from '../storage/store.ts';
import {createEngine, type Engine} from './engine.ts';
import {deleteItem} from './items/delete-item.ts';
import {mustFitItem} from './items/new-item.ts';
import {putItem} from './items/put-item.ts';
import {query} from './query/query.ts';
import type {Page} from './query/read-page.ts';
import {scan} from './query/scan.ts';

/**
 * Relations that need no oracle but a list of items: an index is a projection of its table, pages joined are the whole
 * answer, segments joined are the scan, totals are sums. On a store that throws commits away and decides again.
 */

const table = {region: 'us-east-1', name: 'relations'};

const indexes: IndexRecord[] = [
  {
    id: 1 as IndexId,
    kind: 'local',
    name: 'local',
    keySchema: {partition: [{name: 'p', type: 'S'}], sort: [{name: 'n', type: 'N'}]},
    projection: {kind: 'KEYS_ONLY'},
    status: 'ACTIVE',
    readyMs: 0,
  },
  {
    id: 2 as IndexId,
    kind: 'global',
    name: 'global',
    keySchema: {
      partition: [{name: 'g', type: 'S'}],
      sort: [
        {name: 'n', type: 'N'},
        {name: 'b', type: 'B'},
      ],
    },
    projection: {kind: 'INCLUDE', attributes: ['extra']},
    status: 'ACTIVE',
    readyMs: 0,
  },
];

const record: TableRecord = {
  id: 1 as TableId,
  uuid: 'u',
  ...table,
  createdMs: 0,
  status: 'ACTIVE',
  readyMs: 0,
  attributeDefinitions: [],
  keySchema: {partition: [{name: 'p', type: 'S'}], sort: [{name: 's', type: 'S'}]},
  indexes,
  lastIndexId: 2 as IndexId,
  billingMode: 'PAY_PER_REQUEST',
  throughput: {readUnits: 0, writeUnits: 0, decreasesToday: 0},
  deletionProtection: false,
  tags: [],
};

interface Kind {
  name: string;
  skip: string | false;
  runs: {numRuns: number};
  /** An empty store. */
  open(random: Random): Promise<Store>;
}

const everything = {start: Buffer.from([0]), end: Buffer.from([0xff])};
let inPostgres: Promise<Store> | undefined;

const kinds: Kind[] = [
  {name: 'memory', skip: false, runs: fuzzRuns, open: async random => memoryStore({discard: {random, chance: 0.2}})},
  {
    name: 'PostgreSQL',
    skip: noPostgres(),
    runs: {numRuns: Math.ceil(fuzzRuns.numRuns / 15)},
    async open() {
      inPostgres ??= freshDatabase().then(url => openPostgresStore({url, partitionBytesOf}));
      const store = await inPostgres;
      while (await store.clear(everything));
      return store;
    },
  },
];
after(async () => (await inPostgres)?.close());

async function engineWithTable(kind: Kind, seed: number): Promise<Engine> {
  const random = seededRandom(seed);
  const store = await kind.open(random);
  await store.commit([], () => ({
    result: undefined,
    writes: [{kind: 'put', key: tableKey(table.region, table.name), value: encodeTableRecord(record)}],
  }));
  return createEngine({store, clock: new ManualClock(), random});
}

// Few values, so that keys meet; zero bytes and prefixes of each other, where encodings go wrong.
const text = fc.constantFrom('a', 'a\0', 'a\0b', 'ab', 'b', 'é', '\u{1f600}', '__proto__');
const number = fc.constantFrom('0', '1', '-1', '1.5', '10', '-10', '1E+2'.replace('E+2', '00'));
const binary = fc.constantFrom('AA==', 'AAE=', '/w==', 'AAAA');
const item: fc.Arbitrary<Item> = fc.record(
  {
    p: text.map(S => ({S})),
    s: text.map(S => ({S})),
    g: text.map(S => ({S})),
    n: number.map(N => ({N})),
    b: binary.map(B => ({B})),
    extra: fc.string({maxLength: 5}).map(S => ({S})),
    other: fc.string({maxLength: 5}).map(S => ({S})),
  },
  {requiredKeys: ['p', 's']},
) as fc.Arbitrary<Item>;
const change = fc.record({item, deletes: fc.boolean()});

const keyText = (one: Item) => JSON.stringify([one.p, one.s]);
const parsed = (page: Page) => page.items.map(json => JSON.parse(json.toString()) as Item);
const sortedTexts = (items: Item[]) => items.map(canonical).sort();
const canonical = (one: Item) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));

async function allPages(read: (startKey: Item | undefined) => Promise<Page> | Page): Promise<Item[]> {
  const items: Item[] = [];
  let startKey: Item | undefined;
  for (let pages = 0; pages < 10_000; pages++) {
    const page = await read(startKey);
    items.push(...parsed(page));
    if (!page.lastKey) return items;
    startKey = page.lastKey;
  }
  throw new Error('pages never end');
}

function expectedEntries(model: Iterable<Item>, index: IndexRecord): Item[] {
  const keys = [...index.keySchema.partition, ...index.keySchema.sort].map(({name}) => name);
  const kept = new Set([
    'p',
    's',
    ...keys,
    ...(index.projection.kind === 'INCLUDE' ? index.projection.attributes : []),
  ]);
  return [...model]
    .filter(one => keys.every(name => one[name] !== undefined))
    .map(one => Object.fromEntries(Object.entries(one).filter(([name]) => kept.has(name))));
}

const keyCondition = (expression: string, values: Record<string, AttributeValue>) =>
  bindExpressions({keyConditionExpression: expression, expressionAttributeValues: structuredClone(values)}, bareLayer, [
    'KeyConditionExpression',
  ]).keyCondition!;

for (const kind of kinds)
  test(`${kind.name}: indexes, pages, segments and totals agree with the items`, {skip: kind.skip}, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(change, {maxLength: 40}), async (seed, changes) => {
        const engine = await engineWithTable(kind, seed);
        const model = new Map<string, Item>();
        for (const {item: one, deletes} of changes) {
          const plain = {returnOld: false, returnOldOnRefusal: false};
          if (deletes) {
            await deleteItem(engine, {table, key: {p: one.p!, s: one.s!}, ...plain});
            model.delete(keyText(one));
          } else {
            await putItem(engine, {table, item: mustFitItem(structuredClone(one)), ...plain});
            model.set(keyText(one), one);
          }
        }
        const whole = {number: 0, total: 1};
        const scanned = await allPages(startKey => scan(engine, {table, consistent: true, segment: whole, startKey}));
        assert.deepEqual(sortedTexts(scanned), sortedTexts([...model.values()]), 'scan');
        for (const limit of [1, 3]) {
          const paged = await allPages(startKey =>
            scan(engine, {table, consistent: true, segment: whole, startKey, limit}),
          );
          assert.deepEqual(paged, scanned, `scan in pages of ${limit}`);
        }
        const segments: Item[] = [];
        for (let number = 0; number < 7; number++) {
          segments.push(
            ...(await allPages(startKey =>
              scan(engine, {table, consistent: true, segment: {number, total: 7}, startKey, limit: 2}),
            )),
          );
        }
        assert.deepEqual(segments, scanned, 'segments');

        for (const index of indexes) {
          const entries = await allPages(startKey =>
            scan(engine, {table, indexName: index.name, consistent: false, segment: whole, startKey, limit: 2}),
          );
          const expected = expectedEntries(model.values(), index);
          assert.deepEqual(sortedTexts(entries), sortedTexts(expected), `index ${index.name}`);
          const [sums] = await engine.store.counters([totalsKey(record.id, index.id)]);
          const bytes = expected.reduce((sum, one) => sum + itemSize(one), 0);
          assert.deepEqual([sums?.[0] ?? 0, sums?.[1] ?? 0], [expected.length, bytes], `totals of ${index.name}`);
        }
        const [sums] = await engine.store.counters([totalsKey(record.id, 0)]);
        const bytes = [...model.values()].reduce((sum, one) => sum + itemSize(one), 0);
        assert.deepEqual([sums?.[0] ?? 0, sums?.[1] ?? 0], [model.size, bytes], 'totals of the table');
      }),
      kind.runs,
    );
  });

const operators: [string, (value: AttributeValue, low: AttributeValue, high: AttributeValue) => boolean][] = [
  ['#k = :low', (value, low) => compareValues(value, low) === 0],
  ['#k < :low', (value, low) => compareValues(value, low)! < 0],
  ['#k <= :low', (value, low) => compareValues(value, low)! <= 0],
  ['#k > :low', (value, low) => compareValues(value, low)! > 0],
  ['#k >= :low', (value, low) => compareValues(value, low)! >= 0],
  [
    '#k BETWEEN :low AND :high',
    (value, low, high) => compareValues(value, low)! >= 0 && compareValues(value, high)! <= 0,
  ],
  ['begins_with(#k, :low)', (value, low) => (value as {S: string}).S.startsWith((low as {S: string}).S)],
];

for (const kind of kinds)
  test(`${kind.name}: every key condition selects what a filter over all items would, in order, both ways, in pages of any size`, {
    skip: kind.skip,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(item, {maxLength: 30}),
        text,
        fc.constantFrom(...operators),
        fc.tuple(text, text),
        fc.tuple(number, number),
        fc.constantFrom(undefined, 'local', 'global'),
        fc.boolean(),
        fc.integer({min: 1, max: 4}),
        async (seed, items, partition, [operator, holds], texts, numbers, indexName, reverse, limit) => {
          const sortName = indexName === undefined ? 's' : 'n';
          if (sortName === 'n' && operator.startsWith('begins_with')) return;
          const pair: AttributeValue[] = sortName === 's' ? texts.map(S => ({S})) : numbers.map(N => ({N}));
          const [low, high] = pair.sort((a, b) => compareValues(a, b)!) as [AttributeValue, AttributeValue];
          const engine = await engineWithTable(kind, seed);
          const model = new Map<string, Item>();
          for (const one of items) {
            await putItem(engine, {
              table,
              item: mustFitItem(structuredClone(one)),
              returnOld: false,
              returnOldOnRefusal: false,
            });
            model.set(keyText(one), one);
          }
          const index = indexes.find(({name}) => name === indexName);
          const candidates = index ? expectedEntries(model.values(), index) : [...model.values()];
          const partitionName = indexName === 'global' ? 'g' : 'p';
          const expected = candidates.filter(
            one => (one[partitionName] as {S: string}).S === partition && holds(one[sortName]!, low, high),
          );
          const values = {':p': {S: partition}, ':low': low, ...(operator.includes(':high') ? {':high': high} : {})};
          const condition = keyCondition(`${partitionName} = :p AND ${operator.replace('#k', sortName)}`, values);
          const found = await allPages(startKey =>
            query(engine, {table, indexName, keyCondition: condition, reverse, consistent: false, limit, startKey}),
          );
          assert.deepEqual(sortedTexts(found), sortedTexts(expected));
          for (let at = 1; at < found.length; at++) {
            const order = compareValues(found[at - 1]![sortName]!, found[at]![sortName]!)!;
            assert.ok(reverse ? order >= 0 : order <= 0, 'in order');
          }
        },
      ),
      kind.runs,
    );
  });
