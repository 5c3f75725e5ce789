import type {Key} from '../store.ts';
import type {PartitionBytesOf} from './split-key.ts';

/** Object ids of the types that arrays are made of: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const typeIds = {boolean: 16, bytea: 17, bigint: 20, integer: 23, xid: 28} as const;
type Type = keyof typeof typeIds;

const headBytes = 20;
const emptyArrays = Object.fromEntries(
  Object.entries(typeIds).map(([type, id]) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32BE(id, 8);
    return [type, bytes];
  }),
) as Record<Type, Buffer>;

/**
 * The head of a one-dimensional array of one or more elements in PostgreSQL's binary form, which `pg` sends as it is, with
 * room for the elements: each is its length in four bytes (-1: null) and its bytes.
 */
function startArray(type: Type, count: number, elementsBytes: number, hasNulls = false): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + elementsBytes);
  // Dimensions, whether there are nulls, the type; then the length and the first index of the one dimension.
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(hasNulls ? 1 : 0, 4);
  bytes.writeUInt32BE(typeIds[type], 8);
  bytes.writeInt32BE(count, 12);
  bytes.writeInt32BE(1, 16);
  return bytes;
}

/** Of bytes, or of numbers that are in PostgreSQL's form already. */
export function binaryArray(type: 'bytea' | 'bigint', elements: readonly Buffer[]): Buffer {
  if (elements.length === 0) return emptyArrays[type];
  let size = elements.length * 4;
  for (const element of elements) size += element.length;
  const bytes = startArray(type, elements.length, size);
  let at = headBytes;
  for (const element of elements) {
    at = bytes.writeInt32BE(element.length, at);
    bytes.set(element, at);
    at += element.length;
  }
  return bytes;
}

/** Two parameters: the partitions of keys, and their sorts. */
export function keyArrays(keys: readonly Key[], partitionBytesOf: PartitionBytesOf): [Buffer, Buffer] {
  if (keys.length === 0) return [emptyArrays.bytea, emptyArrays.bytea];
  let partitionBytes = 0;
  let sortBytes = 0;
  for (const key of keys) {
    const split = splitAt(key, partitionBytesOf);
    partitionBytes += split;
    sortBytes += key.length - split;
  }
  const partitions = startArray('bytea', keys.length, keys.length * 4 + partitionBytes);
  const sorts = startArray('bytea', keys.length, keys.length * 4 + sortBytes);
  let partitionAt = headBytes;
  let sortAt = headBytes;
  for (const key of keys) {
    const split = splitAt(key, partitionBytesOf);
    partitionAt = partitions.writeInt32BE(split, partitionAt);
    partitionAt += key.copy(partitions, partitionAt, 0, split);
    sortAt = sorts.writeInt32BE(key.length - split, sortAt);
    sortAt += key.copy(sorts, sortAt, split);
  }
  return [partitions, sorts];
}

function splitAt(key: Key, partitionBytesOf: PartitionBytesOf): number {
  return key.length === 0 ? 0 : Math.min(key.length, partitionBytesOf(key[0]!));
}

/** Undefined is null. */
export function integerArray(values: readonly (number | undefined)[]): Buffer {
  return wordArray('integer', values);
}

/** Transaction ids, which are unsigned; undefined is null. */
export function xidArray(values: readonly (number | undefined)[]): Buffer {
  return wordArray('xid', values);
}

/** One, as it stands in such an array. */
export function xidBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

function wordArray(type: 'integer' | 'xid', values: readonly (number | undefined)[]): Buffer {
  if (values.length === 0) return emptyArrays[type];
  let nulls = 0;
  for (const value of values) if (value === undefined) nulls++;
  const bytes = startArray(type, values.length, values.length * 8 - nulls * 4, nulls > 0);
  let at = headBytes;
  for (const value of values) {
    at = bytes.writeInt32BE(value === undefined ? -1 : 4, at);
    if (value !== undefined) at = bytes.writeInt32BE(value | 0, at);
  }
  return bytes;
}

/** Of safe integers. */
export function bigintArray(values: readonly number[]): Buffer {
  return halvesArray(values.map(value => ({high: Math.floor(value / 2 ** 32), low: value >>> 0})));
}

/** A 64-bit number in two halves, of which the higher bears the sign. */
export interface Halves {
  high: number;
  low: number;
}

export function halvesArray(values: readonly Halves[]): Buffer {
  if (values.length === 0) return emptyArrays.bigint;
  const bytes = startArray('bigint', values.length, values.length * 12);
  let at = headBytes;
  for (const {high, low} of values) {
    at = bytes.writeInt32BE(8, at);
    at = bytes.writeInt32BE(high, at);
    at = bytes.writeUInt32BE(low, at);
  }
  return bytes;
}

export function booleanArray(values: readonly boolean[]): Buffer {
  if (values.length === 0) return emptyArrays.boolean;
  const bytes = startArray('boolean', values.length, values.length * 5);
  let at = headBytes;
  for (const value of values) {
    at = bytes.writeInt32BE(1, at);
    bytes[at++] = value ? 1 : 0;
  }
  return bytes;
}

/** The bytes of what PostgreSQL writes as `\x` and hexadecimal digits. */
export function byteaOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafe((text.length - 2) / 2);
  bytes.write(text.slice(2), 'hex');
  return bytes;
}
