// What reads consume: by what was read, before filters and projections (eu-west-2, 2026-09, paritysuite/
// dynamodb-conformance CHANGELOG 3.3.0), and the AWS developer guide, "Capacity unit consumption for reads".
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import type {QueryCommandInput} from '@aws-sdk/client-dynamodb';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

onEveryStore('capacity of reads', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', l: 'N'},
    key: ['pk', 'sk'],
    local: {all: {range: 'l'}, keys: {range: 'l', projection: 'KEYS_ONLY'}},
    global: {global: {hash: ['l'], projection: 'KEYS_ONLY'}},
  });
  // Each item has 3,000 bytes: `pk` 4, `sk` 3, `l` 3, and the rest in `x`.
  const x = S('x'.repeat(3000 - 4 - 3 - 3 - 1));
  before(async () => {
    for (const sk of ['1', '2', '3', '4']) {
      await target.db.putItem({TableName: table, Item: {pk: S('pk'), sk: S(sk), l: N(1), x}});
    }
  });
  const INDEXES = {ReturnConsumedCapacity: 'INDEXES'} as const;
  const ofTable = (units: number) => ({TableName: table, CapacityUnits: units, Table: {CapacityUnits: units}});
  const ofLocal = (name: string, units: number, fetched = 0) => ({
    TableName: table,
    CapacityUnits: units + fetched,
    Table: {CapacityUnits: fetched},
    LocalSecondaryIndexes: {[name]: {CapacityUnits: units}},
  });

  test('GetItem', async () => {
    const get = async (sk: string, extra = {}) => {
      const Key = {pk: S('pk'), sk: S(sk)};
      return (await target.db.getItem({TableName: table, Key, ...INDEXES, ...extra})).ConsumedCapacity;
    };
    assert.deepEqual(await get('1'), ofTable(0.5));
    assert.deepEqual(await get('1', {ConsistentRead: true}), ofTable(1));
    assert.deepEqual(await get('1', {ProjectionExpression: 'pk'}), ofTable(0.5));
    assert.deepEqual(await get('none'), ofTable(0.5));
    assert.deepEqual(await get('none', {ConsistentRead: true}), ofTable(1));
    const total = {ReturnConsumedCapacity: 'TOTAL', ConsistentRead: true};
    assert.deepEqual(await get('1', total), {TableName: table, CapacityUnits: 1});
    assert.equal(await get('1', {ReturnConsumedCapacity: 'NONE'}), undefined);
  });

  test('BatchGetItem rounds up item by item', async () => {
    const get = async (ConsistentRead: boolean) => {
      const Keys = ['1', '2', 'none'].map(sk => ({pk: S('pk'), sk: S(sk)}));
      return target.db.batchGetItem({RequestItems: {[table]: {Keys, ConsistentRead}}, ...INDEXES});
    };
    assert.deepEqual((await get(false)).ConsumedCapacity, [ofTable(1.5)]);
    assert.deepEqual((await get(true)).ConsumedCapacity, [ofTable(3)]);
  });

  const query = async (extra: Partial<QueryCommandInput> = {}) => {
    const {ConsumedCapacity} = await target.db.query({
      TableName: table,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: {':p': S('pk')},
      ...INDEXES,
      ...extra,
    });
    return ConsumedCapacity;
  };

  test('Query and Scan round up page by page, before filter, projection and count', async () => {
    const readings: [extra: Partial<QueryCommandInput>, units: number][] = [
      [{}, 1.5],
      [{ConsistentRead: true}, 3],
      [{Limit: 1}, 0.5],
      [{Limit: 2}, 1],
      [{ProjectionExpression: 'sk'}, 1.5],
      [{Select: 'COUNT'}, 1.5],
      [{FilterExpression: 'attribute_not_exists(x)'}, 1.5],
    ];
    for (const [extra, units] of readings) {
      assert.deepEqual(await query(extra), ofTable(units), JSON.stringify(extra));
      const scanned = await target.db.scan({TableName: table, ...INDEXES, ...extra});
      assert.deepEqual(scanned.ConsumedCapacity, ofTable(units), JSON.stringify(extra));
    }
    const none = {ExpressionAttributeValues: {':p': S('none')}};
    assert.deepEqual(await query(none), ofTable(0.5));
    assert.deepEqual(await query({...none, ConsistentRead: true}), ofTable(1));
  });

  test('an index is charged by its entries, and the table for what has to be fetched', async () => {
    assert.deepEqual(await query({IndexName: 'all'}), ofLocal('all', 1.5));
    assert.deepEqual(await query({IndexName: 'keys'}), ofLocal('keys', 0.5));
    // Each item that is fetched is rounded up on its own.
    assert.deepEqual(await query({IndexName: 'keys', Select: 'ALL_ATTRIBUTES'}), ofLocal('keys', 0.5, 2));
    assert.deepEqual(await query({IndexName: 'keys', ProjectionExpression: 'x'}), ofLocal('keys', 0.5, 2));
    assert.deepEqual(
      await query({IndexName: 'keys', ConsistentRead: true, ProjectionExpression: 'x'}),
      ofLocal('keys', 1, 4),
    );
    const global = await target.db.scan({TableName: table, IndexName: 'global', ...INDEXES});
    assert.deepEqual(global.ConsumedCapacity, {
      TableName: table,
      CapacityUnits: 0.5,
      Table: {CapacityUnits: 0},
      GlobalSecondaryIndexes: {global: {CapacityUnits: 0.5}},
    });
    const total = await query({IndexName: 'keys', ReturnConsumedCapacity: 'TOTAL'});
    assert.deepEqual(total, {TableName: table, CapacityUnits: 0.5});
  });
});
