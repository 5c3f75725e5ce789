import pg from 'pg';
import {StoreUnavailableError} from '../store-unavailable-error.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const again = {
  serializationFailure: '40001',
  deadlock: '40P01',
  /** A lock was not to be had in time. */
  lockNotAvailable: '55P03',
  /** Among others, of memory for locks. */
  outOfMemory: '53200',
};
const againCodes: ReadonlySet<string> = new Set(Object.values(again));

/** Classes of errors that come from the server's state, not from what it was asked: it may have recovered in a moment. */
const passingClasses: ReadonlySet<string> = new Set(['08', '25', '40', '53', '55', '57', '58']);

export type Verdict =
  /** Nothing was done, and the same is likely to work in a moment. */
  | 'again'
  /** Nothing was done. */
  | 'refused'
  /** The connection went before the answer came, or the backend while it worked: it may be done or not. */
  | 'unknown'
  /** A fault of ours. */
  | 'wrong';

/**
 * A backend that is told to go says so whatever it is at, perhaps amid a commit whose record is written already (57P01 to
 * 57P03); so does one that the operating system fails (58).
 */
const leavesOpen = /^(57P|58)/;

/** There was no answer, or none that can be trusted. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** What a statement that failed has left behind. For other errors a single server undoes the transaction before it reports them. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof NoAnswerError || error instanceof StoreUnavailableError) return 'unknown';
  if (!(error instanceof pg.DatabaseError)) return 'wrong';
  const code = error.code ?? '';
  if (againCodes.has(code)) return 'again';
  if (leavesOpen.test(code)) return 'unknown';
  return passingClasses.has(code.slice(0, 2)) ? 'refused' : 'wrong';
}

/**
 * A commit over several servers may be done on one of them when another fails, or when the line to it does: Citus commits what
 * lies on one worker in one phase, and reports the loss of that line as an ordinary error. Only what is sure to come before
 * all that has done nothing.
 */
export function verdictOfSpreadCommit(error: unknown): Verdict {
  const verdict = verdictOf(error);
  return error instanceof pg.DatabaseError && verdict !== 'again' ? 'unknown' : verdict;
}

/** There was no room for so many locks. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === again.outOfMemory;
}

/** What the caller is told of it: a fault of ours stays as it is. */
export function unavailable(error: unknown, written: 'no' | 'unknown'): unknown {
  if (error instanceof StoreUnavailableError || (written === 'no' && verdictOf(error) === 'wrong')) return error;
  return new StoreUnavailableError(`PostgreSQL: ${(error as Error).message}`, written, {cause: error});
}
