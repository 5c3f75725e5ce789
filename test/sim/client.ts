import {parseSequenceNumber} from '../../src/engine/streams/sequence-number.ts';
import {decodeIterator} from '../../src/engine/streams/shard-iterator.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import {canonical} from '../harness/check-table.ts';
import {clockSkewMaxMs} from './make-program.ts';
import type {LogEntry} from './model.ts';
import type {Judged, RecordsOp} from './oracle.ts';
import {type Client, type Op, type PageOp, type Program, startMs} from './program.ts';
import {wireCall} from './wire.ts';
import type {Outcome, World} from './world.ts';

const pagesMax = 500;
const triesMax = 4;

/** Does one step after the other. What was lost or failed through a fault of the store is asked again where that is safe. */
export async function runClient(world: World, program: Program, {node, steps}: Client, name: string): Promise<void> {
  for (const {atMs, op} of steps) {
    await world.sleepUntil(name, startMs + atMs);
    await perform(world, program, name, node, op);
  }
}

export async function perform(
  world: World,
  program: Program,
  name: string,
  node: number,
  op: Op,
): Promise<Item[] | undefined> {
  if (op.op === 'query' || op.op === 'scan') return readPages(world, name, node, op);
  if (op.op === 'readStream') {
    await readTableStream(world, program, name, node, op.table);
    return undefined;
  }
  for (let tries = 0; tries < triesMax; tries++) {
    const outcome = await world.send(name, node, op, wireCall(op));
    const isSafe = (op.op === 'transactWrite' || op.op === 'transactStatements') && op.token !== undefined;
    const isOpen = outcome === 'lost' || outcome.status >= 500 || isInProgress(outcome);
    if (!isSafe || !isOpen) return undefined;
  }
  return undefined;
}

const isInProgress = ({status, body}: Exclude<Outcome, 'lost'>) =>
  status === 400 && String(body.__type).endsWith('#TransactionInProgressException');

/** Page after page, until there is none; undefined when one was refused or lost. */
export async function readPages(world: World, name: string, node: number, op: PageOp): Promise<Item[] | undefined> {
  const items: Item[] = [];
  let startKey: Item | undefined;
  for (let pages = 0; pages < pagesMax; pages++) {
    const asked: PageOp = startKey ? {...op, startKey} : op;
    const outcome = await world.send(name, node, asked, wireCall(asked));
    if (outcome === 'lost' || outcome.status !== 200) return undefined;
    items.push(...(outcome.body.Items ?? []));
    startKey = outcome.body.LastEvaluatedKey;
    if (!startKey) return items;
  }
  return undefined;
}

interface StreamRecord {
  eventName: string;
  dynamodb: {Keys: Item; NewImage?: Item; OldImage?: Item; SequenceNumber: string};
  userIdentity?: object;
}

async function readTableStream(
  world: World,
  program: Program,
  name: string,
  node: number,
  table: string,
): Promise<void> {
  const outcome = await world.send(name, node, {op: 'describe', table}, wireCall({op: 'describe', table}));
  if (outcome === 'lost' || outcome.status !== 200) return;
  const arn: string | undefined = outcome.body.Table.LatestStreamArn;
  if (arn) await readStream(world, program, name, node, arn);
}

/** Every record that is left of a stream, shard after shard; undefined when something was lost on the way. */
export async function readStream(
  world: World,
  program: Program,
  name: string,
  node: number,
  StreamArn: string,
): Promise<{shards: number[]; records: StreamRecord[]} | undefined> {
  const records: StreamRecord[] = [];
  const shards: number[] = [];
  let ExclusiveStartShardId: string | undefined;
  for (let pages = 0; pages < pagesMax; pages++) {
    const input = {StreamArn, Limit: 3, ...(ExclusiveStartShardId ? {ExclusiveStartShardId} : {})};
    const described = await free(world, name, node, 'DescribeStream', input);
    if (described === 'lost' || described.status !== 200) return undefined;
    const {Shards, LastEvaluatedShardId} = described.body.StreamDescription;
    for (const {ShardId} of Shards) {
      const read = await readShard(world, program, name, node, StreamArn, ShardId);
      if (!read) return undefined;
      shards.push(read.shard);
      records.push(...read.records);
    }
    ExclusiveStartShardId = LastEvaluatedShardId;
    if (!ExclusiveStartShardId) return {shards, records};
  }
  return undefined;
}

function free(world: World, name: string, node: number, operation: string, input: object): Promise<Outcome> {
  return world.send(name, node, {op: 'free'}, {operation, input}, 'streams');
}

async function readShard(
  world: World,
  program: Program,
  name: string,
  node: number,
  StreamArn: string,
  ShardId: string,
): Promise<{shard: number; records: StreamRecord[]} | undefined> {
  const input = {StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON'};
  const begun = await free(world, name, node, 'GetShardIterator', input);
  if (begun === 'lost' || begun.status !== 200) return undefined;
  let iterator: string = begun.body.ShardIterator;
  const {shard} = decodeIterator(iterator)!;
  const records: StreamRecord[] = [];
  for (let pages = 0; pages < pagesMax; pages++) {
    const place = decodeIterator(iterator)!;
    const op: RecordsOp = {op: 'records', tableId: place.table, shard: place.shard, position: place.position};
    const limit = 1 + Math.floor(world.random.fraction() * 20);
    const judged: Judged = {op, verdict: {expected: () => undefined}, applied: false};
    judged.verdict.expected = (answer, answeredMs) => {
      if (answer.status === 200)
        return problemWithRecords(program, op, judged.entries ?? [], limit, answer.body, answeredMs);
      const code = String(answer.body.__type).split('#')[1];
      const isOld = (judged.entries ?? []).slice(0, 1).every(entry => isTrimmable(program, entry, answeredMs));
      if (code === 'TrimmedDataAccessException' && isOld) return undefined;
      if (code === 'ExpiredIteratorException' && place.issuedMs + program.streams.iteratorMs < answeredMs)
        return undefined;
      if (code === 'ResourceNotFoundException' && isOld) return undefined;
      return `answered ${JSON.stringify(answer.body)}`;
    };
    const outcome = await world.send(
      name,
      node,
      judged,
      {operation: 'GetRecords', input: {ShardIterator: iterator, Limit: limit}},
      'streams',
    );
    if (outcome === 'lost' || outcome.status !== 200) return undefined;
    records.push(...outcome.body.Records);
    if (!outcome.body.NextShardIterator || outcome.body.Records.length === 0) return {shard, records};
    iterator = outcome.body.NextShardIterator;
  }
  return {shard, records};
}

function isTrimmable({streams}: Program, entry: LogEntry, nowMs: number): boolean {
  return entry === 'end' || entry.createdMs + streams.retentionMs <= nowMs + clockSkewMaxMs;
}

/** `entries`: what the log held from the iterator's position on when it was read. Old ones may be gone. */
function problemWithRecords(
  program: Program,
  op: RecordsOp,
  entries: readonly LogEntry[],
  limit: number,
  body: {Records: StreamRecord[]; NextShardIterator?: string},
  nowMs: number,
): string | undefined {
  const start = op.position === 'horizon' ? 0 : op.position;
  const {Records: records} = body;
  const first = records[0];
  const skipped = first ? parseSequenceNumber(first.dynamodb.SequenceNumber)!.position - start : entries.length;
  const gone = entries.slice(0, skipped);
  const wrongly = gone.find(entry => !isTrimmable(program, entry, nowMs));
  if (wrongly) return `stream: a record is missing: ${canonical(wrongly)}`;
  if (skipped > 0 && op.position !== 'horizon' && first) return 'stream: a reader skipped records without being told';
  for (const [at, record] of records.entries()) {
    const entry = entries[skipped + at];
    const {eventName, dynamodb, userIdentity} = record;
    const found = {
      kind: eventName,
      keys: dynamodb.Keys,
      byService: userIdentity !== undefined,
      ...(dynamodb.OldImage ? {old: dynamodb.OldImage} : {}),
      ...(dynamodb.NewImage ? {new: dynamodb.NewImage} : {}),
    };
    if (entry === undefined || entry === 'end') return `stream: a record that was never made: ${canonical(found)}`;
    const {createdMs: _createdMs, ...wanted} = entry;
    if (canonical(wanted) !== canonical(found)) return `stream: ${canonical(found)} instead of ${canonical(wanted)}`;
    const place = parseSequenceNumber(dynamodb.SequenceNumber)!;
    if (place.shard !== op.shard || place.position !== start + skipped + at) return 'stream: a wrong sequence number';
  }
  if (records.length === limit) return body.NextShardIterator ? undefined : 'stream: the shard ends too early';
  const next = entries[skipped + records.length];
  if (next !== undefined && next !== 'end') return `stream: a page ends before ${canonical(next)}`;
  if (first && (next === 'end') === (body.NextShardIterator !== undefined))
    return 'stream: a shard ends where it should not, or goes on';
  return undefined;
}
