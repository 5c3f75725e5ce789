import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {seededRandom} from '../../base/random.ts';
import {bindExpressions} from '../../expressions/bind.ts';
import {totalsKey} from '../../keyspace/item-key.ts';
import type {IndexId, TableId} from '../../keyspace/table-record.ts';
import {olderLayer} from '../../model/value-layer.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createEngine, type Engine} from '../engine.ts';
import {mustFitItem} from '../items/new-item.ts';
import {createTable} from '../tables/create-table.ts';
import type {TransactAction} from './place-action.ts';
import {transactGet} from './transact-get.ts';
import {transactWrite} from './transact-write.ts';

/** Transactions against a model that has all their meaning in a few lines, on a store that decides again at random. */

const names = ['one', 'two'];
const refOf = (name: string) => ({region: 'us-east-1', name});
const partition = {name: 'p', type: 'S'} as const;
const indexed = {name: 'v', type: 'N'} as const;

async function newEngine(seed: number): Promise<Engine> {
  const store = memoryStore({discard: {random: seededRandom(seed), chance: 0.3}});
  const engine = createEngine({store, clock: new ManualClock(), random: seededRandom(seed)});
  for (const name of names) {
    await createTable(engine, {
      ...refOf(name),
      attributeDefinitions: [partition, indexed],
      keySchema: {partition: [partition], sort: []},
      indexes: [
        {
          kind: 'global',
          name: 'byValue',
          keySchema: {partition: [indexed], sort: []},
          projection: {kind: 'KEYS_ONLY'},
        },
      ],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtection: false,
      tags: [],
    });
  }
  return engine;
}

interface Step {
  table: string;
  id: number;
  kind: 'put' | 'add' | 'delete' | 'check';
  amount: number;
  condition: 'none' | 'exists' | 'absent' | 'atLeast';
}

const step: fc.Arbitrary<Step> = fc.record({
  table: fc.constantFrom(...names),
  id: fc.integer({min: 0, max: 5}),
  kind: fc.constantFrom('put', 'add', 'delete', 'check'),
  amount: fc.integer({min: -3, max: 5}),
  condition: fc.constantFrom('none', 'exists', 'absent', 'atLeast'),
});
const transaction = fc.record({
  steps: fc.uniqueArray(step, {minLength: 1, maxLength: 8, selector: ({table, id}) => `${table} ${id}`}),
  token: fc.option(fc.integer({min: 0, max: 2}), {nil: undefined}),
});

const placeOf = ({table, id}: Pick<Step, 'table' | 'id'>) => `${table} ${id}`;
const texts = {none: undefined, exists: 'attribute_exists(p)', absent: 'attribute_not_exists(p)', atLeast: 'v >= :v'};

function actionOf(one: Step): TransactAction {
  const {kind, amount} = one;
  const condition = kind === 'check' && one.condition === 'none' ? 'exists' : one.condition;
  const conditionExpression = texts[condition];
  const bound = bindExpressions(
    {
      conditionExpression,
      updateExpression: kind === 'add' ? 'ADD v :v' : undefined,
      expressionAttributeValues: kind === 'add' || condition === 'atLeast' ? {':v': {N: String(amount)}} : undefined,
    },
    olderLayer,
    ['UpdateExpression', 'ConditionExpression'],
  );
  const common = {table: refOf(one.table), condition: bound.condition, returnOldOnRefusal: false};
  const key = {p: {S: String(one.id)}};
  if (kind === 'put') return {...common, kind, item: mustFitItem({...key, v: {N: String(amount)}})};
  if (kind === 'add') return {...common, kind: 'update', key, update: bound.update!};
  if (kind === 'delete') return {...common, kind, key};
  return {...common, kind, key, condition: bound.condition!};
}

type Model = Map<string, number>;

function holds({kind, condition, amount}: Step, value: number | undefined): boolean {
  if (condition === 'absent') return value === undefined;
  if (condition === 'atLeast') return value !== undefined && value >= amount;
  return (condition === 'none' && kind !== 'check') || value !== undefined;
}

function apply(model: Model, {steps}: {steps: readonly Step[]}): void {
  for (const one of steps) {
    const place = placeOf(one);
    if (one.kind === 'put') model.set(place, one.amount);
    else if (one.kind === 'add') model.set(place, (model.get(place) ?? 0) + one.amount);
    else if (one.kind === 'delete') model.delete(place);
  }
}

async function valuesIn(engine: Engine): Promise<Model> {
  const places = names.flatMap(table => [0, 1, 2, 3, 4, 5].map(id => ({table, id})));
  const got = await transactGet(
    engine,
    places.map(({table, id}) => ({table: refOf(table), key: {p: {S: String(id)}}})),
  );
  assert.ok(got.kind === 'read');
  const found: Model = new Map();
  got.items.forEach(({json}, at) => {
    if (json) found.set(placeOf(places[at]!), Number((JSON.parse(json.toString()) as {v: {N: string}}).v.N));
  });
  return found;
}

const sorted = (model: Model) => [...model].sort(([a], [b]) => (a < b ? -1 : 1));

test('all or nothing, as in the model; each token once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(transaction, {maxLength: 20}), async (seed, transactions) => {
      const engine = await newEngine(seed);
      const model: Model = new Map();
      const used = new Map<number, string>();
      for (const one of transactions) {
        const text = JSON.stringify(one.steps);
        const token =
          one.token === undefined
            ? undefined
            : {text: `token ${one.token}`, parameters: createHash('sha256').update(text).digest()};
        const outcome = await transactWrite(engine, {actions: one.steps.map(actionOf), token});
        const earlier = one.token === undefined ? undefined : used.get(one.token);
        if (earlier !== undefined) {
          assert.equal(outcome.kind, earlier === text ? 'replayed' : 'mismatch');
        } else if (one.steps.every(each => holds(each, model.get(placeOf(each))))) {
          assert.equal(outcome.kind, 'written');
          apply(model, one);
          if (one.token !== undefined) used.set(one.token, text);
        } else {
          assert.ok(outcome.kind === 'cancelled');
          assert.deepEqual(
            outcome.reasons.map(reason => reason?.code),
            one.steps.map(each => (holds(each, model.get(placeOf(each))) ? undefined : 'ConditionalCheckFailed')),
          );
        }
      }
      assert.deepEqual(sorted(await valuesIn(engine)), sorted(model));
      for (const [at, name] of names.entries()) {
        const count = [...model.keys()].filter(place => place.startsWith(name)).length;
        const table = (at + 1) as TableId;
        for (const index of [0, 1] as (IndexId | 0)[]) {
          const [sums] = await engine.store.counters([totalsKey(table, index)]);
          assert.equal(sums?.[0] ?? 0, count, `items of ${name}, index ${index}`);
        }
      }
    }),
    fuzzRuns,
  );
});
