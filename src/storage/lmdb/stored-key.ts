/**
 * First byte of every key in the environment. On disk: append, never renumber, never reuse. Callers' keys lie apart from
 * what the driver keeps for itself, so that no scan meets a counter.
 */
export const area = {
  /** One key: the format of all the rest. */
  format: 0x01,
  /** What callers put and append. */
  entry: 0x02,
  /** Sums: 8 bytes a place, doubles, little endian. */
  counter: 0x03,
  /** The next position of a log: 8 bytes, big endian. */
  logTail: 0x04,
} as const;

export type Area = (typeof area)[keyof typeof area];

/** A key with its area. Callers' keys are handed to LMDB as they are (a plain buffer means `area.entry`). */
export interface StoredKey {
  area: Area;
  key: Buffer;
}

/** How lmdb-js turns a key into bytes and back; it writes into LMDB's own key buffer, so the area byte costs no copy. */
export const storedKeyEncoder = {
  writeKey(key: Buffer | StoredKey, target: Buffer, start: number): number {
    if (Buffer.isBuffer(key)) {
      target[start] = area.entry;
      target.set(key, start + 1);
      return start + 1 + key.length;
    }
    target[start] = key.area;
    target.set(key.key, start + 1);
    return start + 1 + key.key.length;
  },

  /** The caller's part of a key, as a buffer of its own. */
  readKey(target: Buffer, start: number, end: number): Buffer {
    const key = Buffer.allocUnsafe(end - start - 1);
    target.copy(key, 0, start + 1, end);
    return key;
  },
};
