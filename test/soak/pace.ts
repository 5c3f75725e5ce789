import {sleep} from '../harness/server-process.ts';

/** Longer than anything takes that is done once: such as to drop a table while its servers are away. */
const restMsMax = 200_000;

/** What those who do something again and again share. */
export interface Pace {
  /** Rest, once what is under way is done. */
  isResting: boolean;
  isOver: boolean;
  /** How many have something under way. */
  busy: number;
}

/** Does something about every `everyMs` until the load is over; what was missed is not made up for. */
export async function again(pace: Pace, everyMs: () => number, once: () => Promise<void>): Promise<void> {
  let nextMs = Date.now() + everyMs();
  while (!pace.isOver) {
    const nowMs = Date.now();
    if (pace.isResting || nowMs < nextMs) {
      await sleep(pace.isResting ? 20 : Math.min(nextMs - nowMs, 100));
      continue;
    }
    nextMs = Math.max(nextMs + everyMs(), nowMs);
    pace.busy++;
    try {
      await once();
    } finally {
      pace.busy--;
    }
  }
}

export async function untilAllRest(pace: Pace): Promise<void> {
  pace.isResting = true;
  for (const endMs = Date.now() + restMsMax; pace.busy > 0; await sleep(10))
    if (Date.now() > endMs) throw new Error(`${pace.busy} of the load did not come to rest`);
}
