import * as zlib from 'node:zlib';

/** Bytes of a checksum, behind the value. */
export const sumBytes = 4;

type Crc32 = (bytes: Uint8Array, before: number) => number;

/** Node has one since 20.15 and 22.2, which is faster where it matters: on long values. */
const crc32: Crc32 = (zlib as {crc32?: Crc32}).crc32 ?? crc32InScript;

/**
 * The checksum of an entry: CRC-32 of the value, which begins with a hash of area and key, so that no entry can pass for
 * another.
 */
export function entrySum(area: number, key: Uint8Array, value: Uint8Array): number {
  const hash = keyHash(area, key);
  // zlib forgets what came before where there are no bytes to point to, as some empty buffers have none.
  return value.length === 0 ? hash : crc32(value, hash);
}

/** Each step can be undone, so no two keys that differ in one place have the same. Keys are short: a call would cost more. */
function keyHash(area: number, key: Uint8Array): number {
  const {length} = key;
  let hash = area;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < length; at++) hash = Math.imul(hash ^ key[at]!, 0x9e3779b1);
  return hash >>> 0;
}

const table = Int32Array.from({length: 256}, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});

export function crc32InScript(bytes: Uint8Array, before: number): number {
  let sum = ~before;
  for (let at = 0; at < bytes.length; at++) sum = table[(sum ^ bytes[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
