import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {seededRandom} from '../../src/base/random.ts';
import {type Call, connectTo, must} from '../harness/call.ts';
import {checkNoLeftovers} from '../harness/check-bytes.ts';
import {checkTable, scanAll, untilSettled} from '../harness/check-table.ts';
import {type ServingProcess, sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';

const random = seededRandom(Number(process.env.STATOR_TEST_SEED) || 5);

const plainTable = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    {AttributeName: 'p', AttributeType: 'S'},
    {AttributeName: 'g', AttributeType: 'N'},
  ],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
};
const byG = {
  IndexName: 'by-g',
  KeySchema: [
    {AttributeName: 'g', KeyType: 'HASH'},
    {AttributeName: 'p', KeyType: 'RANGE'},
  ],
  Projection: {ProjectionType: 'INCLUDE', NonKeyAttributes: ['text']},
};
const withIndex = {...plainTable, GlobalSecondaryIndexes: [byG]};

const itemNumber = (number: number) => ({
  p: {S: `item-${number}`},
  ...(number % 5 === 0 ? {} : {g: {N: String(number % 7)}}),
  text: {S: `text of ${number} `.repeat(20)},
});

async function fill(call: Call, TableName: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 25) {
    const numbers = Array.from({length: Math.min(25, count - from)}, (_, at) => from + at);
    const requests = numbers.map(number => ({PutRequest: {Item: itemNumber(number)}}));
    await must(call, 'BatchWriteItem', {RequestItems: {[TableName]: requests}});
  }
}

type Use<R> = (call: Call, server: ServingProcess) => Promise<R>;

/** Starts a server on the data, and stops it in the way of the gentle. */
async function withServer<R>(t: TestContext, directory: string, use: Use<R>): Promise<R> {
  const server = await startServer(t, ['--data', directory]);
  const {call, close} = connectTo(server.endpoint);
  try {
    return await use(call, server);
  } finally {
    close();
    server.child.kill('SIGTERM');
    const {code, stderr} = await server.ended;
    assert.deepEqual({code, stderr}, {code: 0, stderr: ''});
  }
}

/** Starts a server on the data, and kills it some milliseconds into `work`, whose end by lack of an answer is expected. */
async function killedAmid(t: TestContext, directory: string, ms: number, work: Use<unknown>): Promise<void> {
  const server = await startServer(t, ['--data', directory]);
  const {call, close} = connectTo(server.endpoint);
  const working = work(call, server).catch(error => {
    if (error instanceof assert.AssertionError) throw error;
  });
  await sleep(ms);
  await server.killAll();
  await working;
  close();
}

test('kill -9 amid CreateTable and DeleteTable: each table is there or not, whole, and a new one of its name is empty', async t => {
  const directory = temporaryDirectory(t);
  const names = ['first', 'second', 'third'];
  /** How many items a table holds; absent: there is none; 'either': it was being made or dropped. */
  const known = new Map<string, number | 'either'>();
  for (let round = 0; round < 8; round++) {
    await killedAmid(t, directory, 30 + random.fraction() * 120, async call => {
      for (;;) {
        for (const TableName of names) {
          const before = known.get(TableName);
          known.set(TableName, 'either');
          if (before === undefined) {
            await must(call, 'CreateTable', {TableName, ...withIndex});
            assert.deepEqual(await scanAll(call, TableName), []);
            known.set(TableName, 0);
            await fill(call, TableName, 10);
            known.set(TableName, 10);
          } else {
            await must(call, 'DeleteTable', {TableName});
            known.delete(TableName);
          }
        }
      }
    });
    await withServer(t, directory, async call => {
      const listed: string[] = (await must(call, 'ListTables', {})).TableNames;
      for (const name of names) {
        const expected = known.get(name);
        if (expected !== 'either')
          assert.equal(listed.includes(name), expected !== undefined, `${name}, round ${round}`);
        known.delete(name);
        if (!listed.includes(name)) continue;
        await untilSettled(call, name);
        const items = await checkTable(call, name);
        if (typeof expected === 'number') assert.ok(items.length === expected || expected === 0);
        assert.ok(items.length === 0 || items.length === 10, 'a batch is there whole');
        known.set(name, items.length);
      }
    });
  }
  await withServer(t, directory, async call => {
    for (const TableName of known.keys()) await must(call, 'DeleteTable', {TableName});
    await sleep(1_500);
  });
  await checkNoLeftovers(directory);
});

const backfilled = 4_000;

test('kill -9 while an index is filled: it goes on after the restart, and ends exact', async t => {
  const directory = temporaryDirectory(t);
  await withServer(t, directory, async call => {
    await must(call, 'CreateTable', {
      TableName: 'filled',
      ...plainTable,
      AttributeDefinitions: [plainTable.AttributeDefinitions[0]],
    });
    await fill(call, 'filled', backfilled);
  });
  let amid = 0;
  for (let round = 0; round < 5; round++) {
    await killedAmid(t, directory, 15 + random.fraction() * 80, async call => {
      await must(call, 'UpdateTable', {
        TableName: 'filled',
        AttributeDefinitions: plainTable.AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{Create: byG}],
      });
      for (let number = 0; ; number += 7) {
        const Item = {...itemNumber(number % backfilled), g: {N: String(number % 11)}};
        if (number % 3 === 0) await must(call, 'DeleteItem', {TableName: 'filled', Key: {p: Item.p}});
        else await must(call, 'PutItem', {TableName: 'filled', Item});
      }
    });
    await withServer(t, directory, async call => {
      const {Table} = await must(call, 'DescribeTable', {TableName: 'filled'});
      const index = Table.GlobalSecondaryIndexes?.[0];
      if (index?.IndexStatus === 'CREATING') amid++;
      await untilSettled(call, 'filled');
      await checkTable(call, 'filled');
      if (index) {
        await must(call, 'UpdateTable', {
          TableName: 'filled',
          GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'by-g'}}],
        });
        await untilSettled(call, 'filled');
      }
      await fill(call, 'filled', 500);
    });
  }
  t.diagnostic(`${amid} of 5 kills left the index half filled`);
  assert.ok(amid > 0, 'some kill came while the index was being filled');
});

test('kill -9 while a dropped table is cleared: the clearing ends after the restart, and what was not dropped stays', async t => {
  const directory = temporaryDirectory(t);
  await withServer(t, directory, async call => {
    await must(call, 'CreateTable', {TableName: 'kept', ...withIndex});
    await fill(call, 'kept', 100);
  });
  for (let round = 0; round < 4; round++) {
    await withServer(t, directory, async call => {
      await must(call, 'CreateTable', {TableName: 'dropped', ...withIndex});
      await fill(call, 'dropped', 1_500);
    });
    await killedAmid(t, directory, 10 + random.fraction() * 40, call =>
      must(call, 'DeleteTable', {TableName: 'dropped'}),
    );
    await withServer(t, directory, async call => {
      await call('DeleteTable', {TableName: 'dropped'});
      await untilSettled(call, 'dropped', 'gone');
      await must(call, 'CreateTable', {TableName: 'dropped', ...withIndex});
      assert.deepEqual(await checkTable(call, 'dropped'), []);
      await must(call, 'DeleteTable', {TableName: 'dropped'});
      assert.equal((await checkTable(call, 'kept')).length, 100);
    });
  }
  await withServer(t, directory, () => sleep(1_500));
  await checkNoLeftovers(directory);
});
