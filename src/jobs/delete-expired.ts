import type {Engine} from '../engine/engine.ts';
import {deleteExpired} from '../engine/ttl/delete-expired.ts';
import type {Job} from './job.ts';

/** Items a second, of all tables, that are deleted while many have expired. The rest of the store's time is for requests. */
const rate = 7_000;

/**
 * Writes wait for the commit that is under way, so commits are small; where a flush takes long they are larger, since each
 * costs one. The largest takes 7 ms of the processor.
 */
const itemsMin = 50;
const itemsMax = 500;

const lastStepMs = new WeakMap<Engine, number>();

/** Deletes items whose time to live is over. */
export const deleteExpiredJob: Job = {
  name: 'delete-expired',
  pauseMs: 5,
  step(engine) {
    const nowMs = engine.clock.now();
    const sinceMs = nowMs - (lastStepMs.get(engine) ?? nowMs);
    lastStepMs.set(engine, nowMs);
    return deleteExpired(engine, Math.min(Math.max(Math.round((rate * sinceMs) / 1000), itemsMin), itemsMax));
  },
};
