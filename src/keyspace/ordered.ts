import {assert} from '../base/assert.ts';
import type {AttributeValue} from '../model/attribute-value.ts';
import {base64Size} from '../model/item-size.ts';
import {utf8Size} from '../model/text-order.ts';
import {orderedNumberBytesMax, writeOrderedNumber} from './ordered-number.ts';
import {writeZeroRuns, zeroRunsBytesMax, zeroRunsPrefix} from './zero-runs.ts';

/** A value of a key attribute, in normal form. */
export type KeyValue = Extract<AttributeValue, {S: string} | {N: string} | {B: string}>;

/** The room that `writeOrdered` and `writeOrderedLast` ask for this value: at least what they write. */
export function orderedBytesMax(value: KeyValue): number {
  return 'N' in value ? orderedNumberBytesMax : zeroRunsBytesMax(rawSize(value));
}

/**
 * Writes a key value so that unsigned bytes compare as DynamoDB orders values, even when more is written behind it: strings
 * and binaries as zero runs (see `zero-runs.ts`), numbers see `ordered-number.ts`. Returns the offset behind it. Two values
 * at the same place of two keys must have the same type.
 */
export function writeOrdered(target: Buffer, offset: number, value: KeyValue): number {
  assert(target.length - offset >= orderedBytesMax(value), 'a key has room for its value');
  return write(target, offset, value);
}

function write(target: Buffer, offset: number, value: KeyValue): number {
  if ('N' in value) return writeOrderedNumber(target, offset, value.N);
  const end = writeRaw(target, offset, value);
  const raw = target.subarray(offset, end);
  // Nearly no string holds a zero: then the bytes stand for themselves, and only the end is to be added.
  if (!raw.includes(0)) {
    target[end] = 0;
    target[end + 1] = 0;
    return end + 2;
  }
  return writeZeroRuns(target, offset, Buffer.from(raw));
}

/** Writes a key value behind which nothing follows: strings and binaries are their own bytes, without an end. */
export function writeOrderedLast(target: Buffer, offset: number, value: KeyValue): number {
  assert(target.length - offset >= orderedBytesMax(value), 'a key has room for its value');
  return writeLast(target, offset, value);
}

function writeLast(target: Buffer, offset: number, value: KeyValue): number {
  return 'N' in value ? writeOrderedNumber(target, offset, value.N) : writeRaw(target, offset, value);
}

export function encodeOrdered(value: KeyValue): Buffer {
  const buffer = Buffer.allocUnsafe(orderedBytesMax(value));
  return buffer.subarray(0, write(buffer, 0, value));
}

export function encodeOrderedLast(value: KeyValue): Buffer {
  const buffer = Buffer.allocUnsafe('N' in value ? orderedNumberBytesMax : rawSize(value));
  return buffer.subarray(0, writeLast(buffer, 0, value));
}

function rawSize(value: {S: string} | {B: string}): number {
  return 'S' in value ? utf8Size(value.S) : base64Size(value.B);
}

function writeRaw(target: Buffer, offset: number, value: {S: string} | {B: string}): number {
  return offset + ('S' in value ? target.write(value.S, offset, 'utf8') : target.write(value.B, offset, 'base64'));
}

/** The smallest key behind all keys that begin with `bytes`, which are not all `ff`. */
export function keyAfterPrefix(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0xff) end--;
  assert(end > 0, 'a key prefix holds a byte that is not ff');
  const after = Buffer.from(bytes.subarray(0, end));
  after[end - 1]!++;
  return after;
}

/**
 * The keys that are `before` and then the encoding (by `encodeOrdered`) of any string or binary that begins with `value`,
 * and whatever follows: begins_with.
 */
export function orderedPrefixRange(before: Buffer, value: {S: string} | {B: string}): {start: Buffer; end: Buffer} {
  const {open, end} = zeroRunsPrefix(encodeOrderedLast(value));
  const start = Buffer.concat([before, encodeOrdered(value)]);
  return {start, end: end ? Buffer.concat([before, end]) : keyAfterPrefix(Buffer.concat([before, open]))};
}

/** The same for values written by `writeOrderedLast`. */
export function orderedLastPrefixRange(before: Buffer, value: {S: string} | {B: string}): {start: Buffer; end: Buffer} {
  const start = Buffer.concat([before, encodeOrderedLast(value)]);
  return {start, end: keyAfterPrefix(start)};
}
