import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {type StreamId, streamEndKey, streamKey} from '../../keyspace/stream-key.ts';
import {
  decodeStreamEnd,
  decodeStreamRecord,
  type ShardRecord,
  type StreamRecord,
} from '../../keyspace/stream-record.ts';
import type {Value} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';

/** A stream as it is now. */
export interface Stream extends StreamRecord {
  /** Since then it is disabled, or its table is gone. All its shards are closed. */
  endedMs: number | undefined;
}

/** Undefined when there is no such stream, or none any more. Shards are left out that are over. */
export function findStream(engine: Engine, id: StreamId): Awaitable<Stream | undefined> {
  const found = engine.store.read([streamKey(id), streamEndKey(id)]);
  return whenReady(found, ([value, end]) => {
    const stream = value && streamOf(value, end);
    if (!stream || isOver(engine, stream)) return undefined;
    return {...stream, shards: stream.shards.filter(shard => !isShardOver(engine, stream, shard))};
  });
}

export function streamOf(value: Value, end: Value | undefined): Stream {
  return {...decodeStreamRecord(value), endedMs: end && decodeStreamEnd(end)};
}

/** It ended so long ago that nothing of it is kept any longer. */
export function isOver(engine: Engine, {endedMs}: Stream): boolean {
  return endedMs !== undefined && isExpired(engine, endedMs);
}

/** It was closed so long ago that none of its records is kept any longer. */
export function isShardOver(engine: Engine, stream: Stream, shard: ShardRecord): boolean {
  const closedMs = shard.closedMs ?? stream.endedMs;
  return closedMs !== undefined && isExpired(engine, closedMs);
}

/** What was over at this time is kept no longer. */
export function isExpired(engine: Engine, atMs: number): boolean {
  return atMs + engine.streams.retentionMs <= engine.clock.now();
}
