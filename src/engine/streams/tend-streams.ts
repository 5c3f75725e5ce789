import type {Engine} from '../engine.ts';
import type {Stream} from './find-stream.ts';
import {listStreams} from './list-streams.ts';
import {mustRoll, rollShards} from './roll-shards.ts';
import {trimStream} from './trim-stream.ts';

const streamsPerStep = 50;
const restMaxMs = 60_000;

/** How far a walk over all streams has come, and when the next one is due. Lost with the process, which does no harm. */
interface Walk {
  after: Stream | undefined;
  restUntilMs: number;
}

const walks = new WeakMap<Engine, Walk>();

/**
 * Closes shards that have been open for long enough, and deletes what is older than the retention: a little of it in each
 * step, over all streams, now and then. True while the walk goes on.
 */
export async function tendStreams(engine: Engine): Promise<boolean> {
  const walk = walks.get(engine) ?? {after: undefined, restUntilMs: 0};
  walks.set(engine, walk);
  if (engine.clock.now() < walk.restUntilMs) return false;
  const {streams, more} = await listStreams(engine, 'everywhere', walk.after, streamsPerStep, 'expired too');
  for (const stream of streams) {
    if (mustRoll(engine, stream)) await rollShards(engine, stream);
    if (await trimStream(engine, stream)) return true;
    walk.after = stream;
  }
  if (more) return true;
  const {rollMs, retentionMs} = engine.streams;
  walk.after = undefined;
  walk.restUntilMs = engine.clock.now() + Math.min(restMaxMs, rollMs / 4, retentionMs / 4);
  return false;
}
