import assert from 'node:assert/strict';
import {encodeOrdered} from '../../../src/keyspace/ordered.ts';
import {numberSize} from '../../../src/model/item-size.ts';
import {
  formatNumber,
  isPlainNumber,
  normaliseNumber,
  olderNumberFaultMessage,
  parseNumber,
} from '../../../src/model/number.ts';
import {addNumbers, subtractNumbers} from '../../../src/model/number-arithmetic.ts';
import {compareNumbers} from '../../../src/model/number-order.ts';
import {ServiceError} from '../../../src/model/service-error.ts';
import type {Chance} from '../chance.ts';
import {piecesOf, spliced} from '../inputs/splice.ts';
import {numberTexts} from '../random-values.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface NumberInput {
  a: string;
  b: string;
}

const seeds = numberTexts.map(text => piecesOf(text, /[0-9]{1,9}|[\s\S]/gu));
const words = [...'0123456789+-.eE', '00', '99', '000000000', '.0', 'e1', 'e-', 'e+', 'e-130', 'e125', ' '];
const source = {seeds, words, charactersMax: 300};

const digits = (chance: Chance, max: number) => chance.many(1, max, () => chance.upTo(10)).join('');

/** A sign, digits with a point, an exponent: mostly a number that can be held, or nearly. */
function written(chance: Chance): string {
  const sign = chance.pick(['', '', '-', '+']);
  const whole = digits(chance, chance.pick([1, 3, 20, 38]));
  const fraction = chance.maybe(0.5) ? `.${digits(chance, chance.pick([1, 3, 18]))}` : '';
  const exponent = chance.maybe(0.3)
    ? `${chance.pick(['e', 'E', 'e+', 'E-'])}${chance.upTo(chance.pick([5, 140]))}`
    : '';
  return sign + whole + fraction + exponent;
}

const made = (chance: Chance) => (chance.maybe(0.5) ? written(chance) : spliced(chance, chance.pick(seeds), source));

/** A number as a fraction over one power of ten, by arithmetic that shares nothing with ours. */
function exact(normal: string): bigint {
  const [whole, fraction = ''] = normal.split('.');
  return BigInt(whole! + fraction.padEnd(170, '0'));
}

/** Two numbers: read, put in normal form, ordered alike as texts, values and key bytes, added and taken away. */
export const number: ParserFuzz<NumberInput> = {
  name: 'number',
  generate: chance => {
    const a = made(chance);
    return {a, b: chance.maybe(0.3) ? spliced(chance, piecesOf(a, /[0-9]{1,9}|[\s\S]/gu), source) : made(chance)};
  },
  check({a, b}) {
    try {
      const [first, second] = [normalised(a), normalised(b)];
      const order = Math.sign(compareNumbers(first, second));
      const keys = Buffer.compare(encodeOrdered({N: first}), encodeOrdered({N: second}));
      assert.equal(keys, order, 'keys have the order of numbers');
      const [x, y] = [exact(first), exact(second)];
      assert.equal(x < y ? -1 : x > y ? 1 : 0, order, 'and numbers that of their values');
      for (const [sum, wanted] of [
        [() => addNumbers(first, second), x + y],
        [() => subtractNumbers(first, second), x - y],
      ] as const) {
        const found = orUndefined(sum);
        if (found !== undefined) assert(exact(found) === wanted && isNormal(found), 'sums are exact');
      }
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};

function normalised(text: string): string {
  const parsed = parseNumber(text);
  if (typeof parsed === 'string') {
    assert(!isPlainNumber(text));
    olderNumberFaultMessage(parsed, text);
  }
  const normal = normaliseNumber(text);
  assert(isNormal(normal), 'normal form');
  if (isPlainNumber(text)) assert.equal(formatNumber(parsed as never), text);
  return normal;
}

function isNormal(text: string): boolean {
  const size = numberSize(text);
  return normaliseNumber(text) === text && size >= 1 && size <= 22;
}

function orUndefined(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
