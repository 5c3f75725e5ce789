import type {StreamId} from '../../keyspace/stream-key.ts';
import type {ShardRecord} from '../../keyspace/stream-record.ts';
import {validationError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import {findStream, type Stream} from './find-stream.ts';
import {parseSequenceNumber} from './sequence-number.ts';
import {shardId, shardNumber} from './shard-id.ts';
import {encodeIterator, type ShardIterator} from './shard-iterator.ts';
import {shardTail} from './shard-tail.ts';
import {noSuchShard, noSuchStream, trimmed} from './stream-errors.ts';

export type IteratorStart =
  | {kind: 'TRIM_HORIZON' | 'LATEST'}
  | {kind: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; sequenceNumber: string};

export interface IteratorRequest {
  stream: StreamId;
  streamArn: string;
  shardId: string;
  start: IteratorStart;
}

export async function getShardIterator(engine: Engine, request: IteratorRequest): Promise<string> {
  const {streamArn, start} = request;
  const stream = await findStream(engine, request.stream);
  if (!stream) throw noSuchStream(streamArn);
  const number = shardNumber(request.shardId);
  const shard = stream.shards.find(one => one.number === number && shardId(one) === request.shardId);
  if (!shard) throw noSuchShard();
  const position = await positionOfStart(engine, stream, shard, start);
  return encodeIterator({
    streamArn,
    table: stream.tableId,
    shard: shard.number,
    position,
    issuedMs: engine.clock.now(),
  });
}

async function positionOfStart(
  engine: Engine,
  stream: Stream,
  shard: ShardRecord,
  start: IteratorStart,
): Promise<ShardIterator['position']> {
  if (start.kind === 'TRIM_HORIZON') return 'horizon';
  if (start.kind === 'LATEST') return (await shardTail(engine, stream, shard)).position;
  const {kind, sequenceNumber} = start as Extract<IteratorStart, {sequenceNumber: string}>;
  const place = parseSequenceNumber(sequenceNumber);
  if (!place || place.shard > shard.number) throw invalidSequenceNumber();
  const position = place.position + (kind === 'AFTER_SEQUENCE_NUMBER' ? 1 : 0);
  // A number below all of the shard's is that of a record which is gone, or of an ancestor's.
  if (place.shard < shard.number || position < shard.trimmedBefore) throw trimmed();
  // No further than where the next record goes: the number that a shard is told to begin with may not be given out yet.
  return Math.min(position, (await shardTail(engine, stream, shard)).position);
}

const invalidSequenceNumber = () => validationError('Invalid SequenceNumber');
