import {exchange} from './connection.ts';
import {batchWriteBody, orderItem, tableDefinition} from './dataset.ts';
import {wireRequest} from './wire-request.ts';

/** A table of its own: with a stream of both images and two global indexes, and always the same number of orders. */
export const streamTableName = 'bench-stream';
export const streamTableItems = 10_000;

const definition = {
  ...tableDefinition,
  TableName: streamTableName,
  AttributeDefinitions: [
    ...tableDefinition.AttributeDefinitions,
    {AttributeName: 'email', AttributeType: 'S'},
    {AttributeName: 'status', AttributeType: 'S'},
    {AttributeName: 'total', AttributeType: 'N'},
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byEmail',
      KeySchema: [
        {AttributeName: 'email', KeyType: 'HASH'},
        {AttributeName: 'sk', KeyType: 'RANGE'},
      ],
      Projection: {ProjectionType: 'ALL'},
    },
    {
      // A new version of an order nearly always moves its entry here.
      IndexName: 'byStatus',
      KeySchema: [
        {AttributeName: 'status', KeyType: 'HASH'},
        {AttributeName: 'total', KeyType: 'RANGE'},
      ],
      Projection: {ProjectionType: 'KEYS_ONLY'},
    },
  ],
  StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
};

async function must<Answer>(port: number, operation: string, body: object | string): Promise<Answer> {
  const answer = await exchange(port, wireRequest(operation, body));
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.body.subarray(0, 300)}`);
  return JSON.parse(answer.body.toString()) as Answer;
}

interface Described {
  readonly Table: {readonly TableStatus: string; readonly LatestStreamArn: string};
}

const describe = (port: number) => must<Described>(port, 'DescribeTable', {TableName: streamTableName});
const secondsMax = 30;

/** Makes the table and fills it, unless that was done before. */
export async function prepareStreamTable(port: number): Promise<string> {
  const present = await exchange(port, wireRequest('DescribeTable', {TableName: streamTableName}));
  if (present.status === 200) return '';
  await must(port, 'CreateTable', definition);
  for (const until = performance.now() + secondsMax * 1000; ; ) {
    if ((await describe(port)).Table.TableStatus === 'ACTIVE') break;
    if (performance.now() > until) throw new Error('the table with a stream did not become ACTIVE');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  for (let first = 0; first < streamTableItems; first += 25) {
    const wires = Array.from({length: 25}, (_, at) => orderItem(first + at, 0));
    await must(port, 'BatchWriteItem', batchWriteBody(wires, streamTableName));
  }
  return '';
}

/** An iterator at the beginning of a shard of that table's stream. */
export async function prepareIterator(port: number): Promise<string> {
  await prepareStreamTable(port);
  const StreamArn = (await describe(port)).Table.LatestStreamArn;
  const {StreamDescription} = await must<{StreamDescription: {Shards: {ShardId: string}[]}}>(port, 'DescribeStream', {
    StreamArn,
  });
  const {ShardId} = StreamDescription.Shards[0]!;
  const start = {StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON'};
  return (await must<{ShardIterator: string}>(port, 'GetShardIterator', start)).ShardIterator;
}
