import type {Lease} from '../engine/lease.ts';
import type {Job} from './job.ts';

/** The same jobs, which rest in every process but the one that holds the lease. */
export function onlyWithLease(jobs: readonly Job[], lease: Lease): Job[] {
  return jobs.map(job => ({
    ...job,
    step: async engine => (await lease.isHeld()) && job.step(engine),
  }));
}
