import type {StreamId} from '../../keyspace/stream-key.ts';
import type {ShardRecord} from '../../keyspace/stream-record.ts';
import type {Engine} from '../engine.ts';
import {findStream, type Stream} from './find-stream.ts';
import {shardId} from './shard-id.ts';
import {shardTail} from './shard-tail.ts';

export interface ShardSelection {
  /** Only shards after this one, which need not exist. */
  afterShard: string | undefined;
  /** Only the children of this one. */
  parent: string | undefined;
  limit: number;
}

export interface ShardView {
  shard: ShardRecord;
  /** Where its records begin: an iterator at this place is never too old. */
  firstPosition: number;
  /** The position of the last record that it holds, or held; undefined while it is open. */
  lastPosition: number | undefined;
}

export interface StreamView {
  stream: Stream;
  shards: ShardView[];
  more: boolean;
}

/** Undefined when there is no such stream. */
export async function describeStream(
  engine: Engine,
  id: StreamId,
  selection: ShardSelection,
): Promise<StreamView | undefined> {
  const stream = await findStream(engine, id);
  if (!stream) return undefined;
  const {afterShard, parent, limit} = selection;
  const selected = stream.shards.filter(
    shard =>
      (afterShard === undefined || shardId(shard) > afterShard) &&
      (parent === undefined || (shard.parent !== undefined && shardId(shard.parent) === parent)),
  );
  const shards: ShardView[] = [];
  for (const shard of selected.slice(0, limit)) {
    const isOpen = shard.closedMs === undefined && stream.endedMs === undefined;
    const last = isOpen ? undefined : await lastPosition(engine, stream, shard);
    const first = Math.min(shard.trimmedBefore, last ?? shard.trimmedBefore);
    shards.push({shard, firstPosition: first, lastPosition: last});
  }
  return {stream, shards, more: selected.length > limit};
}

async function lastPosition(engine: Engine, stream: Stream, shard: ShardRecord): Promise<number> {
  return Math.max(0, (await shardTail(engine, stream, shard)).position - 1);
}
