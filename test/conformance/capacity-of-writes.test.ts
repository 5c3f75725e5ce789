// What writes consume, of the table and of each index by the change to its entry.
// eu-west-2, August 2026 (paritysuite/dynamodb-conformance CHANGELOG 3.0.0 "Index write costs"), and the AWS developer
// guide, "Provisioned throughput considerations for global secondary indexes".
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue, ConsumedCapacity} from '@aws-sdk/client-dynamodb';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

type Item = Record<string, AttributeValue>;

/** Units of the table and of the indexes that took part, and their sum. */
interface Units {
  total: number;
  table: number;
  local?: Record<string, number>;
  global?: Record<string, number>;
}

function unitsOf(capacity: ConsumedCapacity | undefined): Units {
  const byIndex = (indexes: ConsumedCapacity['GlobalSecondaryIndexes']) =>
    Object.fromEntries(Object.entries(indexes!).map(([name, {CapacityUnits}]) => [name, CapacityUnits!]));
  return {
    total: capacity!.CapacityUnits!,
    table: capacity!.Table!.CapacityUnits!,
    ...(capacity!.LocalSecondaryIndexes && {local: byIndex(capacity!.LocalSecondaryIndexes)}),
    ...(capacity!.GlobalSecondaryIndexes && {global: byIndex(capacity!.GlobalSecondaryIndexes)}),
  };
}

const kilobytes = (count: number) => S('x'.repeat(count * 1024));

onEveryStore('capacity of writes', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', g: 'S', l: 'S'},
    key: ['pk', 'sk'],
    local: {byL: {range: 'l'}},
    global: {byG: {hash: ['g']}, keys: {hash: ['g'], projection: 'KEYS_ONLY'}, some: {hash: ['g'], projection: ['i']}},
  });
  const plain = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const Key = {pk: S('a'), sk: S('b')};

  async function start(item: Item | undefined) {
    await target.db.deleteItem({TableName: table, Key});
    if (item) await target.db.putItem({TableName: table, Item: {...Key, ...item}});
  }

  interface Case {
    what: string;
    from?: Item;
    to?: Item;
    units: Units;
  }
  const all = (units: number) => ({byG: units, keys: units, some: units});
  const cases: Case[] = [
    {what: 'a put into no index', to: {x: N(1)}, units: {total: 1, table: 1}},
    {what: 'a put into the global indexes', to: {g: S('g')}, units: {total: 4, table: 1, global: all(1)}},
    {
      what: 'a put into all indexes',
      to: {g: S('g'), l: S('l')},
      units: {total: 5, table: 1, local: {byL: 1}, global: all(1)},
    },
    {what: 'an unchanged item', from: {g: S('g'), l: S('l')}, to: {g: S('g'), l: S('l')}, units: {total: 1, table: 1}},
    {
      what: 'a new index key',
      from: {g: S('g')},
      to: {g: S('other')},
      units: {total: 7, table: 1, global: all(2)},
    },
    {
      what: 'a new local sort key',
      from: {l: S('l')},
      to: {l: S('other')},
      units: {total: 3, table: 1, local: {byL: 2}},
    },
    {
      what: 'an attribute that one index holds',
      from: {g: S('g'), x: N(1)},
      to: {g: S('g'), x: N(2)},
      units: {total: 2, table: 1, global: {byG: 1}},
    },
    {
      what: 'an attribute that an index includes',
      from: {g: S('g'), i: N(1)},
      to: {g: S('g'), i: N(2)},
      units: {total: 3, table: 1, global: {byG: 1, some: 1}},
    },
    {what: 'leaving the indexes', from: {g: S('g')}, to: {}, units: {total: 4, table: 1, global: all(1)}},
    {what: 'joining the indexes', from: {}, to: {g: S('g')}, units: {total: 4, table: 1, global: all(1)}},
    {
      what: 'a deletion',
      from: {g: S('g'), l: S('l')},
      units: {total: 5, table: 1, local: {byL: 1}, global: all(1)},
    },
    {what: 'a deletion of nothing', units: {total: 1, table: 1}},
    {
      what: 'a large item, of which small entries hold little',
      to: {g: S('g'), x: kilobytes(3)},
      units: {total: 4 + 4 + 1 + 1, table: 4, global: {byG: 4, keys: 1, some: 1}},
    },
    {
      what: 'a deletion of a large item',
      from: {g: S('g'), x: kilobytes(3)},
      units: {total: 4 + 4 + 1 + 1, table: 4, global: {byG: 4, keys: 1, some: 1}},
    },
    {
      what: 'a large item made small',
      from: {g: S('g'), x: kilobytes(3)},
      to: {g: S('g')},
      units: {total: 8, table: 4, global: {byG: 4}},
    },
  ];
  for (const {what, from, to, units} of cases) {
    test(`${what}, by PutItem or DeleteItem`, async () => {
      await start(from);
      const {ConsumedCapacity} = to
        ? await target.db.putItem({TableName: table, Item: {...Key, ...to}, ReturnConsumedCapacity: 'INDEXES'})
        : await target.db.deleteItem({TableName: table, Key, ReturnConsumedCapacity: 'INDEXES'});
      assert.equal(ConsumedCapacity!.TableName, table);
      assert.deepEqual(unitsOf(ConsumedCapacity), units);
    });

    test(`${what}, by BatchWriteItem`, async () => {
      await start(from);
      const request = to ? {PutRequest: {Item: {...Key, ...to}}} : {DeleteRequest: {Key}};
      const {ConsumedCapacity} = await target.db.batchWriteItem({
        RequestItems: {[table]: [request]},
        ReturnConsumedCapacity: 'INDEXES',
      });
      assert.equal(ConsumedCapacity!.length, 1);
      assert.deepEqual(unitsOf(ConsumedCapacity![0]), units);
    });

    test(`${what}, by UpdateItem`, async () => {
      if (!to) return;
      await start(from);
      const removed = Object.keys(from ?? {}).filter(name => !(name in to));
      const set = Object.keys(to).map(name => `${name} = :${name}`);
      const expression = [
        set.length > 0 && `SET ${set.join(', ')}`,
        removed.length > 0 && `REMOVE ${removed.join(', ')}`,
      ];
      const text = expression.filter(Boolean).join(' ');
      const {ConsumedCapacity} = await target.db.updateItem({
        TableName: table,
        Key,
        ...(text && {UpdateExpression: text}),
        ...(set.length > 0 && {
          ExpressionAttributeValues: Object.fromEntries(Object.entries(to).map(([name, value]) => [`:${name}`, value])),
        }),
        ReturnConsumedCapacity: 'INDEXES',
      });
      assert.deepEqual(unitsOf(ConsumedCapacity), units);
    });
  }

  test('TOTAL shows the sum alone, NONE and silence show nothing', async () => {
    const put = (ReturnConsumedCapacity?: 'TOTAL' | 'NONE') =>
      target.db.putItem({
        TableName: table,
        Item: {pk: S('total'), sk: S('a'), g: S(String(ReturnConsumedCapacity))},
        ...(ReturnConsumedCapacity && {ReturnConsumedCapacity}),
      });
    assert.deepEqual((await put('TOTAL')).ConsumedCapacity, {TableName: table, CapacityUnits: 4});
    assert.equal((await put('NONE')).ConsumedCapacity, undefined);
    assert.equal((await put()).ConsumedCapacity, undefined);
  });

  test('a failed condition consumes, but says nothing', async () => {
    const put = target.db.putItem({
      TableName: plain,
      Item: {pk: S('a')},
      ConditionExpression: 'attribute_exists(pk)',
      ReturnConsumedCapacity: 'TOTAL',
    });
    await assert.rejects(put, error => !('ConsumedCapacity' in (error as object)));
  });

  test('the size of an item that grows to the edge of a unit', async () => {
    // `pk` 2 + 1, `x` 1: 4 bytes besides the value.
    for (const [bytes, units] of [
      [1020, 1],
      [1021, 2],
      [2044, 2],
      [2045, 3],
    ] as const) {
      const {ConsumedCapacity} = await target.db.putItem({
        TableName: plain,
        Item: {pk: S('e'), x: S('x'.repeat(bytes))},
        ReturnConsumedCapacity: 'TOTAL',
      });
      assert.equal(ConsumedCapacity!.CapacityUnits, units, `${bytes} bytes`);
      await target.db.deleteItem({TableName: plain, Key: {pk: S('e')}});
    }
  });

  test('a batch sums up the units of each table', async () => {
    const {ConsumedCapacity} = await target.db.batchWriteItem({
      RequestItems: {
        [plain]: [{PutRequest: {Item: {pk: S('1'), x: kilobytes(1)}}}, {DeleteRequest: {Key: {pk: S('none')}}}],
        [table]: [{PutRequest: {Item: {pk: S('sum'), sk: S('1'), l: S('l')}}}],
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    const byTable = Object.fromEntries(ConsumedCapacity!.map(each => [each.TableName, each.CapacityUnits]));
    assert.deepEqual(byTable, {[plain]: 3, [table]: 2});
  });
});

// eu-west-2 and us-east-1, 2026-10-09 (tests/tier1/putItem/itemCollectionMetrics).
onEveryStore('item collection metrics', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', l: 'S'},
    key: ['pk', 'sk'],
    local: {byL: {range: 'l'}},
  });
  const plain = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const Key = {pk: S('c'), sk: S('a')};
  const metrics = {ItemCollectionKey: {pk: S('c')}, SizeEstimateRangeGB: [0, 1]};
  const SIZE = {ReturnItemCollectionMetrics: 'SIZE'} as const;

  test('writes of a table with local indexes show their collection', async () => {
    const put = await target.db.putItem({TableName: table, Item: {...Key, l: S('l')}, ...SIZE});
    assert.deepEqual(put.ItemCollectionMetrics, metrics);
    const update = await target.db.updateItem({TableName: table, Key, UpdateExpression: 'REMOVE x', ...SIZE});
    assert.deepEqual(update.ItemCollectionMetrics, metrics);
    const remove = await target.db.deleteItem({TableName: table, Key, ...SIZE});
    assert.deepEqual(remove.ItemCollectionMetrics, metrics);
  });

  test('a batch shows each collection once', async () => {
    const puts = ['1', '2', '3'].map(sk => ({PutRequest: {Item: {pk: S('c'), sk: S(sk)}}}));
    const {ItemCollectionMetrics} = await target.db.batchWriteItem({RequestItems: {[table]: puts}, ...SIZE});
    assert.deepEqual(ItemCollectionMetrics, {[table]: [metrics]});
  });

  test('nothing is shown unless asked for, and of no other table', async () => {
    const NONE = {ReturnItemCollectionMetrics: 'NONE'} as const;
    assert.equal((await target.db.putItem({TableName: table, Item: Key, ...NONE})).ItemCollectionMetrics, undefined);
    assert.equal((await target.db.putItem({TableName: table, Item: Key})).ItemCollectionMetrics, undefined);
    const other = await target.db.putItem({TableName: plain, Item: {pk: S('a')}, ...SIZE});
    assert.equal(other.ItemCollectionMetrics, undefined);
  });
});
