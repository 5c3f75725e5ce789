import type {Chance} from './chance.ts';

/** Attribute names: those of keys, those that every object inherits, and odd ones. */
export const attributeNames = [
  ...['p', 's', 'g', 'n', 'l', 'b', 'm', 'a.b', 'name', 'size'],
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__', 'then', 'toJSON'],
  ...['', ' ', '\0', 'é', '\u{1f600}', '\ud800', '\udc00x', 'S', 'N', 'length', '0', '-1'],
];

export const numberTexts = [
  ...['0', '-0', '1', '-1', '1.5', '10', '100', '00012', '1.10', '1e2', '1E+2', '-1e-2', '.5', '5.', '0.5', '7e0'],
  ...['9'.repeat(38), '9'.repeat(39), `1${'0'.repeat(37)}`, `1${'0'.repeat(125)}`, `1${'0'.repeat(126)}`],
  ...['9.9999999999999999999999999999999999999e125', '1e125', '1e126', '-1e126', '1e-130', '1e-131', '-9e125'],
  ...[`0.${'0'.repeat(129)}1`, `0.${'0'.repeat(130)}1`, '1e999999999', '1e-999999999', `1e${'9'.repeat(400)}`],
  ...['', ' ', ' 1', '1 ', '+1', '--1', '1e', 'e1', '0x10', '1_000', '١', 'NaN', 'Infinity', '1.2.3', '\0', '1\ud800'],
];
const goodNumbers = ['0', '1', '-1', '1.5', '10', '2', '-7.25', '1e10', '9'.repeat(38), '1e-130'];
const texts = [
  '',
  'a',
  'a\0',
  'a\0b',
  'ab',
  'b',
  'é',
  '\u{1f600}',
  '\ud800',
  '__proto__',
  'x'.repeat(1_025),
  'z'.repeat(2_049),
];
const goodTexts = ['a', 'a\0', 'a\0b', 'ab', 'b', 'é', '\u{1f600}', '__proto__'];
const binaries = ['', 'AA==', 'AAE=', '/w==', 'AAAA', 'AB==', 'A', '====', 'AA=', '@@@@', 'AA\n==', 'A'.repeat(1_400)];
const goodBinaries = ['AA==', 'AAE=', '/w==', 'AAAA'];

/** A value of one type, well formed. Few, so that they meet. */
export function scalarOf(chance: Chance, type: string): object {
  if (type === 'N') return {N: chance.pick(goodNumbers)};
  if (type === 'B') return {B: chance.pick(goodBinaries)};
  return {S: chance.pick(goodTexts)};
}

/** Mostly a well-formed attribute value, now and then one that is not. */
export function attributeValue(chance: Chance, depth = 0): object {
  const good = chance.maybe(0.93);
  const text = () => chance.pick(good ? goodTexts : texts);
  const number = () => chance.pick(good ? goodNumbers : numberTexts);
  const binary = () => chance.pick(good ? goodBinaries : binaries);
  const unique = (list: string[]) => (good ? [...new Set(list)] : list);
  const makers: (() => object)[] = [
    () => ({S: text()}),
    () => ({N: number()}),
    () => ({B: binary()}),
    () => ({BOOL: chance.maybe(0.5)}),
    () => ({NULL: good || chance.maybe(0.5)}),
    () => ({SS: unique(chance.many(good ? 1 : 0, 4, text))}),
    () => ({NS: chance.maybe(0.5) ? [number()] : unique(['1', number()])}),
    () => ({BS: unique(chance.many(good ? 1 : 0, 3, binary))}),
  ];
  if (depth < 4) {
    makers.push(
      () => ({L: chance.many(0, 4, () => attributeValue(chance, depth + 1))}),
      () => ({M: attributes(chance, 4, depth + 1)}),
    );
  }
  if (depth === 0 && chance.maybe(0.02)) return deepValue(chance);
  if (depth === 0 && chance.maybe(0.01))
    return {S: 'h'.repeat(chance.pick([1_000, 65_536, 409_590, 409_600, 500_000]))};
  return chance.pick(makers)();
}

/** Around the deepest nesting that is allowed, and far beyond. */
function deepValue(chance: Chance): object {
  let value: object = {N: '1'};
  const wraps = chance.pick([29, 30, 31, 32, 33, 200, 600]);
  for (let depth = 0; depth < wraps; depth++) value = chance.maybe(0.5) ? {L: [value]} : {M: {d: value}};
  return value;
}

export function attributes(chance: Chance, max: number, depth = 0): Record<string, object> {
  return own(chance.many(0, max, () => [chance.pick(attributeNames), attributeValue(chance, depth)]));
}

/** An object whose names are all its own, `__proto__` too. */
export function own<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries);
}

/** Anything that JSON can say, wherever something else was meant. */
export function anything(chance: Chance): unknown {
  const numbers = [0, 1, -1, 1.5, 25, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 1_000_000];
  return chance.pick<() => unknown>([
    () => null,
    () => chance.maybe(0.5),
    () => chance.pick(numbers),
    () => chance.pick(texts),
    () => chance.pick(numberTexts),
    () => chance.pick(attributeNames),
    () => 'q'.repeat(chance.pick([256, 1_025, 65_536, 300_000])),
    () => [],
    () => ({}),
    () => [anything(chance)],
    () => own([[chance.pick(attributeNames), anything(chance)]]),
    () => attributeValue(chance),
    () => nested(chance.pick([20, 100, 800])),
  ])();
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let at = 0; at < depth; at++) value = at % 2 ? [value] : {a: value};
  return value;
}
