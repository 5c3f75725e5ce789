import type {Lease} from '../engine/lease.ts';
import type {Job} from './job.ts';

/** The same jobs, which rest in every process but the one that holds the lease. */
export function onlyWithLease(jobs: readonly Job[], lease: Lease): Job[] {
  return jobs.map(job => ({
    ...job,
    // What can't be asked about is not held; the store tells of its troubles itself.
    step: async engine => (await lease.isHeld().catch(() => false)) && job.step(engine),
  }));
}
