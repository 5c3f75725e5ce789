import {pause, systemClock} from '../../base/clock.ts';
import {mustBeSoundWrites} from '../sound-writes.ts';
import type {Decision, Key, Value} from '../store.ts';
import {commitErrorOf} from './commit-error.ts';
import {groupTallies} from './group-tallies.ts';
import {GrowError} from './grow-file.ts';
import type {Environment, EnvironmentOptions} from './open-environment.ts';
import {amountOf, takesOf} from './room-of-writes.ts';
import {type Verdict, verdictOf} from './verdict-of.ts';

interface Waiting {
  /** Decides and writes, inside the transaction. */
  run(tallies: ReturnType<typeof groupTallies>): void;
  /** The transaction is as durable as promised. */
  fulfil(): void;
  reject(reason: unknown): void;
}

/** A group holds no more, so that other processes and this one's event loop have their turn. */
const groupCommitsMax = 1_000;

/** Where there was no room the next group waits this long, so that nobody is kept busy with being refused. */
const roomPauseMs = 20;

/** A relaxed store is flushed no later than this after a commit. */
const relaxedFlushMs = 50;

/**
 * Commits that wait together share one transaction and one flush. While a transaction is on its way to the disk (on a
 * thread of lmdb-js, which also waits for the lock that other processes hold), further commits gather; the next transaction
 * takes them all. Why it is done this way, and what it costs: docs/decisions/0001-lmdb-group-commit.md.
 */
export function groupCommit(
  environment: Environment,
  durability: EnvironmentOptions['durability'],
  onBroken: () => void,
) {
  const {trouble} = environment;
  const waiting: Waiting[] = [];
  let isBroken = false;
  /** Fewer once there was no room, so that what needs none is not undone with what does. */
  let groupMax = groupCommitsMax;
  /** The group under way found room, and more besides. */
  let isRoomy = false;
  let underWay: Promise<void> | undefined;
  let flushIsDue = false;
  let flushing: Promise<void> = Promise.resolve();

  function start(): void {
    if (!underWay && waiting.length > 0) underWay = runGroup();
  }

  async function runGroup(): Promise<void> {
    let group: Waiting[] = [];
    let isFull = false;
    isRoomy = false;
    const failed = new Set<Waiting>();
    try {
      // A child transaction, because only that is undone should anything throw half-way.
      await environment.childTransaction(() => {
        group = waiting.splice(0, groupMax);
        const tallies = groupTallies(environment);
        for (const commit of group) {
          try {
            commit.run(tallies);
          } catch (error) {
            if (error instanceof WriteFailure) throw error.cause;
            if (error instanceof GrowError) {
              if (!error.isForRoom) throw error;
              isFull = true;
            }
            failed.add(commit);
            commit.reject(error instanceof GrowError ? trouble.full(error) : error);
          }
        }
        tallies.write();
      });
      groupMax = isFull ? 1 : Math.min(groupMax * 2, groupCommitsMax);
      if (isRoomy && !isFull) trouble.fits();
      if (durability === 'relaxed') flushSoon();
      for (const commit of group) if (!failed.has(commit)) commit.fulfil();
    } catch (error) {
      const thrown = await commitErrorOf(error);
      const verdict = verdictOf(thrown, environment.file);
      const reason = reasonOf(verdict, thrown);
      isFull = verdict === 'full';
      if (group.length === 0) group = waiting.splice(0, groupMax);
      if (isFull) groupMax = 1;
      for (const commit of group) if (!failed.has(commit)) commit.reject(reason);
    }
    if (isFull) await pause(roomPauseMs);
    underWay = undefined;
    start();
  }

  function reasonOf(verdict: Verdict, thrown: unknown): unknown {
    switch (verdict) {
      case 'full':
        return trouble.full(thrown as Error);
      case 'damaged':
        return trouble.damaged((thrown as Error).message);
      case 'broken':
        return broken(thrown as Error);
      case 'other':
        return thrown;
    }
  }

  /**
   * Why nothing is tried again: a system may tell of a failed flush once, and then take the pages for clean. And after a
   * failed write of a meta page lmdb-js answers no commit any more.
   */
  function broken(error: Error): unknown {
    isBroken = true;
    const reason = trouble.broken(error);
    for (const commit of waiting.splice(0)) commit.reject(trouble.refused());
    onBroken();
    return reason;
  }

  function flush(): Promise<void> {
    return new Promise((resolve, reject) => environment.sync(error => (error ? reject(error) : resolve())));
  }

  function flushSoon(): void {
    if (flushIsDue) return;
    flushIsDue = true;
    systemClock.after(relaxedFlushMs, () => {
      if (!flushIsDue) return;
      flushIsDue = false;
      flushing = flush()
        .catch(broken)
        .then(() => {});
    });
  }

  function enqueue<R>(run: (tallies: ReturnType<typeof groupTallies>) => R): Promise<R> {
    return new Promise((resolve, reject) => {
      if (isBroken) return reject(trouble.refused());
      let result: R;
      waiting.push({
        run(tallies) {
          result = run(tallies);
        },
        fulfil: () => resolve(result),
        reject,
      });
      start();
    });
  }

  return {
    commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>): Promise<R> {
      return enqueue(tallies => {
        const values = keys.map(key => environment.get(key));
        const {result, writes} = decide(values);
        if (writes.length === 0) return result;
        mustBeSoundWrites(writes);
        tallies.load(writes);
        const amount = amountOf(writes, tallies.putsWith(writes));
        if (environment.admit(amount, () => takesOf(writes, keys, values))) isRoomy = true;
        orFailAll(() => {
          for (const write of writes) {
            if (write.kind === 'put') environment.put(write.key, write.value);
            else if (write.kind === 'delete') environment.remove(write.key);
            else if (write.kind === 'append') environment.put(tallies.nextRecordKey(write.log), write.record);
            else tallies.add(write.counter, write.amounts);
          }
        });
        return result;
      });
    },

    /** Runs `work` in the next transaction. What it throws fails the whole group. */
    inTransaction<R>(work: () => R): Promise<R> {
      return enqueue(() => orFailAll(work));
    },

    /** Fulfilled once nothing waits and nothing is under way. */
    async drained(): Promise<void> {
      while (underWay) await underWay;
    },

    /** Fulfilled once everything is on disk. Nothing may be committed after it. */
    async flushed(): Promise<void> {
      flushIsDue = false;
      // The environment must not go while another thread still flushes it.
      await flushing;
      if (!isBroken) await flush();
    },
  };
}

/** A write failed half-way: not the fault of one decision, so the whole transaction must go. */
class WriteFailure extends Error {}

function orFailAll<R>(work: () => R): R {
  try {
    return work();
  } catch (cause) {
    throw new WriteFailure('a write failed', {cause});
  }
}
