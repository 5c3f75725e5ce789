import type {Item} from '../../src/model/attribute-value.ts';
import type {Caller} from './ask.ts';
import {numberOf, soakTable, wrongOf} from './content.ts';
import type {Ledger} from './ledger.ts';
import type {Stats} from './stats.ts';

interface ShardPlace {
  iterator?: string | undefined;
  /** The last record that was read. */
  last?: string;
  isFinished: boolean;
}

interface Shard {
  ShardId: string;
  ParentShardId?: string;
}

/**
 * Reads the stream of the table, every shard once its parent is finished, and holds each record to the one before of the same
 * item: no gap, no repetition, nothing out of order. `ledger` has versions of its own here: those of the stream.
 */
export function streamReader(reader: Caller, looker: Caller, stats: Stats, keys: number) {
  const streams = 'DynamoDBStreams_20120810.';
  const versions = new Int32Array(keys);
  const places = new Map<string, ShardPlace>();
  let StreamArn: string | undefined;
  let shards: Shard[] = [];
  let isListStale = true;
  let records = 0;

  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  async function get(operation: string, input: object, refusals?: readonly string[], by = reader): Promise<any> {
    const outcome = await by.ask(operation, input, refusals);
    return outcome.kind === 'done' ? outcome.body : undefined;
  }

  async function listShards(): Promise<void> {
    StreamArn ??= (await get('DescribeTable', {TableName: soakTable}))?.Table.LatestStreamArn;
    if (StreamArn === undefined) return;
    const found: Shard[] = [];
    let ExclusiveStartShardId: string | undefined;
    do {
      const page = await get(`${streams}DescribeStream`, {StreamArn, ExclusiveStartShardId});
      if (!page) return;
      found.push(...page.StreamDescription.Shards);
      ExclusiveStartShardId = page.StreamDescription.LastEvaluatedShardId;
    } while (ExclusiveStartShardId);
    shards = found;
    isListStale = false;
    // A shard that is no longer listed is of no more use.
    const listed = new Set(found.map(({ShardId}) => ShardId));
    for (const id of places.keys()) if (!listed.has(id)) places.delete(id);
  }

  function apply({eventName, dynamodb}: {eventName: string; dynamodb: {OldImage?: Item; NewImage?: Item; Keys: Item}}) {
    const {OldImage, NewImage, Keys} = dynamodb;
    const key = numberOf(Keys, 's');
    const before = OldImage ? numberOf(OldImage, 'v') : 0;
    const expected = OldImage ? (NewImage ? 'MODIFY' : 'REMOVE') : 'INSERT';
    if (before !== versions[key] || eventName !== expected)
      stats.problem(`stream: ${eventName} of key ${key} follows version ${versions[key]}, and tells ${before}`);
    for (const image of [OldImage, NewImage]) {
      const wrong = image && wrongOf(image);
      if (wrong) stats.problem(`stream: ${wrong}`);
    }
    versions[key] = NewImage ? numberOf(NewImage, 'v') : 0;
    records++;
  }

  async function readShard(ShardId: string, place: ShardPlace): Promise<number> {
    if (place.iterator === undefined) {
      const start = place.last
        ? {ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: place.last}
        : {ShardIteratorType: 'TRIM_HORIZON'};
      const answer = await get(`${streams}GetShardIterator`, {StreamArn, ShardId, ...start});
      place.iterator = answer?.ShardIterator;
      if (place.iterator === undefined) return 0;
    }
    const page = await get(`${streams}GetRecords`, {ShardIterator: place.iterator, Limit: 500});
    if (!page) {
      place.iterator = undefined;
      return 0;
    }
    for (const record of page.Records) {
      apply(record);
      place.last = record.dynamodb.SequenceNumber;
    }
    const last = page.Records.at(-1);
    if (last) {
      const behindMs = Math.max(0, Date.now() - last.dynamodb.ApproximateCreationDateTime * 1000 - 1_000);
      stats.measured.readerBehindMs = Math.max(stats.measured.readerBehindMs ?? 0, behindMs);
    }
    place.iterator = page.NextShardIterator;
    if (page.NextShardIterator === undefined) {
      place.isFinished = true;
      isListStale = true;
    }
    return page.Records.length;
  }

  /** Reads what there is of every shard that may be read. Returns how many records. */
  async function read(): Promise<number> {
    if (isListStale) await listShards();
    let found = 0;
    for (const {ShardId, ParentShardId} of shards) {
      const parent = ParentShardId === undefined ? undefined : places.get(ParentShardId);
      const isListed = shards.some(shard => shard.ShardId === ParentShardId);
      if (isListed && !parent?.isFinished) continue;
      const place = places.get(ShardId) ?? {isFinished: false};
      places.set(ShardId, place);
      if (!place.isFinished) found += await readShard(ShardId, place);
    }
    return found;
  }

  /** How old the oldest record is that a reader who comes now would get. */
  async function lookAtOldest(): Promise<void> {
    isListStale = true;
    const oldest = shards[0];
    if (!oldest) return;
    const gone = ['ResourceNotFoundException', 'TrimmedDataAccessException'];
    const start = {StreamArn, ShardId: oldest.ShardId, ShardIteratorType: 'TRIM_HORIZON'};
    const ShardIterator = (await get(`${streams}GetShardIterator`, start, gone, looker))?.ShardIterator;
    if (!ShardIterator) return;
    const record = (await get(`${streams}GetRecords`, {ShardIterator, Limit: 1}, gone, looker))?.Records[0];
    if (record) stats.measured.oldestRecordMs = Date.now() - record.dynamodb.ApproximateCreationDateTime * 1000;
  }

  /** With nothing written meanwhile: reads to the end, and holds what it made of the stream to what is in the table. */
  async function catchUp(ledger: Ledger): Promise<void> {
    for (let empty = 0, pages = 0; empty < 3 && pages < 10_000; pages++) {
      isListStale = true;
      empty = (await read()) === 0 ? empty + 1 : 0;
    }
    for (let key = 0; key < keys; key++) {
      if (versions[key] !== ledger.versions[key])
        stats.problem(
          `stream: key ${key} ends with version ${versions[key]}, in the table it is ${ledger.versions[key]}`,
        );
    }
  }
  return {read, lookAtOldest, catchUp, records: () => records};
}
