import type {Clock} from '../../base/clock.ts';
import {StoreUnavailableError} from '../store-unavailable-error.ts';

interface Expiring {
  untilMs: number;
  reject(reason: unknown): void;
}

/**
 * Refuses what has waited in a queue for as long as it may: where PostgreSQL hangs, nobody waits for the turns of all who
 * came before. The returned function is called whenever something was queued.
 */
export function expireWaiting(waiting: Expiring[], clock: Clock): () => void {
  let isArmed = false;

  function arm(): void {
    // One timer for all: it is nearly always found to be needless, so it is set once in a while.
    if (isArmed || waiting.length === 0) return;
    isArmed = true;
    clock.after(Math.max(0, waiting[0]!.untilMs - clock.now()), look);
  }

  function look(): void {
    isArmed = false;
    const nowMs = clock.now();
    let kept = 0;
    for (const one of waiting) {
      if (one.untilMs > nowMs) waiting[kept++] = one;
      else one.reject(new StoreUnavailableError('PostgreSQL did not get to it in time', 'no'));
    }
    waiting.length = kept;
    arm();
  }

  return arm;
}
