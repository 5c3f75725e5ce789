import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {
  formatNumber,
  isPlainNumber,
  type NumberFault,
  normaliseNumber,
  numberFaultMessage,
  olderNumberFaultMessage,
  parseNumber,
} from './number.ts';
import {addNumbers, subtractNumbers} from './number-arithmetic.ts';
import {compareNumbers} from './number-order.ts';

const nines = '9'.repeat(38);

test('numbers are answered as plain decimals without needless zeros', () => {
  const cases: [string, string][] = [
    ['0', '0'],
    ['-0', '0'],
    ['0.000', '0'],
    ['0e125', '0'],
    ['0e-130', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['-1', '-1'],
    ['00042', '42'],
    ['0042.1200', '42.12'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['1.5E2', '150'],
    ['1.5e+2', '150'],
    ['15e-1', '1.5'],
    ['-0015.789e6', '-15789000'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['9.9999999999999999999999999999999999999E+125', nines + '0'.repeat(88)],
    ['-0009.99999999999999999999999999999999999990000e125', `-${nines}${'0'.repeat(88)}`],
    ['0001.000e-130', `0.${'0'.repeat(129)}1`],
    ['0000012345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['-00001.23456789012345678901234567890123456780000', '-1.2345678901234567890123456789012345678'],
    ['1e0000000000000000000000000000001', '10'],
  ];
  assert.deepEqual(
    cases.map(([text]) => normaliseNumber(text)),
    cases.map(([, normal]) => normal),
  );
});

test('what is no number, or out of range, is named', () => {
  const cases: [string, NumberFault][] = [
    ['', 'unconvertible'],
    ['-', 'unconvertible'],
    ['.', 'unconvertible'],
    ['+.', 'unconvertible'],
    ['abc', 'unconvertible'],
    ['1.2.3', 'unconvertible'],
    [' 1', 'unconvertible'],
    ['1 ', 'unconvertible'],
    ['0x10', 'unconvertible'],
    ['1e', 'unconvertible'],
    ['1e+', 'unconvertible'],
    ['e5', 'unconvertible'],
    ['1e5.', 'unconvertible'],
    ['--1', 'unconvertible'],
    ['1_0', 'unconvertible'],
    ['NaN', 'unconvertible'],
    ['Infinity', 'unconvertible'],
    ['1e9223372036854775808', 'unconvertible'],
    ['1e9223372036854775807', 'overflow'],
    ['1e99999999999', 'overflow'],
    ['-1e99999999999', 'overflow'],
    ['1e126', 'overflow'],
    ['-1E+126', 'overflow'],
    ['10e125', 'overflow'],
    ['0e126', 'overflow'],
    ['1e-131', 'underflow'],
    ['0e-131', 'underflow'],
    ['1e-99999999999', 'underflow'],
    ['123456789012345678901234567890123456789', 'precision'],
    ['1234567890123456789012345678901234567890', 'precision'],
    ['-1.23456789012345678901234567890123456789', 'precision'],
  ];
  for (const [text, fault] of cases) {
    assert.equal(parseNumber(text), fault, text);
    assert.throws(() => normaliseNumber(text), {message: numberFaultMessage(fault, text)});
  }
});

test('the older wording reads numbers as BigDecimal does', () => {
  const say = (text: string) => olderNumberFaultMessage(parseNumber(text) as NumberFault, text);
  assert.equal(say('abc'), 'The parameter cannot be converted to a numeric value: abc');
  assert.equal(say(''), 'The parameter cannot be converted to a numeric value');
  assert.match(say('1e126'), /^Number overflow/);
  assert.match(say('1e-131'), /^Number underflow/);
  assert.match(say('1e2147483647'), /^Number underflow/);
  assert.match(say('1e2147483646'), /^Number overflow/);
  assert.equal(say('1e99999999999'), 'The parameter cannot be converted to a numeric value: 1e99999999999');
  assert.match(say('1'.repeat(39)), /38 significant digits/);
});

/** Texts of numbers with their value as BigInt × 10^-260. */
const unit = 260;
const numbers = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    integer: fc.stringMatching(/^[0-9]{1,24}$/),
    fraction: fc.stringMatching(/^[0-9]{0,14}$/),
    exponent: fc.oneof(fc.constant(0), fc.integer({min: -10, max: 10}), fc.integer({min: -120, max: 100})),
    letter: fc.constantFrom('e', 'E', 'e+'),
  })
  .map(({sign, integer, fraction, exponent, letter}) => {
    const suffix = exponent === 0 ? '' : exponent < 0 ? `e${exponent}` : `${letter}${exponent}`;
    const magnitude = BigInt(integer + fraction) * 10n ** BigInt(exponent - fraction.length + unit);
    return {
      text: `${sign}${integer}${fraction === '' ? '' : `.${fraction}`}${suffix}`,
      value: sign === '-' ? -magnitude : magnitude,
    };
  })
  .filter(({text}) => typeof parseNumber(text) !== 'string');

function decimalValue(normal: string): bigint {
  const [, sign, integer = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(normal)!;
  const magnitude = BigInt(integer + fraction) * 10n ** BigInt(unit - fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

test('normal form keeps the value and is unique', () => {
  fc.assert(
    fc.property(numbers, ({text, value}) => {
      const normal = normaliseNumber(text);
      assert.equal(decimalValue(normal), value);
      assert.equal(normaliseNumber(normal), normal);
      assert.match(normal, /^(0|-?([1-9]\d*|0(?=\.)|[1-9]\d*(?=\.))(\.\d*[1-9])?)$/);
      if (isPlainNumber(text)) assert.equal(normal, text);
    }),
    fuzzRuns,
  );
});

test('a plain number is its own normal form', () => {
  const texts = fc.stringMatching(/^-?[0-9]{0,6}\.?[0-9]{0,6}$/);
  fc.assert(
    fc.property(texts, text => {
      const parsed = parseNumber(text);
      const normal = typeof parsed === 'string' ? undefined : formatNumber(parsed);
      if (isPlainNumber(text)) assert.equal(normal, text);
    }),
    {numRuns: fuzzRuns.numRuns * 5},
  );
  for (const text of ['0', '7', '-7', '10', '1.5', '-1.05', '0.5', '-0.25']) assert.ok(isPlainNumber(text), text);
  for (const text of ['-0', '00', '01', '1.0', '.5', '5.', '-', '.', '', '+1', '-.5', '0.0', '-00.5']) {
    assert.ok(!isPlainNumber(text), text);
  }
});

test('order is the order of values', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const expected = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
      assert.equal(Math.sign(compareNumbers(normaliseNumber(a.text), normaliseNumber(b.text))), expected);
    }),
    fuzzRuns,
  );
});

test('sums and differences are exact, or refused', () => {
  const refuse = (value: bigint) => {
    const digits = String(value < 0n ? -value : value).replace(/0+$/, '');
    return digits.length > 38;
  };
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [x, y] = [normaliseNumber(a.text), normaliseNumber(b.text)];
      for (const [run, value] of [
        [addNumbers, a.value + b.value],
        [subtractNumbers, a.value - b.value],
      ] as const) {
        if (refuse(value)) assert.throws(() => run(x, y), {message: /^Number overflow/});
        else assert.equal(decimalValue(run(x, y)), value);
      }
    }),
    fuzzRuns,
  );
});

test('arithmetic at the edges', () => {
  assert.equal(addNumbers('500', '0'), '500');
  assert.equal(addNumbers('-5', '5'), '0');
  assert.equal(subtractNumbers('0', '0'), '0');
  assert.equal(subtractNumbers('0.3', '0.1'), '0.2');
  assert.equal(addNumbers('999999999999999', '1'), '1000000000000000');
  assert.equal(addNumbers(nines, '1'), `1${'0'.repeat(38)}`);
  const big = normaliseNumber('9e125');
  assert.equal(addNumbers(big, normaliseNumber('9e124')), normaliseNumber('9.9e125'));
  assert.throws(() => addNumbers(big, big), {message: /^Number overflow/});
  // Too many digits, and yet AWS says that it is too large.
  assert.throws(() => addNumbers(normaliseNumber('1e50'), '1'), {message: /^Number overflow/});
  const [small, smaller] = [normaliseNumber('1.1e-130'), normaliseNumber('1e-130')];
  assert.throws(() => subtractNumbers(small, smaller), {message: /^Number underflow/});
});

test('no text crashes the parser', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eE ]{0,30}$/)), text => {
      const parsed = parseNumber(text);
      if (typeof parsed === 'string') assert.ok(olderNumberFaultMessage(parsed, text).length > 0);
      else assert.ok(parsed.digits.length <= 38);
    }),
    fuzzRuns,
  );
});
