import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {seededRandom} from '../../base/random.ts';
import {evaluateCondition} from '../../expressions/evaluate-condition.ts';
import type {Item} from '../../model/attribute-value.ts';
import {ServiceError} from '../../model/service-error.ts';
import {bindWhere} from '../../partiql/bind-where.ts';
import {prepareStatement} from '../../partiql/prepare-statement.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createEngine, type Engine} from '../engine.ts';
import {mustFitItem} from '../items/new-item.ts';
import {putItem} from '../items/put-item.ts';
import {createTable} from '../tables/create-table.ts';
import type {BoundStatement} from './bound-statement.ts';
import {selectItems} from './select.ts';

/** However a WHERE clause is taken apart into reads, they find what it says of each item: once, in pages of any size. */

const table = {region: 'us-east-1', name: 'tab'};
const [pk, sk, g] = [
  {name: 'pk', type: 'S'},
  {name: 'sk', type: 'N'},
  {name: 'g', type: 'S'},
] as const;

const items: Item[] = ['a', 'b', 'c'].flatMap(partition =>
  [-2, -1, 0, 1.5, 2].map((sort, n) => ({
    pk: {S: partition},
    sk: {N: String(sort)},
    x: {N: String(n % 3)},
    ...(n !== 1 && {g: {S: 'ab'[n % 2]!}}),
  })),
);

async function filledEngine(): Promise<Engine> {
  const random = seededRandom(1);
  const engine = createEngine({store: memoryStore(), clock: new ManualClock(), random});
  await createTable(engine, {
    ...table,
    attributeDefinitions: [pk, sk, g],
    keySchema: {partition: [pk], sort: [sk]},
    indexes: [
      {kind: 'global', name: 'byG', keySchema: {partition: [g], sort: [sk]}, projection: {kind: 'ALL'}},
      {kind: 'local', name: 'byX', keySchema: {partition: [pk], sort: [g]}, projection: {kind: 'ALL'}},
    ],
    billingMode: 'PAY_PER_REQUEST',
    deletionProtection: false,
    tags: [],
  });
  for (const item of items) {
    const put = {table, item: mustFitItem(structuredClone(item)), returnOld: false, returnOldOnRefusal: false};
    await putItem(engine, put);
  }
  return engine;
}

const partition = fc.constantFrom("'a'", "'b'", "'z'");
const sort = fc.constantFrom('-2', '-1', '0', '1.5', '2', '9');
const comparator = fc.constantFrom('=', '<', '<=', '>', '>=', '<>');
const clause = fc.oneof(
  partition.map(value => `pk = ${value}`),
  fc.array(partition, {minLength: 1, maxLength: 3}).map(values => `pk IN [${values.join()}]`),
  partition.map(value => `g = ${value}`),
  fc.tuple(comparator, sort).map(([operator, value]) => `sk ${operator} ${value}`),
  fc.tuple(sort, comparator).map(([value, operator]) => `${value} ${operator} sk`),
  fc.array(sort, {minLength: 1, maxLength: 3}).map(values => `sk IN [${values.join()}]`),
  fc.constantFrom('sk BETWEEN -1 AND 1.5', 'x = 1', 'x <> 2', 'g IS MISSING', 'attribute_exists(g) = true', "pk > 'a'"),
);
const {where} = fc.letrec<{where: string}>(tie => ({
  where: fc.oneof(
    {maxDepth: 3},
    clause,
    fc.array(tie('where'), {minLength: 2, maxLength: 3}).map(parts => `(${parts.join(' AND ')})`),
    fc.array(tie('where'), {minLength: 2, maxLength: 3}).map(parts => `(${parts.join(' OR ')})`),
    tie('where').map(part => `NOT ${part}`),
  ),
}));

async function readAll(engine: Engine, text: string, limit: number | undefined): Promise<string[]> {
  const statement = {
    table,
    prepared: prepareStatement(text),
    parameters: [],
  } as BoundStatement as BoundStatement<'select'>;
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await selectItems(engine, {text, statement, consistent: false, limit, nextToken});
    found.push(...page.items.map(String));
    ({nextToken} = page);
  } while (nextToken !== undefined);
  return found;
}

function expected(text: string, index: string): string[] {
  const {body} = prepareStatement(text);
  if (body.kind !== 'select') throw new Error('not a SELECT');
  const {expression, resolved, values} = bindWhere(body.where!, []);
  const held = items.filter(item => index === '' || Object.hasOwn(item, 'g'));
  return held.filter(item => evaluateCondition(expression.root, item, resolved.paths, values)).map(each => idOf(each));
}

const idOf = (item: Item) => JSON.stringify([item.pk, item.sk]);
const sorted = (found: readonly string[]) => found.map(json => idOf(JSON.parse(json) as Item)).sort();

test('a SELECT finds what its WHERE clause says, by whatever reads', async () => {
  const engine = await filledEngine();
  let answered = 0;
  const statement = fc.tuple(fc.constantFrom('', '."byG"', '."byX"'), where, fc.constantFrom(undefined, 1, 2, 7));
  await fc.assert(
    fc.asyncProperty(statement, async ([index, condition, limit]) => {
      const text = `SELECT * FROM "tab"${index} WHERE ${condition}`;
      let found: string[];
      try {
        found = await readAll(engine, text, limit);
      } catch (error) {
        // Alternatives that overlap, or index keys of the wrong type.
        assert.ok(error instanceof ServiceError && error.code === 'ValidationException', String(error));
        return;
      }
      answered++;
      assert.deepEqual(sorted(found), expected(text, index).sort(), text);
    }),
    fuzzRuns,
  );
  assert.ok(answered > fuzzRuns.numRuns / 3, `${answered} answered`);
});

test('ORDER BY goes through partitions and sort keys in order', async () => {
  const engine = await filledEngine();
  for (const [order, keys] of [
    ['sk DESC', ['2', '1.5', '0', '-1', '-2']],
    ['sk ASC', ['-2', '-1', '0', '1.5', '2']],
  ] as const) {
    for (const limit of [undefined, 1, 2]) {
      const found = await readAll(engine, `SELECT * FROM "tab" WHERE pk = 'a' ORDER BY ${order}`, limit);
      assert.deepEqual(
        found.map(json => (JSON.parse(json) as {sk: {N: string}}).sk.N),
        keys,
      );
    }
  }
});

test('ORDER BY holds where one partition takes several reads', async () => {
  const engine = await filledEngine();
  for (const [condition, order, keys] of [
    ["pk = 'a' AND sk IN [0, -2, 2]", 'sk DESC', 'a/2 a/0 a/-2'],
    ["pk = 'a' AND sk IN [0, -2, 2]", 'sk', 'a/-2 a/0 a/2'],
    ["pk = 'a' AND (sk < -1 OR sk > 0)", 'sk DESC', 'a/2 a/1.5 a/-2'],
    ["pk = 'a' AND (sk < -1 OR sk > 0)", 'pk', 'a/2 a/1.5 a/-2'],
    ["pk IN ['a', 'b'] AND sk IN [2, -1]", 'pk, sk DESC', 'a/2 a/-1 b/2 b/-1'],
    ["pk IN ['a', 'b'] AND sk IN [2, -1]", 'pk DESC, sk', 'b/-1 b/2 a/-1 a/2'],
  ] as const) {
    for (const limit of [undefined, 1, 2]) {
      const found = await readAll(engine, `SELECT * FROM "tab" WHERE ${condition} ORDER BY ${order}`, limit);
      const names = found.map(json => JSON.parse(json)).map(({pk: p, sk: s}) => `${p.S}/${s.N}`);
      assert.equal(names.join(' '), keys, `${condition} ORDER BY ${order}, pages of ${limit}`);
    }
  }
});

test('a page of several reads holds 1 MB at most, but for the item that takes it there', async () => {
  const engine = await filledEngine();
  const big = {S: 'x'.repeat(300_000)};
  for (const partition of ['u', 'v', 'w']) {
    for (const sort of ['1', '2', '3']) {
      const item = mustFitItem({pk: {S: partition}, sk: {N: sort}, big});
      await putItem(engine, {table, item, returnOld: false, returnOldOnRefusal: false});
    }
  }
  const text = "SELECT pk, sk FROM \"tab\" WHERE pk IN ['u', 'v', 'w']";
  const prepared = prepareStatement(text);
  const statement = {table, prepared, parameters: []} as BoundStatement as BoundStatement<'select'>;
  const counts: number[] = [];
  let nextToken: string | undefined;
  do {
    const page = await selectItems(engine, {text, statement, consistent: true, limit: undefined, nextToken});
    counts.push(page.items.length);
    ({nextToken} = page);
  } while (nextToken !== undefined);
  assert.deepEqual(counts, [4, 4, 1]);
});
