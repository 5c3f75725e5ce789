import type {Awaitable} from '../base/awaitable.ts';
import type {Key, KeyRange, ScanLimits, ScanPage, Store, Value} from './store.ts';

/** What was put and appended; the sums of counters; and for each log the position of its next record. */
export const areas = ['entry', 'counter', 'log'] as const;
export type Area = (typeof areas)[number];

/** Values of counters are their sums and those of logs the position, each in 8 bytes, big endian. */
export interface RawEntry {
  area: Area;
  key: Key;
  /** Undefined: there shall be none. */
  value: Value | undefined;
}

/**
 * What a copy from one store to another needs besides: everything that a store keeps, as bytes that mean the same to every
 * driver. Records of logs are entries, under their positions.
 */
export interface CopyableStore extends Store {
  /** One page of an area, as `scan`, forwards. */
  scanArea(area: Area, range: KeyRange, limits: Omit<ScanLimits, 'reverse'>): Awaitable<ScanPage>;
  /**
   * Makes these, of which each is there but once, what the store holds: all or nothing, durable when fulfilled. Nobody else
   * may write the same keys meanwhile.
   */
  restore(entries: readonly RawEntry[]): Promise<void>;
  /** About how many entries there are, of all areas; undefined if that is not known at once. */
  entriesEstimate(): Awaitable<number | undefined>;
  /** Who else has this store open, as far as that can be seen: a text for a person each. */
  otherUsers(): Awaitable<string[]>;
}
