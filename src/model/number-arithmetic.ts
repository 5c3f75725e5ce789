import {
  type DynamoNumber,
  formatNumber,
  numberDigitsMax,
  numberFaultMessage,
  numberOverflowMessage,
  parseNumber,
} from './number.ts';
import {validationError} from './service-error.ts';

/** The exact sum of two numbers in normal form. Throws ValidationException where DynamoDB can't hold it. */
export function addNumbers(a: string, b: string): string {
  return sum(a, b, 1);
}

/** The exact difference of two numbers in normal form. Throws ValidationException where DynamoDB can't hold it. */
export function subtractNumbers(a: string, b: string): string {
  return sum(a, b, -1);
}

/** Integers of so many characters add up exactly as doubles, and their text has no exponent. */
const quickLengthMax = 15;

function sum(a: string, b: string, sign: 1 | -1): string {
  if (a.length <= quickLengthMax && b.length <= quickLengthMax && !a.includes('.') && !b.includes('.')) {
    // + 0 turns -0 into 0.
    return String(Number(a) + sign * Number(b) + 0);
  }
  return exactSum(mustParse(a), mustParse(b), sign);
}

function exactSum(a: DynamoNumber, b: DynamoNumber, sign: 1 | -1): string {
  // The power of ten of the last digit that either has.
  const unit = Math.min(a.exponent - a.digits.length, b.exponent - b.digits.length);
  const total = scaled(a, unit) + BigInt(sign) * scaled(b, unit);
  if (total === 0n) return '0';
  const digits = (total < 0n ? -total : total).toString();
  let significant = digits.length;
  while (digits.charCodeAt(significant - 1) === 0x30) significant--;
  const exponent = digits.length + unit;
  // Too many digits are reported as too large a magnitude: so AWS answers 1E50 + 1 (scylladb's test_number.py).
  if (exponent > 126 || significant > numberDigitsMax) throw validationError(numberOverflowMessage);
  if (exponent < -129) throw validationError(numberFaultMessage('underflow', ''));
  return formatNumber({sign: total < 0n ? -1 : 1, digits: digits.slice(0, significant), exponent});
}

function scaled({sign, digits, exponent}: DynamoNumber, unit: number): bigint {
  if (sign === 0) return 0n;
  return BigInt(sign) * BigInt(digits) * 10n ** BigInt(exponent - digits.length - unit);
}

function mustParse(text: string): DynamoNumber {
  const parsed = parseNumber(text);
  if (typeof parsed === 'string') throw validationError(numberFaultMessage(parsed, text));
  return parsed;
}
