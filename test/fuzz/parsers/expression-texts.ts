import {type Chance, chanceFrom} from '../chance.ts';
import {fuzzTables} from '../fuzz-tables.ts';
import {type Pieces, piecesOf, spliced} from '../inputs/splice.ts';
import {expressionsWith} from '../random-expressions.ts';
import {frozenItems} from './frozen-items.ts';

export interface ExpressionInput {
  text: string;
  /** By placeholder; undefined where the request has none. */
  names: Record<string, string> | undefined;
  /** Each value as JSON. */
  values: Record<string, string> | undefined;
  /** Which of `frozenItems`. */
  item: number;
}

interface Seed {
  pieces: Pieces;
  names: Record<string, string>;
  values: Record<string, string>;
}

type Kind = 'condition' | 'update' | 'projection' | 'keyCondition';

const words = [
  ...[
    'SET ',
    'REMOVE ',
    'ADD ',
    'DELETE ',
    ' AND ',
    ' OR ',
    'NOT ',
    ' BETWEEN ',
    ' IN ',
    'and',
    'a',
    'p',
    's',
    'm',
    'name',
    '_x',
  ],
  ...['attribute_exists(', 'attribute_not_exists(', 'attribute_type(', 'begins_with(', 'contains(', 'size('],
  ...[
    'if_not_exists(',
    'list_append(',
    'nothing(',
    '#a',
    '#n0',
    ':a',
    ':v0',
    '#',
    ':',
    '(',
    ')',
    '((',
    '))',
    '[',
    ']',
    '[0]',
  ],
  ...[
    '[1]',
    '[99999999999]',
    '.',
    ',',
    '=',
    '<>',
    '<',
    '<=',
    '>',
    '>=',
    '+',
    '-',
    '0',
    '7',
    '"',
    'ü',
    '\u{1f600}',
    ' ',
    '\n',
  ],
];

/** A few for each grammar, with all it has; the others are made by chance. */
const whole: Record<Kind, readonly string[]> = {
  condition: [
    'p = :a AND (NOT m.c <> :b OR size(#c) BETWEEN :b AND :b) AND l[0] IN (:a, b, :l)',
    'attribute_exists(a) OR attribute_not_exists(#b.c[1]) AND attribute_type(c, :t) AND begins_with(p, :a) AND contains(:l, s)',
    'contains(l, :b) AND NOT (b >= :b) OR size(m) > :b',
  ],
  update: [
    'SET a = :a, m.c = if_not_exists(m.c, :b) + :b, #c = list_append(:l, l) REMOVE l[1], l[2].a ADD #d :b DELETE b.a :s',
    'SET l[1] = (n - :b), l[9] = b REMOVE m.c',
    'ADD n :b SET s = :s',
  ],
  projection: ['m.b[0].c, #a, l[1], c', 'p, s, n'],
  keyCondition: ['p = :a AND s BETWEEN :b AND :b', 'p = :a AND begins_with(s, :a)', '(p = :a) AND (:b <= s)'],
};

const fitting: Record<string, string> = {
  ':a': '{"S":"x"}',
  ':b': '{"N":"1"}',
  ':l': '{"L":[{"S":"x"}]}',
  ':s': '{"SS":["x","y"]}',
  ':t': '{"S":"L"}',
};
const otherValues = [
  '{"S":"a"}',
  '{"N":"-7.25"}',
  '{"B":"AAE="}',
  '{"NS":["1","2"]}',
  '{"M":{"a":{"N":"1"}}}',
  '{"BOOL":true}',
  '{"NULL":true}',
  '{"S":""}',
  '{"N":"1e400"}',
];
const otherNames = ['p', 's', 'n', 'l', 'm', 'a.b', '__proto__', 'constructor', 'name'];

const seedsMax = 1_500;

/** Makes inputs for one grammar: examples, cut up and joined, with placeholders that have names and values, mostly. */
export function expressionInputs(kind: Kind): (chance: Chance) => ExpressionInput {
  const seeds = seedsOf(kind);
  const source = {seeds: seeds.map(({pieces}) => pieces), words, charactersMax: 4_090};
  return chance => {
    const seed = chance.pick(seeds);
    const text = chance.maybe(0.25) ? seed.pieces.join('') : spliced(chance, seed.pieces, source);
    const names: Record<string, string> = {};
    const values: Record<string, string> = {};
    for (const placeholder of text.match(/[#:][A-Za-z0-9_]+/g) ?? []) {
      if (placeholder[0] === '#') names[placeholder] ??= seed.names[placeholder] ?? chance.pick(otherNames);
      else values[placeholder] ??= seed.values[placeholder] ?? fitting[placeholder] ?? chance.pick(otherValues);
    }
    if (chance.maybe(0.01)) names['#unused'] = 'a';
    if (chance.maybe(0.01)) values[':unused'] = '{"S":"a"}';
    if (chance.maybe(0.01)) delete values[':a'];
    if (chance.maybe(0.01)) delete names['#n0'];
    return {text, names: orNone(names), values: orNone(values), item: chance.upTo(frozenItems.length)};
  };
}

function orNone<T>(map: Record<string, T>): Record<string, T> | undefined {
  for (const _ in map) return map;
  return undefined;
}

function seedsOf(kind: Kind): Seed[] {
  const chance = chanceFrom(11);
  const seeds: Seed[] = whole[kind].map(text => ({pieces: piecesOf(text), names: {}, values: fitting}));
  while (seeds.length < seedsMax) {
    const use = expressionsWith(chance);
    const text = kind === 'keyCondition' ? use.keyCondition(keysOf(chance)) : use[kind]();
    const {ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {}} = use.placeholders();
    const texts = Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]);
    if (text.length > 400 || texts.some(([, value]) => value!.length > 400)) continue;
    seeds.push({pieces: piecesOf(text), names, values: Object.fromEntries(texts)});
  }
  return seeds;
}

function keysOf(chance: Chance) {
  const table = chance.pick(fuzzTables);
  return chance.pick([table.key, ...table.indexes.map(index => index.key)]);
}
