import type {Awaitable} from '../base/awaitable.ts';

/**
 * 1 to `keyBytesMax` bytes. A store never changes a key or value that it was handed, nor may the caller before the commit
 * is fulfilled.
 */
export type Key = Buffer;
export type Value = Buffer;

export const keyBytesMax = 1_900;

/** From `start` (included) to `end` (excluded), in the order of unsigned bytes. */
export interface KeyRange {
  start: Key;
  end: Key;
}

export interface ScanLimits {
  /** Walk from the end of the range to its start. */
  reverse: boolean;
  entriesMax: number;
  /** The page ends with the entry whose value takes the sum of value bytes to this or beyond: a page is never empty before the end. */
  bytesMax: number;
}

export interface ScanPage {
  keys: Key[];
  values: Value[];
  /** False where the range is known to hold nothing after this page. True may be followed by an empty page. */
  more: boolean;
}

export type Write =
  | {kind: 'put'; key: Key; value: Value}
  | {kind: 'delete'; key: Key}
  /**
   * Adds a record at the end of a log: it lies under `log` followed by its position (8 bytes, big endian). Deleting records
   * does not turn positions back; clearing a range that holds the key `log` itself forgets the log.
   */
  | {kind: 'append'; log: Key; record: Value}
  /**
   * Adds to counters, which begin at 0. Additions commute, so a driver may gather or spread them: counters are read with
   * `counters`, and neither `read` nor `scan` sees them. Amounts and sums are safe integers.
   */
  | {kind: 'add'; counter: Key; amounts: readonly number[]};

export interface Decision<R> {
  /** Handed to the caller once `writes` are durable. */
  result: R;
  /** At most one put or delete for a key. Empty when the answer is a refusal. */
  writes: readonly Write[];
}

/**
 * An ordered map of bytes that commits all or nothing. It knows nothing of items. What every driver promises
 * (`store-contract.ts` holds them to it):
 *
 * - Snapshot: what one `read` or one `scan` page returns was all there at one moment, and holds every commit that was
 *   acknowledged before the call.
 * - Serializable: commits take effect one after another; each `decide` saw the outcome of all before it.
 * - Durable: when `commit` is fulfilled its writes survive whatever the driver's durability says (a killed process always).
 * - Repeatable decisions: `decide` may be called several times, each time with newer values; only the last one counts.
 *   It must be synchronous, pure, and must not keep the buffers it was handed: they are valid only during the call.
 *   If it throws, the commit fails with what it threw and changes nothing.
 * - Logs: positions of one log rise in commit order, and no reader sees a position before an earlier one is visible.
 */
export interface Store {
  /** One value (or undefined) for each key, in order. The buffers are the caller's, here and in a page. */
  read(keys: readonly Key[]): Awaitable<(Value | undefined)[]>;
  /** One page of a range. */
  scan(range: KeyRange, limits: ScanLimits): Awaitable<ScanPage>;
  /** Reads `keys`, of which none is a record's that is yet to be appended, asks `decide`, and makes what it returns durable. */
  commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>): Awaitable<R>;
  /** The sums of these counters; all zeros (an empty array) for one that was never added to. */
  counters(counters: readonly Key[]): Awaitable<number[][]>;
  /**
   * Deletes some of what lies in a range, counters and logs included, in a step short enough for others not to notice. True while
   * there is more to delete. It is no commit: the caller sees to it first that no commit reads, puts or adds to what is cleared
   * (its table is dropped, its time is over). Only logs bear it: what is appended meanwhile stays or goes, whole.
   */
  clear(range: KeyRange): Promise<boolean>;
  /** Waits for what is under way, flushes, and lets go of everything. */
  close(): Promise<void>;
}
