import {systemClock} from '../../base/clock.ts';
import {mustBeSoundWrites} from '../sound-writes.ts';
import type {Decision, Key, Value} from '../store.ts';
import {groupTallies} from './group-tallies.ts';
import type {Environment, EnvironmentOptions} from './open-environment.ts';

interface Waiting {
  /** Decides and writes, inside the transaction. */
  run(tallies: ReturnType<typeof groupTallies>): void;
  /** The transaction is as durable as promised. */
  fulfil(): void;
  reject(reason: unknown): void;
}

/** A group holds no more, so that other processes and this one's event loop have their turn. */
const groupCommitsMax = 1_000;

/** A relaxed store is flushed no later than this after a commit. */
const relaxedFlushMs = 50;

/**
 * Commits that wait together share one transaction and one flush. While a transaction is on its way to the disk (on a
 * thread of lmdb-js, which also waits for the lock that other processes hold), further commits gather; the next transaction
 * takes them all. Why it is done this way, and what it costs: docs/decisions/0001-lmdb-group-commit.md.
 */
export function groupCommit(environment: Environment, durability: EnvironmentOptions['durability']) {
  const waiting: Waiting[] = [];
  let underWay: Promise<void> | undefined;
  let flushIsDue = false;
  let flushing: Promise<void> = Promise.resolve();

  function start(): void {
    if (!underWay && waiting.length > 0) underWay = runGroup();
  }

  async function runGroup(): Promise<void> {
    let group: Waiting[] = [];
    const failed = new Set<Waiting>();
    try {
      // A child transaction, because only that is undone should anything throw half-way.
      await environment.childTransaction(() => {
        group = waiting.splice(0, groupCommitsMax);
        const tallies = groupTallies(environment);
        for (const commit of group) {
          try {
            commit.run(tallies);
          } catch (error) {
            if (error instanceof WriteFailure) throw error.cause;
            failed.add(commit);
            commit.reject(error);
          }
        }
        tallies.write();
      });
      if (durability === 'relaxed') flushSoon();
      for (const commit of group) if (!failed.has(commit)) commit.fulfil();
    } catch (error) {
      const reason = await commitErrorOf(error);
      if (group.length === 0) group = waiting.splice(0, groupCommitsMax);
      for (const commit of group) if (!failed.has(commit)) commit.reject(reason);
    } finally {
      underWay = undefined;
      start();
    }
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
      // A disk that fails here fails the next commit as well, and that one has somebody to tell.
      flushing = flush().catch(() => {});
    });
  }

  function enqueue<R>(run: (tallies: ReturnType<typeof groupTallies>) => R): Promise<R> {
    return new Promise((resolve, reject) => {
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
        const {result, writes} = decide(keys.map(key => environment.get(key)));
        mustBeSoundWrites(writes);
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
      await flush();
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

/** lmdb-js rejects with an error whose `commitError` is a promise that rejects with the reason. */
async function commitErrorOf(error: unknown): Promise<unknown> {
  const {commitError} = error as {commitError?: Promise<never>};
  return commitError ? commitError.catch(reason => reason) : error;
}
