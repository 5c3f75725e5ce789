import {changeTime, isShardEnd} from '../../keyspace/change-record.ts';
import {positionOf, recordsFrom, shardRange, streamEndKey, streamKey} from '../../keyspace/stream-key.ts';
import {
  decodeStreamEnd,
  decodeStreamRecord,
  encodeStreamRecord,
  type ShardRecord,
} from '../../keyspace/stream-record.ts';
import type {Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {isExpired, isShardOver, type Stream} from './find-stream.ts';

const recordsPerStep = 500;
const bytesPerStep = 1 << 20;

/** Deletes some of what a stream has kept for long enough. True while there is more to delete. */
export async function trimStream(engine: Engine, stream: Stream): Promise<boolean> {
  for (const shard of stream.shards) {
    if (isShardOver(engine, stream, shard)) {
      // The log goes first: a shard that is no longer listed would never be looked at again.
      if (!(await engine.store.clear(shardRange(stream.tableId, shard.number))))
        await forgetShard(engine, stream, shard);
      return true;
    }
    if (isExpired(engine, shard.openedMs) && (await trimShard(engine, stream, shard))) return true;
  }
  return false;
}

/** With its last shard a stream that has ended goes as well. */
async function forgetShard(engine: Engine, stream: Stream, {number}: ShardRecord): Promise<void> {
  const key = streamKey(stream);
  const endKey = streamEndKey(stream);
  await engine.store.commit([key, endKey], ([bytes, end]) => {
    if (!bytes) return {result: undefined, writes: []};
    const record = decodeStreamRecord(bytes);
    const shards = record.shards.filter(shard => shard.number !== number);
    const isOver = shards.length === 0 && end !== undefined && isExpired(engine, decodeStreamEnd(end));
    const writes: Write[] = isOver
      ? [
          {kind: 'delete', key},
          {kind: 'delete', key: endKey},
        ]
      : [{kind: 'put', key, value: encodeStreamRecord({...record, shards})}];
    return {result: undefined, writes};
  });
}

async function trimShard(engine: Engine, stream: Stream, {number, trimmedBefore}: ShardRecord): Promise<boolean> {
  const isOld = (value: Buffer) => !isShardEnd(value) && isExpired(engine, changeTime(value));
  const range = recordsFrom(stream.tableId, number, trimmedBefore);
  const oldest = await engine.store.scan(range, {reverse: false, entriesMax: 1, bytesMax: 1});
  if (!oldest.values.some(isOld)) return false;
  const limits = {reverse: false, entriesMax: recordsPerStep, bytesMax: bytesPerStep};
  const page = await engine.store.scan(range, limits);
  const kept = page.values.findIndex(value => !isOld(value));
  const old = kept < 0 ? page.keys : page.keys.slice(0, kept);
  const last = old.at(-1);
  if (!last) return false;
  const key = streamKey(stream);
  await engine.store.commit([key], ([bytes]) => {
    if (!bytes) return {result: undefined, writes: []};
    const record = decodeStreamRecord(bytes);
    const after = positionOf(last) + 1;
    const shards = record.shards.map(shard =>
      shard.number === number ? {...shard, trimmedBefore: Math.max(shard.trimmedBefore, after)} : shard,
    );
    const deletions = old.map(recordKey => ({kind: 'delete' as const, key: recordKey}));
    return {
      result: undefined,
      writes: [{kind: 'put', key, value: encodeStreamRecord({...record, shards})}, ...deletions],
    };
  });
  return kept < 0;
}
