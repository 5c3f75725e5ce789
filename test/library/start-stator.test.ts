import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {startStator} from 'stator';
import {connectTo, must} from '../harness/call.ts';
import {temporaryDirectory} from '../harness/server-process.ts';

const tableInput = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
};

test('several databases in one process know nothing of each other', async t => {
  const servers = await Promise.all(Array.from({length: 8}, () => startStator()));
  t.after(() => Promise.all(servers.map(server => server.close())));
  assert.equal(new Set(servers.map(server => server.endpoint)).size, 8);
  const clients = servers.map(server => connectTo(server.endpoint));
  await Promise.all(
    clients.map(async ({call}, number) => {
      await must(call, 'CreateTable', tableInput);
      await must(call, 'PutItem', {TableName: 'things', Item: {p: {S: 'which'}, number: {N: String(number)}}});
    }),
  );
  for (const [number, {call, close}] of clients.entries()) {
    const {Items} = await must(call, 'Scan', {TableName: 'things'});
    assert.deepEqual(Items, [{p: {S: 'which'}, number: {N: String(number)}}]);
    close();
  }
});

test('starts and ends in milliseconds, and lets go of its port', async () => {
  const first = await startStator();
  const port = Number(new URL(first.endpoint).port);
  await first.close();
  await first.close();
  await assert.rejects(fetch(first.endpoint));
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const since = performance.now();
    const server = await startStator({port});
    await server.close();
    times.push(performance.now() - since);
  }
  const median = times.sort((a, b) => a - b)[10]!;
  assert.ok(median < 50, `the median of starting and ending is ${median} ms`);
});

test('with `data` it keeps what was written; the same folder twice in one process is refused', async t => {
  const data = join(temporaryDirectory(t), 'made', 'here');
  const first = await startStator({data});
  const before = connectTo(first.endpoint);
  await must(before.call, 'CreateTable', tableInput);
  await must(before.call, 'PutItem', {TableName: 'things', Item: {p: {S: 'kept'}}});
  before.close();
  await assert.rejects(startStator({data}), /is already open in this process: close it first/);
  await first.close();

  const second = await startStator({data});
  const after = connectTo(second.endpoint);
  assert.deepEqual((await must(after.call, 'Scan', {TableName: 'things'})).Items, [{p: {S: 'kept'}}]);
  after.close();
  await second.close();
});

test('what fails at the start frees what was opened, so that the next start works', async t => {
  const data = temporaryDirectory(t);
  const holder = await startStator();
  const port = Number(new URL(holder.endpoint).port);
  await assert.rejects(startStator({data, port}), /EADDRINUSE/);
  const server = await startStator({data});
  await server.close();
  await holder.close();
});

test('states of tables are shown for as long as asked', async t => {
  const server = await startStator({lifecycle: {tableCreatingMs: 150}});
  t.after(() => server.close());
  const {call, close} = connectTo(server.endpoint);
  assert.equal((await must(call, 'CreateTable', tableInput)).TableDescription.TableStatus, 'CREATING');
  assert.equal((await must(call, 'DescribeTable', {TableName: 'things'})).Table.TableStatus, 'CREATING');
  await new Promise(resolve => setTimeout(resolve, 200));
  assert.equal((await must(call, 'DescribeTable', {TableName: 'things'})).Table.TableStatus, 'ACTIVE');
  close();
});

test('closing twice at once, and while requests come in, ends once and well', async () => {
  const server = await startStator();
  const {call, close} = connectTo(server.endpoint);
  await must(call, 'CreateTable', tableInput);
  const puts = Array.from({length: 50}, (_, at) => call('PutItem', {TableName: 'things', Item: {p: {S: String(at)}}}));
  const settled = Promise.allSettled(puts);
  await Promise.all([server.close(), server.close()]);
  for (const outcome of await settled) {
    if (outcome.status === 'fulfilled') assert.equal(outcome.value.status, 200);
  }
  close();
});
