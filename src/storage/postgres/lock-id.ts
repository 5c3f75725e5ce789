import type {Key} from '../store.ts';
import type {Halves} from './binary-array.ts';

/**
 * The 64-bit number of the advisory lock that stands for a key. Keys that share a number by chance only wait for each
 * other. `seed` keeps the schemas of one database apart.
 */
export function lockId(key: Key, seed: number): Halves {
  // FNV-1a twice, with beginnings of their own.
  let high = (0x811c9dc5 ^ seed) | 0;
  let low = (0x2f0b4c47 ^ seed) | 0;
  for (let at = 0; at < key.length; at++) {
    high = Math.imul(high ^ key[at]!, 0x01000193);
    low = Math.imul(low ^ key[at]!, 0x01000193) ^ (high >>> 15);
  }
  return {high, low: low >>> 0};
}

/** In the order of their numbers. */
export function compareIds(a: Halves, b: Halves): number {
  return a.high - b.high || a.low - b.low;
}
