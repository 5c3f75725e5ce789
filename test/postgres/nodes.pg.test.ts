import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {type Call, connectTo, must} from '../harness/call.ts';
import {checkTable, untilSettled} from '../harness/check-table.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {freshDatabase, noPostgres} from './shared-postgres.ts';

const key = (p: string) => ({p: {S: p}});
const table = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    {AttributeName: 'p', AttributeType: 'S'},
    {AttributeName: 'g', AttributeType: 'S'},
  ],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-g',
      KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}],
      Projection: {ProjectionType: 'ALL'},
    },
  ],
});

/** Reads a counter and writes one more where nobody else did meanwhile, as optimistic callers do. True once it was. */
async function countUp(call: Call, p: string): Promise<boolean> {
  const {body} = await call('GetItem', {TableName: 'shared', Key: key(p), ConsistentRead: true});
  const before = body.Item?.n?.N;
  const {status} = await call('PutItem', {
    TableName: 'shared',
    Item: {...key(p), n: {N: `${Number(before ?? 0) + 1}`}, g: {S: 'all'}},
    ...(before === undefined
      ? {ConditionExpression: 'attribute_not_exists(p)'}
      : {ConditionExpression: 'n = :n', ExpressionAttributeValues: {':n': {N: before}}}),
  });
  return status === 200;
}

describe('several nodes on one PostgreSQL', {skip: noPostgres()}, () => {
  test('what one node did to tables and items, every other knows at once', async t => {
    const store = await freshDatabase();
    const servers = await Promise.all([1, 2].map(() => startServer(t, ['--store', store])));
    const [a, b] = servers.map(server => connectTo(server.endpoint));
    for (let round = 0; round < 5; round++) {
      await must(a!.call, 'CreateTable', table('shared'));
      await must(b!.call, 'PutItem', {TableName: 'shared', Item: {...key('x'), round: {N: `${round}`}}});
      const {Item} = await must(a!.call, 'GetItem', {TableName: 'shared', Key: key('x'), ConsistentRead: true});
      assert.equal(Item.round.N, `${round}`);
      await must(b!.call, 'UpdateTable', {
        TableName: 'shared',
        GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'by-g'}}],
      });
      const query = await a!.call('Query', {
        TableName: 'shared',
        IndexName: 'by-g',
        KeyConditionExpression: 'g = :g',
        ExpressionAttributeValues: {':g': {S: 'all'}},
      });
      assert.equal(query.status, 400);
      await untilSettled(a!.call, 'shared');
      await must(a!.call, 'DeleteTable', {TableName: 'shared'});
      const gone = await b!.call('GetItem', {TableName: 'shared', Key: key('x')});
      assert.equal(gone.status, 400);
      assert.match(gone.body.__type, /ResourceNotFoundException/);
      await untilSettled(b!.call, 'shared', 'gone');
    }
    for (const client of [a!, b!]) client.close();
  });

  test('nodes are killed while they write: nothing that was acknowledged is lost, and indexes and totals are right', async t => {
    const store = await freshDatabase();
    const start = () => startServer(t, ['--store', store]);
    const servers = [await start(), await start()];
    const first = connectTo(servers[0]!.endpoint);
    await must(first.call, 'CreateTable', table('shared'));
    await untilSettled(first.call, 'shared');
    first.close();
    const counted = new Map<string, {acknowledged: number; unknown: number}>();
    let going = true;
    const lane = async (number: number) => {
      const name = `counter ${number % 3}`;
      const seen = counted.get(name) ?? {acknowledged: 0, unknown: 0};
      counted.set(name, seen);
      while (going) {
        const client = connectTo(servers[number % servers.length]!.endpoint);
        try {
          while (going) if (await countUp(client.call, name)) seen.acknowledged++;
        } catch {
          // The node was killed: it may have written before.
          seen.unknown++;
          await sleep(20);
        }
        client.close();
      }
    };
    const lanes = Promise.all(Array.from({length: 8}, (_, number) => lane(number)));
    for (let kill = 0; kill < 3; kill++) {
      await sleep(300);
      await servers[kill % 2]!.killAll();
      servers[kill % 2] = await start();
    }
    await sleep(200);
    going = false;
    await lanes;
    const last = connectTo(servers[1]!.endpoint);
    for (const [name, {acknowledged, unknown}] of counted) {
      const {Item} = await must(last.call, 'GetItem', {TableName: 'shared', Key: key(name), ConsistentRead: true});
      const n = Number(Item.n.N);
      assert.ok(n >= acknowledged && n <= acknowledged + unknown, `${name}: ${n}, ${acknowledged} + ${unknown}`);
      assert.ok(acknowledged > 0);
    }
    assert.equal((await checkTable(last.call, 'shared')).length, counted.size);
    last.close();
  });

  test('jobs go on at another node within seconds of the death of the one that did them', async t => {
    const store = await freshDatabase();
    const [doomed, other] = [await startServer(t, ['--store', store]), await startServer(t, ['--store', store])];
    const client = connectTo(other.endpoint);
    // The first one holds the lease by now.
    await must(client.call, 'CreateTable', table('shared'));
    await untilSettled(client.call, 'shared');
    await doomed.killAll();
    await must(client.call, 'DeleteTable', {TableName: 'shared'});
    await must(client.call, 'CreateTable', table('shared'));
    for (let i = 0; i < 20; i++) {
      await must(client.call, 'PutItem', {TableName: 'shared', Item: {...key(`${i}`), g: {S: 'all'}, h: {S: 'all'}}});
    }
    const killedMs = Date.now();
    await must(client.call, 'UpdateTable', {
      TableName: 'shared',
      AttributeDefinitions: [{AttributeName: 'h', AttributeType: 'S'}],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'by-h',
            KeySchema: [{AttributeName: 'h', KeyType: 'HASH'}],
            Projection: {ProjectionType: 'ALL'},
          },
        },
      ],
    });
    await untilSettled(client.call, 'shared');
    assert.ok(Date.now() - killedMs < 12_000);
    assert.equal((await checkTable(client.call, 'shared')).length, 20);
    client.close();
  });
});
