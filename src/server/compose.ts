import {createHandler} from '../api/handle.ts';
import {systemClock} from '../base/clock.ts';
import {log} from '../base/log.ts';
import {systemRandom} from '../base/random.ts';
import {createEngine, type Lifecycle} from '../engine/engine.ts';
import {createLease} from '../engine/lease.ts';
import type {StreamSettings} from '../engine/streams/stream-settings.ts';
import type {HttpLimits} from '../http/limits.ts';
import {listen} from '../http/listen.ts';
import {allJobs} from '../jobs/all-jobs.ts';
import {onlyWithLease} from '../jobs/only-with-lease.ts';
import {startJobs} from '../jobs/start-jobs.ts';
import {preferStandby} from '../storage/prefer-standby.ts';
import {openStandby, openStoreToServe, type StoreChoice} from './open-store.ts';

export interface ServerOptions {
  store: StoreChoice;
  host: string;
  /** 0 picks a free one. */
  port: number;
  region: string;
  lifecycle?: Partial<Lifecycle>;
  streams?: Partial<StreamSettings>;
  limits?: Partial<HttpLimits>;
}

export interface RunningServer {
  port: number;
  /** Fulfilled when the disk of the data failed: nothing is written any more, until a process opens the data anew. */
  broken: Promise<void>;
  /** Finishes what is under way, flushes, and lets go of everything. */
  close(): Promise<void>;
}

/**
 * Puts the parts together. Parts start from the bottom up and stop from the top down,
 * so that none ever runs without what it stands on.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let tellBroken = () => {};
  const broken = new Promise<void>(resolve => {
    tellBroken = resolve;
  });
  const store = await openStoreToServe(options.store, () => tellBroken());
  const standby = await openStandby(options.store);
  const staleReader = standby ? preferStandby(standby, store, systemClock) : () => store;
  const parts = {store, staleReader, clock: systemClock, random: systemRandom};
  const engine = createEngine(parts, options.lifecycle, options.streams);
  // Of the nodes on one database one does the work, and one after it when it is gone. What shares a disk does not write to
  // it for that: there, doing it twice costs less.
  const lease = options.store.kind === 'postgres' ? createLease(engine, 'jobs') : undefined;
  const jobs = startJobs(engine, lease && onlyWithLease(allJobs, lease));
  const stopWork = async () => {
    await jobs.stop();
    // A node that could not say so is found out in a few seconds.
    await lease?.release().catch(() => {});
    await standby?.close();
    await store.close();
  };
  const onFault = (fault: unknown, about?: object) =>
    log.error('a request failed through a fault of ours', {...about, fault});
  try {
    const handler = createHandler({engine, region: options.region, onFault});
    const {host, port, limits = {}} = options;
    const door = await listen({port, host, handler, limits, onFault});
    const close = async () => {
      await door.close();
      await stopWork();
    };
    return {port: door.port, broken, close};
  } catch (error) {
    await stopWork();
    throw error;
  }
}
