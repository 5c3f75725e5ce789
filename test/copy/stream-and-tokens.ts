import assert from 'node:assert/strict';
import {type Call, must} from '../harness/call.ts';

const TableName = 'streamed';
const stream = (call: Call, operation: string, input: object) =>
  must(call, `DynamoDBStreams_20120810.${operation}`, input);
const item = (number: number) => ({p: {S: `p${number % 7}`}, n: {N: `${number}`}, later: {N: '4000000000'}});
const transaction = {
  ClientRequestToken: 'used-before-the-copy',
  TransactItems: [
    {
      Update: {
        TableName,
        Key: {p: {S: 'counted once'}},
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: {':one': {N: '1'}},
      },
    },
  ],
};

export interface StreamReader {
  /** Reads on behind what was read already, with an iterator that is older than the copy. */
  iterator: string;
  streamArn: string;
  shardId: string;
  /** Of the last record that was read. */
  sequenceNumber: string;
}

/** A table with a stream that is read half, an expiry time, and a transaction whose token is still good. */
export async function makeStreamed(call: Call): Promise<StreamReader> {
  const {TableDescription} = await must(call, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
  });
  const TimeToLiveSpecification = {AttributeName: 'later', Enabled: true};
  await must(call, 'UpdateTimeToLive', {TableName, TimeToLiveSpecification});
  for (let number = 0; number < 20; number++) await must(call, 'PutItem', {TableName, Item: item(number)});
  await must(call, 'TransactWriteItems', transaction);
  const streamArn = TableDescription.LatestStreamArn as string;
  const {StreamDescription} = await stream(call, 'DescribeStream', {StreamArn: streamArn});
  const shardId = StreamDescription.Shards[0].ShardId as string;
  const shard = {StreamArn: streamArn, ShardId: shardId};
  const {ShardIterator} = await stream(call, 'GetShardIterator', {...shard, ShardIteratorType: 'TRIM_HORIZON'});
  const {Records, NextShardIterator} = await stream(call, 'GetRecords', {ShardIterator, Limit: 10});
  assert.equal(Records.length, 10);
  return {iterator: NextShardIterator, streamArn, shardId, sequenceNumber: Records.at(-1).dynamodb.SequenceNumber};
}

/** What a reader that comes from before the copy finds, by its iterator and by the number of its last record. */
export async function readOn(call: Call, reader: StreamReader): Promise<unknown[]> {
  const {Records} = await stream(call, 'GetRecords', {ShardIterator: reader.iterator});
  const {ShardIterator} = await stream(call, 'GetShardIterator', {
    StreamArn: reader.streamArn,
    ShardId: reader.shardId,
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    SequenceNumber: reader.sequenceNumber,
  });
  const again = await stream(call, 'GetRecords', {ShardIterator});
  assert.deepEqual(again.Records, Records);
  return Records;
}

/** That a copy goes on as its source would: writes follow in the stream, and the token still counts. */
export async function goOn(call: Call, reader: StreamReader): Promise<void> {
  const before = (await readOn(call, reader)) as {dynamodb: {SequenceNumber: string}}[];
  assert.equal(before.length, 11);
  await must(call, 'TransactWriteItems', transaction);
  const {Item} = await must(call, 'GetItem', {TableName, Key: {p: {S: 'counted once'}}});
  assert.equal(Item.n.N, '1');
  await must(call, 'PutItem', {TableName, Item: item(100)});
  const after = (await readOn(call, reader)) as typeof before;
  assert.deepEqual(after.slice(0, -1), before);
  assert.ok(BigInt(after.at(-1)!.dynamodb.SequenceNumber) > BigInt(before.at(-1)!.dynamodb.SequenceNumber));
  const {TimeToLiveDescription} = await must(call, 'DescribeTimeToLive', {TableName});
  assert.deepEqual(TimeToLiveDescription, {AttributeName: 'later', TimeToLiveStatus: 'ENABLED'});
}
