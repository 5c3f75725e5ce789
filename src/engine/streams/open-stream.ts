import type {Clock} from '../../base/clock.ts';
import {shardLog} from '../../keyspace/stream-key.ts';
import type {TableRecord} from '../../keyspace/table-record.ts';

/** An enabled stream with what every write needs to know of it, worked out once. */
export interface OpenStream {
  viewType: NonNullable<TableRecord['stream']>['viewType'];
  /** The logs of the open shards, in the order of their ranges. */
  logs: readonly Buffer[];
  /** Changes are timed when they are decided, so that the times of a log follow its order. */
  clock: Clock;
}

export function openStreamOf({stream, id}: TableRecord, clock: Clock): OpenStream | undefined {
  if (!stream?.enabled) return undefined;
  const {first, count} = stream.shards;
  return {viewType: stream.viewType, logs: Array.from({length: count}, (_, at) => shardLog(id, first + at)), clock};
}
