import type {Clock} from '../../base/clock.ts';
import {log} from '../../base/log.ts';

const tellAgainMs = 30_000;

/** Tells the operator when something goes wrong and when it is over, however many requests it meets. */
export function tellOfTrouble(clock: Clock, who: string) {
  let toldMs = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return {
    found(error: unknown): void {
      if (clock.now() - toldMs < tellAgainMs) return;
      toldMs = clock.now();
      isTold = true;
      log.error(
        `${who} does not serve; requests ${who === 'PostgreSQL' ? 'wait for it, then fail' : 'go to the primary'}`,
        {reason: (error as Error).message},
      );
    },
    none(): void {
      if (!isTold) return;
      isTold = false;
      log.error(`${who} serves again`);
    },
  };
}
