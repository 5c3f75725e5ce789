import {encodeShardEnd} from '../../keyspace/change-record.ts';
import {type StreamId, shardLog, streamEndKey, streamKey} from '../../keyspace/stream-key.ts';
import {
  encodeStreamEnd,
  encodeStreamRecord,
  type ShardName,
  type ShardRecord,
  type StreamRecord,
} from '../../keyspace/stream-record.ts';
import type {TableRecord} from '../../keyspace/table-record.ts';
import type {Write} from '../../storage/store.ts';

/** Goes into the commit that enables the stream which `record` describes. */
export function startStreamWrite(record: TableRecord): Write {
  const {id: tableId, keySchema} = record;
  const {viewType, createdMs, shards} = record.stream!;
  const stream: StreamRecord = {
    ...streamIdOf(record),
    tableId,
    viewType,
    keySchema,
    shards: Array.from({length: shards.count}, (_, at) => newShard(shards.first + at, createdMs)),
  };
  return {kind: 'put', key: streamKey(stream), value: encodeStreamRecord(stream)};
}

/** Go into the commit that disables the stream of `record`, or deletes the table: it closes every open shard. */
export function endStreamWrites(record: TableRecord, nowMs: number): Write[] {
  return [
    {kind: 'put', key: streamEndKey(streamIdOf(record)), value: encodeStreamEnd(nowMs)},
    ...endShardsWrites(record, nowMs),
  ];
}

/** An end in the log closes a shard: no record comes after it, since whoever writes one has seen the table as it was before. */
export function endShardsWrites({id, stream}: TableRecord, nowMs: number): Write[] {
  const {first, count} = stream!.shards;
  return Array.from({length: count}, (_, at) => ({
    kind: 'append',
    log: shardLog(id, first + at),
    record: encodeShardEnd(nowMs),
  }));
}

export function newShard(number: number, openedMs: number, parent?: ShardName): ShardRecord {
  return {
    number,
    ...(parent ? {parent: {number: parent.number, openedMs: parent.openedMs}} : {}),
    openedMs,
    trimmedBefore: 0,
  };
}

/** The newest stream of a table. */
export function streamIdOf({region, name, stream}: TableRecord): StreamId {
  return {region, table: name, createdMs: stream!.createdMs};
}
