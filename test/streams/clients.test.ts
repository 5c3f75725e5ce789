import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {DescribeStreamCommand, GetRecordsCommand, ListStreamsCommand} from '@aws-sdk/client-dynamodb-streams';
import {startStator} from '../../src/server/library.ts';
import {assertOk, runClient} from '../clients/run-client.ts';
import {root} from '../clients/start-server.ts';
import {connectTo, must} from '../harness/call.ts';
import {canonical, scanAll} from '../harness/check-table.ts';
import {consume, newReplica, streamsClient, textOf} from './consumer.ts';

const TableName = 'read';
const newTable = {
  TableName,
  AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
};

test('the streams client of the SDK for JavaScript: a reader beside many writers misses nothing and repeats nothing', async t => {
  const server = await startStator({streams: {shardsMin: 8, rollMs: 400}});
  t.after(() => server.close());
  const {call, close} = connectTo(server.endpoint);
  t.after(close);
  const client = streamsClient(server.endpoint);
  const {TableDescription} = await must(call, 'CreateTable', newTable);
  const StreamArn: string = TableDescription.LatestStreamArn;
  assert.deepEqual((await client.send(new ListStreamsCommand({TableName}))).Streams, [
    {StreamArn, TableName, StreamLabel: TableDescription.LatestStreamLabel},
  ]);

  let writing = true;
  const count = async (writer: number) => {
    const Key = {p: {S: `counter ${writer % 20}`}};
    const update = {UpdateExpression: 'ADD n :one', ExpressionAttributeValues: {':one': {N: '1'}}};
    let times = 0;
    for (; writing; times++) await must(call, 'UpdateItem', {TableName, Key, ...update});
    return times;
  };
  const writers = Array.from({length: 40}, (_, writer) => count(writer));
  const replica = newReplica();
  const until = Date.now() + 2_500;
  await consume(client, StreamArn, replica, {keep: () => {}, isDone: () => Date.now() > until, limit: 100});
  writing = false;
  const written = (await Promise.all(writers)).reduce((sum, times) => sum + times);
  // Disabled, every shard has an end, and all of it can still be read.
  await must(call, 'UpdateTable', {TableName, StreamSpecification: {StreamEnabled: false}});
  await must(call, 'UpdateItem', {TableName, Key: {p: {S: 'unrecorded'}}});
  const {StreamDescription} = await client.send(new DescribeStreamCommand({StreamArn}));
  assert.equal(StreamDescription!.StreamStatus, 'DISABLED');
  const shards = StreamDescription!.Shards!;
  assert.ok(shards.every(shard => shard.SequenceNumberRange!.EndingSequenceNumber !== undefined));
  const isDone = () => replica.finished.length === shards.length;
  await consume(client, StreamArn, replica, {keep: () => {}, isDone, limit: 1000});
  assert.deepEqual(replica.problems, []);
  assert.equal(replica.changes, written);
  const items = (await scanAll(call, TableName)).filter(item => canonical(item.p) !== canonical({S: 'unrecorded'}));
  assert.deepEqual(Object.values(replica.items).sort(), items.map(textOf).sort());

  const filter = {Type: 'CHILD_SHARDS' as const, ShardId: shards[0]!.ShardId!};
  const children = await client.send(new DescribeStreamCommand({StreamArn, ShardFilter: filter}));
  assert.deepEqual(
    children.StreamDescription!.Shards!.map(shard => shard.ParentShardId),
    [filter.ShardId],
  );
  await assert.rejects(client.send(new GetRecordsCommand({ShardIterator: 'made up'})), {name: 'ValidationException'});
  t.diagnostic(`${written} changes in ${shards.length} shards`);
});

test('the streams client of boto3', async t => {
  const {code} = await runClient('python3', ['-c', 'import boto3']);
  if (code !== 0) return t.skip('python3 with boto3 is not on this machine');
  const server = await startStator({streams: {shardsMin: 2}});
  t.after(() => server.close());
  const script = join(root, 'test/streams/read_stream.py');
  assertOk(await runClient('python3', [script], {env: {STATOR_ENDPOINT: server.endpoint}}));
});
