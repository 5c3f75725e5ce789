import {totalsKey} from '../../keyspace/item-key.ts';
import {streamKey} from '../../keyspace/stream-key.ts';
import {decodeStreamRecord, encodeStreamRecord, type ShardRecord} from '../../keyspace/stream-record.ts';
import {decodeTableRecord, encodeTableRecord, type TableRecord, tableKey} from '../../keyspace/table-record.ts';
import type {Engine} from '../engine.ts';
import type {Stream} from './find-stream.ts';
import {wantedShards} from './shard-count.ts';
import {endShardsWrites, newShard} from './start-stream.ts';

/** A stream's record names all of its shards, so there must not be too many; four hours each is far from it. */
const shardsKeptMax = 2_000;

/** Are the open shards due to be closed? They are all as old as each other. */
export function mustRoll(engine: Engine, stream: Stream): boolean {
  const open = stream.shards.at(-1);
  if (stream.endedMs !== undefined || !open || stream.shards.length >= shardsKeptMax) return false;
  return open.openedMs + engine.streams.rollMs <= engine.clock.now();
}

/**
 * Closes the open shards and opens their children: one for each, or two that share its range once the table has grown.
 * One commit, which changes the table's record: a write that planned with the old shards plans again.
 */
export async function rollShards(engine: Engine, stream: Stream): Promise<void> {
  const recordKey = tableKey(stream.region, stream.table);
  const [sums] = await engine.store.counters([totalsKey(stream.tableId, 0)]);
  const tableBytes = sums?.[1] ?? 0;
  const expected = stream.shards.at(-1)!.number;
  await engine.store.commit([recordKey, streamKey(stream)], ([tableBytesNow, streamBytes]) => {
    const nothing = {result: undefined, writes: []};
    const table = tableBytesNow && decodeTableRecord(tableBytesNow);
    if (!table || !streamBytes || table.id !== stream.tableId || table.status === 'DELETING') return nothing;
    if (!table.stream?.enabled || table.stream.createdMs !== stream.createdMs) return nothing;
    const before = decodeStreamRecord(streamBytes);
    // Another process was faster.
    if (before.shards.at(-1)!.number !== expected) return nothing;
    const nowMs = Math.max(engine.clock.now(), before.shards.at(-1)!.openedMs);
    const {first, count} = childrenOf(table.stream.shards, wantedShards(table, tableBytes, engine.streams));
    const parents = before.shards.slice(-table.stream.shards.count);
    const parentsPerChild = table.stream.shards.count / count;
    const children = Array.from({length: count}, (_, at) =>
      newShard(first + at, nowMs, parents[Math.floor(at * parentsPerChild)]),
    );
    const shards = [...before.shards.map(shard => closed(shard, nowMs)), ...children];
    const rolled: TableRecord = {...table, stream: {...table.stream, shards: {first, count}}};
    return {
      result: undefined,
      writes: [
        {kind: 'put', key: recordKey, value: encodeTableRecord(rolled)},
        {kind: 'put', key: streamKey(stream), value: encodeStreamRecord({...before, shards})},
        ...endShardsWrites(table, nowMs),
      ],
    };
  });
}

/** A shard has one parent, so ranges are halved but never joined. */
function childrenOf({first, count}: {first: number; count: number}, wanted: number): {first: number; count: number} {
  return {first: first + count, count: wanted > count ? count * 2 : count};
}

function closed(shard: ShardRecord, nowMs: number): ShardRecord {
  return shard.closedMs === undefined ? {...shard, closedMs: nowMs} : shard;
}
