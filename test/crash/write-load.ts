import assert from 'node:assert/strict';
import type {Random} from '../../src/base/random.ts';
import type {AttributeValue, Item} from '../../src/model/attribute-value.ts';
import {type Call, must} from '../harness/call.ts';
import {canonical} from '../harness/check-table.ts';

export const loadTable = 'load';

export async function createLoadTable(call: Call): Promise<void> {
  const types = {p: 'S', s: 'N', l: 'S', g: 'S', h: 'N', n: 'N', b: 'B'};
  const key = (AttributeName: string, KeyType: string) => ({AttributeName, KeyType});
  await must(call, 'CreateTable', {
    TableName: loadTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.entries(types).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: [key('p', 'HASH'), key('s', 'RANGE')],
    LocalSecondaryIndexes: [
      {IndexName: 'local', KeySchema: [key('p', 'HASH'), key('l', 'RANGE')], Projection: {ProjectionType: 'KEYS_ONLY'}},
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'global',
        KeySchema: [key('g', 'HASH'), key('n', 'RANGE')],
        Projection: {ProjectionType: 'INCLUDE', NonKeyAttributes: ['extra']},
      },
      {
        IndexName: 'multi',
        KeySchema: [key('g', 'HASH'), key('h', 'HASH'), key('n', 'RANGE'), key('b', 'RANGE')],
        Projection: {ProjectionType: 'ALL'},
      },
    ],
  });
}

/** What a key shall hold; undefined: nothing. */
type Change = Map<string, Item | undefined>;

/** What must be there, whatever happens to the server: kept by those who write, and by nobody else. */
export interface Ledger {
  acknowledged: Map<string, Item>;
  counters: Map<string, {acknowledged: number; underWay: number}>;
  /** Asked for and not answered. */
  underWay: Set<Change>;
  acknowledgements: number;
  nextVersion: number;
}

export function newLedger(): Ledger {
  return {acknowledged: new Map(), counters: new Map(), underWay: new Set(), acknowledgements: 0, nextVersion: 1};
}

export interface Load {
  /** Fulfilled once every writer has ended: because it was told to, or because it got no answer. */
  ended: Promise<void>;
  stop(): void;
}

const keysOfWriter = 30;
const counterKeys = ['1', '2', '3'];

/** Writers that each own some keys, so that each knows what its keys must hold, and share the counters. */
export function startLoad(call: Call, ledger: Ledger, random: Random, writers = 8): Load {
  let stopped = false;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)]!;

  const keyOf = (writer: number): Item => {
    const place = writer * 1_000 + Math.floor(random.fraction() * keysOfWriter);
    return {p: {S: `part-${place % 4}`}, s: {N: String(place)}};
  };

  function newAttributes(): Item {
    const maybe: [number, string, AttributeValue][] = [
      [0.7, 'l', {S: pick(['x', 'y', 'z'])}],
      [0.7, 'g', {S: pick(['red', 'green', 'blue'])}],
      [0.7, 'h', {N: pick(['1', '2.5'])}],
      [0.8, 'n', {N: String(Math.floor(random.fraction() * 1_000))}],
      [0.6, 'b', {B: pick(['AA==', 'AAE=', '/w=='])}],
      // Now and then more than a page of the store.
      [0.5, 'extra', {S: pick(['e', 'f']).repeat(random.fraction() < 0.05 ? 20_000 : 200)}],
    ];
    const chosen = maybe.filter(([chance]) => random.fraction() < chance).map(([, name, value]) => [name, value]);
    return {...Object.fromEntries(chosen), version: {N: String(ledger.nextVersion++)}};
  }

  async function change(operation: string, input: object, changes: Change): Promise<void> {
    ledger.underWay.add(changes);
    await must(call, operation, input);
    ledger.underWay.delete(changes);
    ledger.acknowledgements++;
    for (const [key, item] of changes) {
      if (item) ledger.acknowledged.set(key, item);
      else ledger.acknowledged.delete(key);
    }
  }

  async function put(writer: number): Promise<void> {
    const Item = {...keyOf(writer), ...newAttributes()};
    await change('PutItem', {TableName: loadTable, Item}, new Map([[keyText(Item), Item]]));
  }

  async function remove(writer: number): Promise<void> {
    const Key = keyOf(writer);
    await change('DeleteItem', {TableName: loadTable, Key}, new Map([[keyText(Key), undefined]]));
  }

  /** Only if it is still the version that this writer wrote; with the wrong version it must be refused. */
  async function update(writer: number): Promise<void> {
    const Key = keyOf(writer);
    const old = ledger.acknowledged.get(keyText(Key));
    const {version, g = {S: 'violet'}, n = {N: '7'}} = newAttributes();
    const item: Item = {...(old ?? Key), version: version!, g, n};
    delete item.l;
    const input = {
      TableName: loadTable,
      Key,
      UpdateExpression: 'SET version = :version, g = :g, n = :n REMOVE l',
      ConditionExpression: old ? 'version = :old' : 'attribute_not_exists(p)',
      ExpressionAttributeValues: {':version': version, ':g': g, ':n': n, ...(old && {':old': old.version})},
    };
    await change('UpdateItem', input, new Map([[keyText(Key), item]]));
    const again = await call('UpdateItem', input);
    assert.equal(again.status, 400);
    assert.match(again.body.__type, /ConditionalCheckFailedException/);
  }

  async function batch(writer: number): Promise<void> {
    const changes: Change = new Map();
    const requests = [];
    for (let count = 2 + Math.floor(random.fraction() * 10); count > 0; count--) {
      const key = keyOf(writer);
      if (changes.has(keyText(key))) continue;
      const item = random.fraction() < 0.7 ? {...key, ...newAttributes()} : undefined;
      changes.set(keyText(key), item);
      requests.push(item ? {PutRequest: {Item: item}} : {DeleteRequest: {Key: key}});
    }
    await change('BatchWriteItem', {RequestItems: {[loadTable]: requests}}, changes);
  }

  async function transact(writer: number): Promise<void> {
    const changes: Change = new Map();
    const TransactItems = [];
    for (let count = 2 + Math.floor(random.fraction() * 5); count > 0; count--) {
      const key = keyOf(writer);
      if (changes.has(keyText(key))) continue;
      const item = random.fraction() < 0.7 ? {...key, ...newAttributes()} : undefined;
      changes.set(keyText(key), item);
      TransactItems.push(item ? {Put: {TableName: loadTable, Item: item}} : {Delete: {TableName: loadTable, Key: key}});
    }
    await change('TransactWriteItems', {TransactItems}, changes);
  }

  async function count(): Promise<void> {
    const name = pick(counterKeys);
    const counter = ledger.counters.get(name) ?? {acknowledged: 0, underWay: 0};
    ledger.counters.set(name, counter);
    counter.underWay++;
    await must(call, 'UpdateItem', {
      TableName: loadTable,
      Key: {p: {S: 'counter'}, s: {N: name}},
      UpdateExpression: 'SET g = :g ADD n :one',
      ExpressionAttributeValues: {':g': {S: 'counters'}, ':one': {N: '1'}},
    });
    counter.underWay--;
    counter.acknowledged++;
    ledger.acknowledgements++;
  }

  async function write(writer: number): Promise<void> {
    while (!stopped) {
      try {
        await pick([put, put, remove, update, update, batch, transact, count])(writer);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        return;
      }
    }
  }

  return {
    ended: Promise.all(Array.from({length: writers}, (_, writer) => write(writer))).then(() => {}),
    stop() {
      stopped = true;
    },
  };
}

const stringOf = (item: Item, name: string) => (item[name] as {S: string}).S;
const numberOf = (item: Item, name: string) => (item[name] as {N: string}).N;
const keyText = (item: Item) => `${stringOf(item, 'p')}/${numberOf(item, 's')}`;
const isCounter = (item: Item) => stringOf(item, 'p') === 'counter';

/**
 * Every acknowledged write is there, each write that was under way is there with all its parts or with none, and nothing else
 * is. From then on what was found counts as acknowledged.
 */
export function checkLedger(ledger: Ledger, items: readonly Item[]): void {
  const found = new Map(items.filter(item => !isCounter(item)).map(item => [keyText(item), item]));
  const same = (one: Item | undefined, other: Item | undefined) => canonical(one ?? {}) === canonical(other ?? {});
  for (const changes of ledger.underWay) {
    const keys = [...changes.keys()];
    const isDone = keys.every(key => same(found.get(key), changes.get(key)));
    const isUndone = keys.every(key => same(found.get(key), ledger.acknowledged.get(key)));
    assert.ok(isDone || isUndone, `a write of ${keys} is there by half`);
    for (const key of keys) {
      const item = found.get(key);
      if (item) ledger.acknowledged.set(key, item);
      else ledger.acknowledged.delete(key);
    }
  }
  ledger.underWay.clear();
  assert.deepEqual(found, ledger.acknowledged);

  const counters = new Map(items.filter(isCounter).map(item => [numberOf(item, 's'), Number(numberOf(item, 'n'))]));
  for (const [name, counter] of ledger.counters) {
    const value = counters.get(name) ?? 0;
    const {acknowledged, underWay} = counter;
    assert.ok(
      value >= acknowledged && value <= acknowledged + underWay,
      `counter ${value}: ${JSON.stringify(counter)}`,
    );
    ledger.counters.set(name, {acknowledged: value, underWay: 0});
  }
}
