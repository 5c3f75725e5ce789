import {decodeLease, encodeLease, type LeaseRecord, leaseKey} from '../keyspace/lease.ts';
import type {Decision} from '../storage/store.ts';
import type {Engine} from './engine.ts';

export interface Lease {
  /** Whether this process holds it now; takes it where nobody does. Writes about once a second while it is asked. */
  isHeld(): Promise<boolean>;
  /** Lets another process have it at once. */
  release(): Promise<void>;
}

const renewMs = 1_000;
/** A holder that has not renewed for so long, by the clock of who waits for it, has lost it. Clocks are never compared. */
const lostMs = 4_000;

/**
 * Lets one process in the cluster do some work, so that it is not done as often as there are nodes. A holder that was
 * stopped for a while may not know yet that another has taken over: what is done under a lease must bear being done twice.
 */
export function createLease(engine: Engine, name: string): Lease {
  const {clock, store} = engine;
  const key = leaseKey(name);
  const holder = engine.random.uuid();
  let held = false;
  let askedMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<boolean> | undefined;
  /** The holder's sign of life as last seen, and since when. */
  let seen: {record: LeaseRecord; sinceMs: number} | undefined;

  async function ask(): Promise<boolean> {
    const nowMs = clock.now();
    const current = await store.commit<LeaseRecord>([key], ([bytes]): Decision<LeaseRecord> => {
      const record = bytes && decodeLease(bytes);
      const isLost = record && seen && isSame(record, seen.record) && nowMs - seen.sinceMs >= lostMs;
      if (record && record.holder !== holder && !isLost) return {result: record, writes: []};
      const own: LeaseRecord = {holder, renewals: (record?.renewals ?? 0) + 1};
      return {result: own, writes: [{kind: 'put', key, value: encodeLease(own)}]};
    });
    if (!seen || !isSame(current, seen.record)) seen = {record: current, sinceMs: nowMs};
    return current.holder === holder;
  }

  return {
    async isHeld() {
      if (clock.now() - askedMs < renewMs) return held;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      held = await asking;
      askedMs = clock.now();
      return held;
    },

    async release() {
      held = false;
      await store.commit([key], ([bytes]) => ({
        result: undefined,
        writes: bytes && decodeLease(bytes).holder === holder ? [{kind: 'delete', key}] : [],
      }));
    },
  };
}

function isSame(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.holder === b.holder && a.renewals === b.renewals;
}
