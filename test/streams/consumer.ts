import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';

/** What a consumer has made of a stream so far. Kept as one file, so that items and places never part. */
export interface Replica {
  /** By the text of their keys: the wire text of the items. */
  items: Record<string, string>;
  /** By shard: the last record that is in `items`. */
  places: Record<string, string>;
  finished: string[];
  changes: number;
  /** Records that did not fit what was there before: one was missed, or came twice, or in the wrong order. */
  problems: string[];
}

export const newReplica = (): Replica => ({items: {}, places: {}, finished: [], changes: 0, problems: []});

/** Applies a record and remembers its place. */
export function apply(replica: Replica, shardId: string, record: _Record): void {
  const {Keys, OldImage, NewImage, SequenceNumber} = record.dynamodb!;
  const key = textOf(Keys);
  const before = Object.hasOwn(replica.items, key) ? replica.items[key] : undefined;
  const isExpected =
    before === (OldImage && textOf(OldImage)) &&
    record.eventName === (OldImage ? (NewImage ? 'MODIFY' : 'REMOVE') : 'INSERT');
  if (!isExpected) replica.problems.push(`${record.eventName} ${key} at ${SequenceNumber}: there was ${before}`);
  if (NewImage) replica.items[key] = textOf(NewImage);
  else delete replica.items[key];
  replica.places[shardId] = SequenceNumber!;
  replica.changes++;
}

/** One text for equal items, whatever the order of their attributes. */
export function textOf(item: object | undefined): string {
  return JSON.stringify(Object.entries(item ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Reads a stream as the Kinesis Client Library does: every shard from its last place on, and none before its parent is
 * finished. Calls `keep` after each page. Ends when `isDone` says so; rejects when the server can't be reached.
 */
export async function consume(
  client: DynamoDBStreamsClient,
  StreamArn: string,
  replica: Replica,
  {keep, isDone, limit}: {keep: () => void; isDone: () => boolean; limit: number},
): Promise<void> {
  const iterators = new Map<string, string>();
  while (!isDone()) {
    let found = 0;
    for (const {ShardId, ParentShardId} of await shardsOf(client, StreamArn)) {
      if (replica.finished.includes(ShardId!)) continue;
      if (ParentShardId !== undefined && !replica.finished.includes(ParentShardId)) continue;
      const ShardIterator = iterators.get(ShardId!) ?? (await iteratorOf(client, StreamArn, ShardId!, replica));
      const page = await client.send(new GetRecordsCommand({ShardIterator, Limit: limit}));
      for (const record of page.Records!) apply(replica, ShardId!, record);
      found += page.Records!.length;
      if (page.NextShardIterator) iterators.set(ShardId!, page.NextShardIterator);
      else replica.finished.push(ShardId!);
      keep();
    }
    if (found === 0) await new Promise(resolve => setTimeout(resolve, 10));
  }
}

export async function shardsOf(client: DynamoDBStreamsClient, StreamArn: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const {StreamDescription: page} = await client.send(
      new DescribeStreamCommand({StreamArn, Limit: 3, ...(ExclusiveStartShardId ? {ExclusiveStartShardId} : {})}),
    );
    shards.push(...page!.Shards!);
    ExclusiveStartShardId = page!.LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
}

async function iteratorOf(
  client: DynamoDBStreamsClient,
  StreamArn: string,
  ShardId: string,
  {places}: Replica,
): Promise<string> {
  const place = places[ShardId];
  const start = place
    ? ({ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: place} as const)
    : ({ShardIteratorType: 'TRIM_HORIZON'} as const);
  return (await client.send(new GetShardIteratorCommand({StreamArn, ShardId, ...start}))).ShardIterator!;
}

export function streamsClient(endpoint: string): DynamoDBStreamsClient {
  return new DynamoDBStreamsClient({
    endpoint,
    region: 'us-east-1',
    credentials: {accessKeyId: 'x', secretAccessKey: 'x'},
    maxAttempts: 1,
  });
}
