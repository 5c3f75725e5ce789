import {allStreams, isStreamEndKey, type StreamId, streamEndKey, streamsOf} from '../../keyspace/stream-key.ts';
import type {Value} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {keyAfter} from '../query/key-after.ts';
import {isOver, type Stream, streamOf} from './find-stream.ts';

export interface StreamList {
  streams: Stream[];
  /** There are streams after the last one. */
  more: boolean;
}

const bytesMax = 1 << 20;

/** At most `limit` streams of a region (or of one table there) in the order of their keys, after `after`, which need not exist. */
export async function listStreams(
  engine: Engine,
  of: {region: string; table: string | undefined} | 'everywhere',
  after: StreamId | undefined,
  limit: number,
  which: 'kept' | 'expired too' = 'kept',
): Promise<StreamList> {
  const range = of === 'everywhere' ? allStreams() : streamsOf(of.region, of.table);
  const streams: Stream[] = [];
  let start = range.start;
  if (after) {
    const afterKey = keyAfter(streamEndKey(after));
    if (afterKey.compare(start) > 0) start = afterKey;
  }
  let waiting: Value | undefined;
  const take = (end: Value | undefined) => {
    if (!waiting) return;
    const stream = streamOf(waiting, end);
    waiting = undefined;
    if (which === 'expired too' || !isOver(engine, stream)) streams.push(stream);
  };
  while (start.compare(range.end) < 0) {
    const page = await engine.store.scan(
      {start, end: range.end},
      {reverse: false, entriesMax: 2 * limit + 2, bytesMax},
    );
    for (const [at, key] of page.keys.entries()) {
      if (isStreamEndKey(key)) take(page.values[at]!);
      else {
        take(undefined);
        waiting = page.values[at]!;
      }
      if (streams.length > limit) return {streams: streams.slice(0, limit), more: true};
    }
    const last = page.keys.at(-1);
    if (!page.more || !last) break;
    start = keyAfter(last);
  }
  take(undefined);
  return {streams: streams.slice(0, limit), more: streams.length > limit};
}
