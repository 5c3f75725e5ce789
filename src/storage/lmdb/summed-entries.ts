import type {Key, Value} from '../store.ts';
import type {DiskTrouble} from './disk-trouble.ts';
import {entrySum, sumBytes} from './entry-sum.ts';
import {area, type StoredKey} from './stored-key.ts';
import {isDamage} from './verdict-of.ts';

/** What we use of lmdb-js for entries; its own types don't know keys that are encoded by us. */
export interface RawEntries {
  get(key: Key | StoredKey): Value | undefined;
  put(key: Key | StoredKey, value: Value): Promise<boolean>;
  getRange(options: RangeOptions): Iterable<{key: Key; value: Value}>;
  getKeys(options: RangeOptions): Iterable<Key>;
}

/** Entries that are what was written. What is not is thrown, as StoreUnavailableError, and never returned. */
export interface SummedEntries {
  get(key: Key | StoredKey): Value | undefined;
  put(key: Key | StoredKey, value: Value): Promise<boolean>;
  /** Hands over one entry after the other, in order, while `take` wants more. */
  walk(options: RangeOptions, take: (key: Key, value: Value) => boolean): void;
  getKeys(options: RangeOptions): Key[];
}

export interface RangeOptions {
  start: Key | StoredKey;
  end: Key | StoredKey;
  limit?: number;
  reverse?: boolean;
  exclusiveStart?: boolean;
  inclusiveEnd?: boolean;
}

/** Takes values out of LMDB's buffer in one copy, without their sums, of which the last one is kept until it is looked at. */
export function valueDecoder() {
  const decoder = {
    /** False: data of format 1, which has none. */
    hasSums: false,
    sum: 0,
    decode(bytes: Buffer): Value {
      // lmdb-js hands over its one reused buffer, whose `length` it sets to that of the value while the bytes behind it are
      // more: `Buffer.copy` would be misled.
      const {length} = bytes;
      const value = Buffer.allocUnsafe(length);
      value.set(new Uint8Array(bytes.buffer, bytes.byteOffset, length));
      if (!decoder.hasSums) return value;
      const end = length - sumBytes;
      decoder.sum = end < 0 ? Number.NaN : value.readUInt32LE(end);
      return value.subarray(0, Math.max(0, end));
    },
  };
  return decoder;
}

/**
 * Writes entries with their sums and checks them whenever one is read, and that a range is in order. What is not as it was
 * written is thrown. docs/decisions/0011-failing-disks.md says what this finds and what it does not.
 */
export function summedEntries(
  raw: RawEntries,
  decoder: ReturnType<typeof valueDecoder>,
  trouble: DiskTrouble,
): SummedEntries {
  function mustBeWhole(place: number, key: Key, value: Value): void {
    if (decoder.hasSums && entrySum(place, key, value) !== decoder.sum) {
      throw trouble.damaged('an entry is not what was written');
    }
  }

  function explained(error: unknown): unknown {
    return isDamage(error) ? trouble.damaged((error as Error).message) : error;
  }

  function mustBeInOrder(before: Key | undefined, key: Key, options: RangeOptions): void {
    if (before === undefined) return;
    const order = key.compare(before);
    if (options.reverse ? order >= 0 : order <= 0) throw trouble.damaged('entries are not in order');
  }

  return {
    get(key) {
      let value: Value | undefined;
      try {
        value = raw.get(key);
      } catch (error) {
        throw explained(error);
      }
      if (value !== undefined) {
        if (Buffer.isBuffer(key)) mustBeWhole(area.entry, key, value);
        else mustBeWhole(key.area, key.key, value);
      }
      return value;
    },

    put(key, value) {
      if (!decoder.hasSums) return raw.put(key, value);
      const sum = Buffer.isBuffer(key) ? entrySum(area.entry, key, value) : entrySum(key.area, key.key, value);
      const summed = Buffer.allocUnsafe(value.length + sumBytes);
      summed.set(value);
      summed.writeUInt32LE(sum, value.length);
      return raw.put(key, summed);
    },

    walk(options, take) {
      const place = Buffer.isBuffer(options.start) ? area.entry : options.start.area;
      let before: Key | undefined;
      try {
        for (const {key, value} of raw.getRange(options)) {
          mustBeWhole(place, key, value);
          mustBeInOrder(before, key, options);
          if (!take(key, value)) return;
          before = key;
        }
      } catch (error) {
        throw explained(error);
      }
    },

    getKeys(options) {
      const keys: Key[] = [];
      try {
        for (const key of raw.getKeys(options)) {
          mustBeInOrder(keys.at(-1), key, options);
          keys.push(key);
        }
      } catch (error) {
        throw explained(error);
      }
      return keys;
    },
  };
}
