import {validationError} from './service-error.ts';

/** An exact decimal: sign × 0.d1d2d3… × 10^exponent. */
export interface DynamoNumber {
  sign: -1 | 0 | 1;
  /** 1 to 38 significant digits without leading or trailing zeros; empty for zero. */
  digits: string;
  /** From -129 (1E-130) to 126 (9.99E+125); 0 for zero. */
  exponent: number;
}

export type NumberFault = 'unconvertible' | 'overflow' | 'underflow' | 'precision';

export const numberDigitsMax = 38;
const exponentMin = -129;
const exponentMax = 126;
const zero: DynamoNumber = {sign: 0, digits: '', exponent: 0};

const longMax = 9_223_372_036_854_775_807n;

const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const digit0 = 0x30;
const digit9 = 0x39;

/** What stands in a number's text, before it is held to any limit. */
export interface NumberText {
  negative: boolean;
  /** All digits from the first to the last that is not zero; empty for zero. */
  digits: string;
  /** Of the form 0.digits × 10^exponent; for zero the power of ten of its last written digit. */
  exponent: number;
  /** How many digits stand before the exponent, after leading zeros. */
  precision: number;
  /** How many of them stand after the point. */
  fractionDigits: number;
  /** The exponent as written, 0 if none. */
  writtenExponent: bigint | number;
}

/** Splits `[+-]digits[.digits][e[+-]digits]`, with a digit on at least one side of the point; undefined for anything else. */
export function splitNumber(text: string): NumberText | undefined {
  const end = text.length;
  let at = 0;
  const first = text.charCodeAt(0);
  const negative = first === minus;
  if (negative || first === plus) at = 1;
  let pointAt = -1;
  let digitCount = 0;
  let firstNonZero = -1;
  let lastNonZero = -1;
  const mantissaStart = at;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= digit0 && code <= digit9) {
      digitCount++;
      if (code !== digit0) {
        if (firstNonZero < 0) firstNonZero = at;
        lastNonZero = at;
      }
    } else if (code === point && pointAt < 0) {
      pointAt = at;
    } else {
      break;
    }
  }
  if (digitCount === 0) return undefined;
  const mantissaEnd = at;
  let writtenExponent: bigint | number = 0;
  if (at < end) {
    if ((text.charCodeAt(at) | 0x20) !== 0x65) return undefined;
    const parsed = readExponent(text, at + 1);
    if (parsed === undefined) return undefined;
    writtenExponent = parsed;
  }
  const fractionDigits = pointAt < 0 ? 0 : mantissaEnd - pointAt - 1;
  const power = Number(writtenExponent);
  if (firstNonZero < 0) {
    return {negative, digits: '', exponent: power - fractionDigits, precision: 1, fractionDigits, writtenExponent};
  }
  const integerEnd = pointAt < 0 ? mantissaEnd : pointAt;
  // Negative when zeros stand between the point and the first digit that counts.
  const integerDigits = firstNonZero < integerEnd ? integerEnd - firstNonZero : integerEnd + 1 - firstNonZero;
  let digits = text.slice(firstNonZero, lastNonZero + 1);
  if (pointAt > firstNonZero && pointAt < lastNonZero) {
    digits = text.slice(firstNonZero, pointAt) + text.slice(pointAt + 1, lastNonZero + 1);
  }
  const zerosBefore = firstNonZero - mantissaStart - (pointAt >= 0 && pointAt < firstNonZero ? 1 : 0);
  return {
    negative,
    digits,
    exponent: integerDigits + power,
    precision: digitCount - zerosBefore,
    fractionDigits,
    writtenExponent,
  };
}

function readExponent(text: string, start: number): bigint | number | undefined {
  const end = text.length;
  let at = start;
  const negative = text.charCodeAt(at) === minus;
  if (negative || text.charCodeAt(at) === plus) at++;
  if (at === end) return undefined;
  while (at < end - 1 && text.charCodeAt(at) === digit0) at++;
  // An exponent that does not fit 64 bits is no number at all; a smaller one is read in full, then out of range.
  if (end - at > 19) return undefined;
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < digit0 || code > digit9) return undefined;
  }
  if (end - at <= 15) return negative ? -Number(text.slice(at)) : Number(text.slice(at));
  const magnitude = BigInt(text.slice(at));
  if (magnitude > longMax) return undefined;
  return negative ? -magnitude : magnitude;
}

/**
 * Reads any number that DynamoDB accepts. No white space, no NaN, no Infinity, no hexadecimal. Zero is held to the range
 * by the exponent it is written with. Source: paritysuite numberExponent and valueLayers; order of checks from dynalite.
 */
export function parseNumber(text: string): DynamoNumber | NumberFault {
  const split = splitNumber(text);
  if (split === undefined) return 'unconvertible';
  const {digits, exponent} = split;
  if (digits === '') {
    if (exponent >= exponentMax) return 'overflow';
    return exponent < exponentMin - 1 ? 'underflow' : zero;
  }
  if (exponent > exponentMax) return 'overflow';
  if (exponent < exponentMin) return 'underflow';
  if (digits.length > numberDigitsMax) return 'precision';
  return {sign: split.negative ? -1 : 1, digits, exponent};
}

/** DynamoDB's normal form: plain decimals without needless zeros, never an exponent (1E125 is answered with 126 digits). */
export function formatNumber({sign, digits, exponent}: DynamoNumber): string {
  if (sign === 0) return '0';
  const dash = sign < 0 ? '-' : '';
  if (exponent <= 0) return `${dash}0.${'0'.repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return `${dash}${digits}${'0'.repeat(exponent - digits.length)}`;
  return `${dash}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** True for texts that surely are in normal form, which most numbers are; false says nothing. */
export function isPlainNumber(text: string): boolean {
  const end = text.length;
  if (end === 0 || end > numberDigitsMax) return false;
  let at = text.charCodeAt(0) === minus ? 1 : 0;
  let code = text.charCodeAt(at);
  if (code === digit0) {
    // "0" alone, or "0." and something.
    if (end === 1) return true;
    if (text.charCodeAt(at + 1) !== point) return false;
  }
  let fraction = false;
  for (const start = at; at < end; at++) {
    code = text.charCodeAt(at);
    if (code >= digit0 && code <= digit9) continue;
    if (code !== point || fraction || at === start) return false;
    fraction = true;
  }
  // The last character: a digit, and in a fraction not a zero. NaN for "-" alone.
  return fraction ? code > digit0 && code <= digit9 : code >= digit0;
}

/** The normal form of a number's text. Throws ValidationException in DynamoDB's words, without any prefix. */
export function normaliseNumber(text: string): string {
  if (isPlainNumber(text)) return text;
  const parsed = parseNumber(text);
  if (typeof parsed === 'string') throw validationError(numberFaultMessage(parsed, text));
  return formatNumber(parsed);
}

export function numberFaultMessage(fault: NumberFault, text: string): string {
  switch (fault) {
    case 'unconvertible':
      return `The parameter cannot be converted to a numeric value: ${text}`;
    case 'overflow':
      return numberOverflowMessage;
    case 'underflow':
      return 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
    case 'precision':
      return 'Attempting to store more than 38 significant digits in a Number';
  }
}

export const numberOverflowMessage =
  'Number overflow. Attempting to store a number with magnitude larger than supported range';

/**
 * What some operations still say (see `ValueLayer`): they read numbers as Java's BigDecimal does, whose scale has 32 bits,
 * so an exponent beyond them is no number and one at their edge wraps around. Source: paritysuite valueLayers.
 */
export function olderNumberFaultMessage(fault: NumberFault, text: string): string {
  if (text === '') return 'The parameter cannot be converted to a numeric value';
  const split = splitNumber(text);
  if (split !== undefined && fault !== 'precision') {
    const scale = split.fractionDigits - Number(split.writtenExponent);
    // BigDecimal refuses an exponent and a scale beyond 32 bits (paritysuite partiqlParameterNumbers).
    const convertible = Number(split.writtenExponent) <= 2_147_483_647 && scale <= 2_147_483_647;
    if (!convertible || scale < -2_147_483_648) return numberFaultMessage('unconvertible', text);
    const wrapped = (split.precision - scale) | 0;
    return numberFaultMessage(wrapped > 0 ? 'overflow' : 'underflow', text);
  }
  return numberFaultMessage(fault, text);
}
