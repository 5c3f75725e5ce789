import {assert} from '../base/assert.ts';
import {type DynamoNumber, parseNumber} from '../model/number.ts';

/**
 * Numbers as bytes in the order of their values, ending themselves:
 *
 * - zero: `02`
 * - positive: `03`, the exponent + 129 in two bytes (big endian), each pair of digits + 1 (`01` to `64`), `00`
 * - negative: `01`, then the same bytes as for its magnitude, all inverted
 *
 * The exponent is that of 0.d1d2d3… × 10^exponent; an odd last digit is paired with a zero.
 */
const negative = 0x01;
const zero = 0x02;
const positive = 0x03;
const exponentBias = 129;

export const orderedNumberBytesMax = 1 + 2 + 19 + 1;

/** Writes a number (its text in any form that `parseNumber` takes) to `target` and returns the offset behind it. */
export function writeOrderedNumber(target: Buffer, offset: number, text: string): number {
  const number = parseNumber(text);
  assert(typeof number !== 'string', 'a key holds a valid number', {text});
  if (number.sign === 0) {
    target[offset] = zero;
    return offset + 1;
  }
  target[offset] = number.sign < 0 ? negative : positive;
  return writeMagnitude(target, offset + 1, number, number.sign < 0 ? 0xff : 0);
}

function writeMagnitude(target: Buffer, offset: number, {digits, exponent}: DynamoNumber, invert: number): number {
  const biased = exponent + exponentBias;
  let to = offset;
  target[to++] = (biased >> 8) ^ invert;
  target[to++] = (biased & 0xff) ^ invert;
  for (let i = 0; i < digits.length; i += 2) {
    const high = digits.charCodeAt(i) - 0x30;
    const low = i + 1 < digits.length ? digits.charCodeAt(i + 1) - 0x30 : 0;
    target[to++] = (high * 10 + low + 1) ^ invert;
  }
  target[to++] = invert;
  return to;
}
