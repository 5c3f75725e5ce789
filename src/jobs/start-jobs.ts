import {log} from '../base/log.ts';
import type {Engine} from '../engine/engine.ts';
import {allJobs} from './all-jobs.ts';
import type {Job} from './job.ts';

export interface RunningJobs {
  /** There may be something to do. */
  wake(): void;
  /** Fulfilled once the step that is under way is done; none begins after. */
  stop(): Promise<void>;
}

/** Other processes on the same store leave work behind as well, and some of it is due only later. */
const lookAgainMs = 1_000;

/** Runs each job step by step while it has something to do, and looks again when woken, and now and then. */
export function startJobs(engine: Engine, jobs: readonly Job[] = allJobs): RunningJobs {
  const running = jobs.map(job => startJob(engine, job));
  const wake = () => {
    for (const job of running) job.wake();
  };
  engine.onWork = wake;
  return {
    wake,
    async stop() {
      engine.onWork = () => {};
      await Promise.all(running.map(job => job.stop()));
    },
  };
}

function startJob(engine: Engine, job: Job): RunningJobs {
  let stopped = false;
  let woken = false;
  let underWay: Promise<void> | undefined;
  let cancelTimer = () => {};

  const schedule = (delayMs: number) => {
    cancelTimer();
    if (!stopped) cancelTimer = engine.clock.after(delayMs, run);
  };
  // Between two steps the event loop turns, so that requests never wait for more than one.
  const run = () => {
    woken = false;
    underWay = runStep(engine, job).then(more => {
      underWay = undefined;
      schedule(more ? (job.pauseMs ?? 0) : woken ? 0 : lookAgainMs);
    });
  };
  schedule(0);
  return {
    wake() {
      if (underWay) woken = true;
      else schedule(0);
    },
    async stop() {
      stopped = true;
      cancelTimer();
      await underWay;
    },
  };
}

async function runStep(engine: Engine, job: Job): Promise<boolean> {
  try {
    return await job.step(engine);
  } catch (fault) {
    log.error('a job failed; it is tried again', {job: job.name, fault});
    return false;
  }
}
