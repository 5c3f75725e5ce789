import assert from 'node:assert/strict';
import {type Call, must} from '../harness/call.ts';
import type {Stream, StreamRecord} from './history.ts';
import type {WireItem} from './random-request.ts';

interface WireRecord {
  eventName: string;
  dynamodb: {Keys: {p: {S: string}; s: {N: string}}; SequenceNumber: string; OldImage?: WireItem; NewImage?: WireItem};
}

/** A reader of a stream, who remembers his place in each shard, wherever he reads next. */
export interface StreamReader {
  stream: Stream;
  /** Reads what is there of each shard, parents first; answers how many records that were. Rejects when the server is gone. */
  readOn(call: Call): Promise<number>;
}

const operation = (name: string) => `DynamoDBStreams_20120810.${name}`;
const pagesMax = 10_000;

export function streamReader(StreamArn: string): StreamReader {
  const stream: Stream = {shards: [], records: []};
  const last = new Map<string, string>();
  const finished = new Set<string>();

  async function findShards(call: Call): Promise<void> {
    let ExclusiveStartShardId: string | undefined;
    do {
      const {StreamDescription} = await must(call, operation('DescribeStream'), {StreamArn, ExclusiveStartShardId});
      for (const {ShardId: id, ParentShardId: parent} of StreamDescription.Shards) {
        if (!stream.shards.some(shard => shard.id === id)) stream.shards.push({id, ...(parent && {parent})});
      }
      ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
    } while (ExclusiveStartShardId);
  }

  async function readShard(call: Call, ShardId: string): Promise<number> {
    const SequenceNumber = last.get(ShardId);
    const from = SequenceNumber
      ? {ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber}
      : {ShardIteratorType: 'TRIM_HORIZON'};
    let {ShardIterator} = await must(call, operation('GetShardIterator'), {StreamArn, ShardId, ...from});
    let count = 0;
    for (let pages = 0; pages < pagesMax; pages++) {
      const page = await must(call, operation('GetRecords'), {ShardIterator, Limit: 300});
      for (const record of page.Records as WireRecord[]) {
        stream.records.push(recordOf(ShardId, record));
        last.set(ShardId, record.dynamodb.SequenceNumber);
      }
      count += page.Records.length;
      ShardIterator = page.NextShardIterator;
      if (!ShardIterator) finished.add(ShardId);
      if (!ShardIterator || page.Records.length === 0) break;
    }
    return count;
  }

  return {
    stream,
    async readOn(call) {
      await findShards(call);
      let count = 0;
      for (const {id, parent} of stream.shards) {
        if (finished.has(id) || (parent && stream.shards.some(shard => shard.id === parent) && !finished.has(parent)))
          continue;
        count += await readShard(call, id);
      }
      return count;
    },
  };
}

function recordOf(
  shard: string,
  {eventName, dynamodb: {Keys, SequenceNumber, OldImage, NewImage}}: WireRecord,
): StreamRecord {
  const version = (image: WireItem | undefined) => Number(image?.v.N ?? 0);
  assert.equal(eventName, OldImage ? (NewImage ? 'MODIFY' : 'REMOVE') : 'INSERT');
  return {
    shard,
    sequence: SequenceNumber,
    item: `${Keys.p.S}/${Keys.s.N}`,
    before: version(OldImage),
    after: version(NewImage),
  };
}
