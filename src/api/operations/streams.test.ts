import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine} from '../../engine/engine.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createHandler} from '../handle.ts';

function setUp() {
  const clock = new ManualClock();
  const engine = createEngine({store: memoryStore(), clock, random: seededRandom(1)});
  const handler = createHandler({engine, region: 'us-east-1', onFault: fault => assert.fail(String(fault))});
  const send = async (target: string, input: object) => {
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20261122T130000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0a',
    };
    const body = Buffer.from(JSON.stringify(input));
    const answer = await handler({method: 'POST', url: '/', header: name => headers[name], body});
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return {status: answer.status, body: JSON.parse(answer.body.map(String).join('')) as any};
  };
  const tables = (operation: string, input: object) => send(`DynamoDB_20120810.${operation}`, input);
  const streams = (operation: string, input: object) => send(`DynamoDBStreams_20120810.${operation}`, input);
  return {engine, clock, send, tables, streams};
}

const TableName = 'changing';
const newTable = {
  TableName,
  AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
};

async function withStream() {
  const made = setUp();
  const {body} = await made.tables('CreateTable', newTable);
  const arn: string = body.TableDescription.LatestStreamArn;
  const described = await made.streams('DescribeStream', {StreamArn: arn});
  const shard: string = described.body.StreamDescription.Shards[0].ShardId;
  const refusal = async (operation: string, input: object) => {
    const answer = await made.streams(operation, input);
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    return `${answer.body.__type.split('#')[1]}: ${answer.body.message}`;
  };
  return {...made, arn, shard, described: described.body.StreamDescription, refusal};
}

test('the four operations have targets of their own', async () => {
  const {send} = setUp();
  for (const operation of ['ListStreams', 'DescribeStream', 'GetShardIterator', 'GetRecords']) {
    const answer = await send(`DynamoDB_20120810.${operation}`, {});
    assert.match(answer.body.__type, /UnknownOperationException/);
  }
  assert.match((await send('DynamoDBStreams_20120810.GetItem', {})).body.__type, /UnknownOperationException/);
});

test('a stream is described and its records are told', async () => {
  const {tables, streams, arn, shard, described, clock} = await withStream();
  const label = '2023-11-14T22:13:20.000';
  assert.equal(arn, `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}/stream/${label}`);
  assert.match(shard, /^shardId-\d{20}-[0-9a-f]{8}$/);
  assert.deepEqual(described, {
    StreamArn: arn,
    StreamLabel: label,
    StreamStatus: 'ENABLED',
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    CreationRequestDateTime: 1_700_000_000,
    TableName,
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    Shards: [{ShardId: shard, SequenceNumberRange: {StartingSequenceNumber: '100000001000000000000000'}}],
  });
  assert.deepEqual((await streams('ListStreams', {TableName})).body, {
    Streams: [{StreamArn: arn, TableName, StreamLabel: label}],
  });
  await tables('PutItem', {TableName, Item: {p: {S: 'é'}, n: {N: '1.0'}}});
  clock.advance(1500);
  await tables('DeleteItem', {TableName, Key: {p: {S: 'é'}}});
  const {body: start} = await streams('GetShardIterator', {
    StreamArn: arn,
    ShardId: shard,
    ShardIteratorType: 'TRIM_HORIZON',
  });
  const {body: page} = await streams('GetRecords', start);
  const ids = page.Records.map((record: {eventID: string}) => record.eventID);
  assert.match(ids[0], /^[0-9a-f]{32}$/);
  assert.notEqual(ids[0], ids[1]);
  const Keys = {p: {S: 'é'}};
  const common = {awsRegion: 'us-east-1', eventSource: 'aws:dynamodb', eventVersion: '1.1'};
  assert.deepEqual(page.Records, [
    {
      ...common,
      eventID: ids[0],
      eventName: 'INSERT',
      dynamodb: {
        ApproximateCreationDateTime: 1_700_000_000,
        Keys,
        NewImage: {...Keys, n: {N: '1'}},
        SequenceNumber: '100000001000000000000000',
        SizeBytes: 9,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    },
    {
      ...common,
      eventID: ids[1],
      eventName: 'REMOVE',
      dynamodb: {
        ApproximateCreationDateTime: 1_700_000_001,
        Keys,
        OldImage: {...Keys, n: {N: '1'}},
        SequenceNumber: '100000001000000000000001',
        SizeBytes: 9,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    },
  ]);
  const {body: next} = await streams('GetRecords', {ShardIterator: page.NextShardIterator});
  assert.deepEqual(next.Records, []);
});

test('what is no stream, no shard or no place is refused', async () => {
  const {arn, shard, refusal} = await withStream();
  const long = 'x'.repeat(40);
  const gone = arn.replace(TableName, 'gone');
  const walk: [string, object, string | RegExp][] = [
    ['DescribeStream', {}, /^ValidationException: 1 validation error detected: .*'streamArn'/],
    ['DescribeStream', {StreamArn: 'fake-stream'}, 'ValidationException: Invalid StreamArn'],
    ['DescribeStream', {StreamArn: long}, 'ValidationException: Invalid StreamArn'],
    ['DescribeStream', {StreamArn: arn.replace(/\/stream.*/, '')}, /ValidationException/],
    [
      'DescribeStream',
      {StreamArn: gone},
      `ResourceNotFoundException: Requested resource not found: Stream: ${gone} not found`,
    ],
    ['DescribeStream', {StreamArn: arn.replace('us-east-1', 'us-east-2')}, /ResourceNotFoundException/],
    ['DescribeStream', {StreamArn: arn.replace('000000000000', '000000000001')}, /AccessDeniedException/],
    ['DescribeStream', {StreamArn: arn.replace('.000', '.0')}, /ResourceNotFoundException/],
    ['DescribeStream', {StreamArn: arn, Limit: 0}, /^ValidationException: 1 validation error.*'limit'/],
    ['DescribeStream', {StreamArn: arn, Limit: 101}, /^ValidationException/],
    [
      'DescribeStream',
      {StreamArn: arn, ShardFilter: {Type: 'x', ShardId: shard}},
      /^ValidationException: 1 validation error/,
    ],
    ['DescribeStream', {StreamArn: arn, ShardFilter: {ShardId: shard}}, /^ValidationException/],
    ['DescribeStream', {StreamArn: arn, ShardFilter: {Type: 'CHILD_SHARDS'}}, /^ValidationException/],
    ['ListStreams', {Limit: 101}, /^ValidationException/],
    ['ListStreams', {ExclusiveStartStreamArn: long}, 'ValidationException: Invalid StreamArn'],
    ['GetShardIterator', {StreamArn: arn, ShardId: shard}, /'shardIteratorType'/],
    ['GetShardIterator', {StreamArn: arn, ShardId: long, ShardIteratorType: 'LATEST'}, /^ResourceNotFoundException/],
    [
      'GetShardIterator',
      {StreamArn: arn, ShardId: shard, ShardIteratorType: 'AT_SEQUENCE_NUMBER'},
      /^ValidationException/,
    ],
    [
      'GetShardIterator',
      {StreamArn: arn, ShardId: shard, ShardIteratorType: 'LATEST', SequenceNumber: '1'.repeat(24)},
      /^ValidationException/,
    ],
    [
      'GetShardIterator',
      {StreamArn: arn, ShardId: shard, ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: 'x'.repeat(24)},
      /^ValidationException/,
    ],
    ['GetRecords', {ShardIterator: long}, 'ValidationException: Invalid ShardIterator'],
    ['GetRecords', {ShardIterator: `${arn}|1|${'A'.repeat(48)}`}, 'ValidationException: Invalid ShardIterator'],
  ];
  for (const [operation, input, answer] of walk) {
    const found = await refusal(operation, input);
    if (typeof answer === 'string') assert.equal(found, answer);
    else assert.match(found, answer, `${operation} ${JSON.stringify(input)}`);
  }
});

test('an iterator lasts for fifteen minutes and cannot be changed', async () => {
  const {streams, arn, shard, refusal, clock} = await withStream();
  const {body} = await streams('GetShardIterator', {StreamArn: arn, ShardId: shard, ShardIteratorType: 'LATEST'});
  const text: string = body.ShardIterator;
  assert.equal(
    await refusal('GetRecords', {ShardIterator: text, Limit: 1001}).then(found => found.slice(0, 19)),
    'ValidationException',
  );
  for (let at = 0; at < text.length; at += 3) {
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    assert.equal(await refusal('GetRecords', {ShardIterator: changed}), 'ValidationException: Invalid ShardIterator');
  }
  clock.advance(15 * 60_000);
  assert.equal((await streams('GetRecords', {ShardIterator: text})).status, 200);
  clock.advance(1);
  assert.match(await refusal('GetRecords', {ShardIterator: text}), /^ExpiredIteratorException/);
});

test('who deleted an expired item is told', async () => {
  const {engine, streams, tables, arn, shard, clock} = await withStream();
  const {deleteExpired} = await import('../../engine/ttl/delete-expired.ts');
  await tables('UpdateTimeToLive', {TableName, TimeToLiveSpecification: {AttributeName: 't', Enabled: true}});
  await tables('PutItem', {TableName, Item: {p: {S: 'a'}, t: {N: '1700000001'}}});
  clock.advance(10_000);
  while (await deleteExpired(engine));
  const start = await streams('GetShardIterator', {StreamArn: arn, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON'});
  const {body} = await streams('GetRecords', start.body);
  const [put, expiry] = body.Records;
  assert.equal(put.userIdentity, undefined);
  assert.equal(expiry.eventName, 'REMOVE');
  assert.deepEqual(expiry.userIdentity, {PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service'});
});
