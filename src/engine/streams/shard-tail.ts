import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {isShardEnd} from '../../keyspace/change-record.ts';
import {positionOf, shardRange} from '../../keyspace/stream-key.ts';
import type {ShardRecord, StreamRecord} from '../../keyspace/stream-record.ts';
import type {Engine} from '../engine.ts';

export interface ShardTail {
  /** Where the next record goes, or (closed) where the end stands. */
  position: number;
  closed: boolean;
}

export function shardTail(engine: Engine, {tableId}: StreamRecord, shard: ShardRecord): Awaitable<ShardTail> {
  const last = engine.store.scan(shardRange(tableId, shard.number), {reverse: true, entriesMax: 1, bytesMax: 1});
  return whenReady(last, ({keys: [key], values: [value]}) => {
    if (!key || !value) return {position: shard.trimmedBefore, closed: false};
    const closed = isShardEnd(value);
    return {position: positionOf(key) + (closed ? 0 : 1), closed};
  });
}
