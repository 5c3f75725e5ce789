import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import type {Item} from '../model/attribute-value.ts';
import type {WireItem} from '../model/parse-item.ts';
import {ServiceError} from '../model/service-error.ts';
import {bareLayer, envelopedLayer, olderLayer} from '../model/value-layer.ts';
import {bindExpressions, type ExpressionRequest} from './bind.ts';
import {resolveKeyCondition} from './resolve-key-condition.ts';

const members = [
  'conditionExpression',
  'filterExpression',
  'projectionExpression',
  'updateExpression',
  'keyConditionExpression',
] as const;

const words = [
  'SET',
  'REMOVE',
  'ADD',
  'DELETE',
  'AND',
  'OR',
  'NOT',
  'BETWEEN',
  'IN',
  'set',
  'and',
  'a',
  'b',
  'c',
  'pk',
  'name',
  'toString',
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
  'if_not_exists',
  'list_append',
  'nothing',
  '#a',
  '#b',
  '#c',
  '#',
  ':a',
  ':b',
  ':l',
  ':s',
  ':t',
  ':',
  '(',
  ')',
  '((',
  '))',
  '[',
  ']',
  '[0]',
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
  "'",
  '_x',
  'ü',
  '😀',
  '\ud800',
  '\0',
  '\n',
];

const examples = [
  'SET a = :a, b.c = if_not_exists(b.c, :a) + :b, #c = list_append(:l, c[0]) REMOVE c[1], c[2].a ADD #a :b DELETE b.a :s',
  'SET a[1] = (a[0] - :b), a[9] = b REMOVE b.c',
  'a = :a AND (NOT b.c <> :b OR size(#c) BETWEEN :b AND :b) AND c[0] IN (:a, b, :l)',
  'attribute_exists(a) OR attribute_not_exists(#b.c[1]) AND attribute_type(c, :t) AND begins_with(a, :a) AND contains(:l, a)',
  'pk = :a AND a BETWEEN :b AND :b',
  'a.b[0].c, #a, b[1], c',
];

const soup = fc
  .array(fc.constantFrom(...words), {maxLength: 40})
  .chain(parts => fc.constantFrom(' ', '').map(separator => parts.join(separator)));
/** An example of which a piece was replaced, repeated or dropped. */
const mutated = fc
  .record({
    text: fc.constantFrom(...examples),
    start: fc.nat(120),
    length: fc.nat(30),
    piece: fc.oneof(
      fc.constant(''),
      fc.constantFrom(...words),
      fc.string({maxLength: 5}),
      fc.constantFrom(...examples),
    ),
    times: fc.constantFrom(1, 1, 1, 2, 50),
  })
  .map(
    ({text, start, length, piece, times}) => text.slice(0, start) + piece.repeat(times) + text.slice(start + length),
  );
const expression = fc.oneof(soup, mutated, fc.constantFrom(...examples), fc.string({unit: 'binary'}));

const scalar = fc.oneof(
  fc.record({S: fc.string()}),
  fc.record({N: fc.integer().map(String)}),
  fc.record({B: fc.uint8Array().map(bytes => Buffer.from(bytes).toString('base64'))}),
  fc.record({BOOL: fc.boolean()}),
  fc.record({SS: fc.uniqueArray(fc.string(), {minLength: 1, maxLength: 4}).map(set => set.sort())}),
  fc.record({NS: fc.uniqueArray(fc.nat(9).map(String), {minLength: 1, maxLength: 4}).map(set => set.sort())}),
  fc.constant({NULL: true}),
);
const attributeNames = fc.constantFrom('a', 'b', 'c', 'pk', '__proto__', 'constructor', 'x');
const value = fc.letrec<{value: object}>(tie => ({
  value: fc.oneof(
    {maxDepth: 3},
    scalar,
    fc.record({L: fc.array(tie('value'), {maxLength: 4})}),
    fc.record({M: fc.dictionary(attributeNames, tie('value'), {maxKeys: 4, noNullPrototype: true})}),
  ),
})).value as fc.Arbitrary<Item[string]>;
const item = fc.dictionary(attributeNames, value, {noNullPrototype: true});

const names = fc.dictionary(fc.constantFrom('#a', '#b', '#c', '#x', 'a'), attributeNames, {noNullPrototype: true});
const values = fc.dictionary(fc.constantFrom(':a', ':b', ':l', ':s', ':t', ':x'), value, {noNullPrototype: true});
const request = fc.record(
  {
    ...Object.fromEntries(members.map(member => [member, expression])),
    expressionAttributeNames: names,
    expressionAttributeValues: values,
  },
  {requiredKeys: []},
) as fc.Arbitrary<ExpressionRequest>;

/** All that can be done with a request; anything thrown but ValidationException fails. */
function runAll(request: ExpressionRequest, item: Item): 'accepted' | 'refused' {
  const before = JSON.stringify(item);
  try {
    const layer = [bareLayer, envelopedLayer, olderLayer][Object.keys(item).length % 3]!;
    const bound = bindExpressions(request, layer, ['ConditionExpression']);
    for (const condition of [bound.condition, bound.filter]) {
      if (condition !== undefined) assert.equal(typeof condition.matches(item), 'boolean');
      condition?.matches({});
    }
    for (const name in bound.projection?.project(item)) assert.ok(bound.projection!.topLevelAttributes.includes(name));
    if (bound.update !== undefined) {
      assert.ok(bound.update.charge() > 0);
      bound.update.updatedParts(bound.update.apply(item, true));
    }
    if (bound.keyCondition !== undefined) {
      resolveKeyCondition(bound.keyCondition, {partition: [{name: 'pk', type: 'S'}], sort: [{name: 'a', type: 'N'}]});
    }
    return 'accepted';
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ValidationException') return 'refused';
    throw error;
  } finally {
    assert.equal(JSON.stringify(item), before);
  }
}

test('any request is bound or refused, and evaluating it leaves the item as it was', () => {
  fc.assert(
    fc.property(request, item, (request, item) => {
      runAll(request, item);
    }),
    fuzzRuns,
  );
});

/** One expression with all placeholders that it could name, and only those. */
function completeRequest(member: (typeof members)[number], text: string, all: WireItem): ExpressionRequest {
  const found = new Set(text.match(/[#:][A-Za-z0-9_]+/g));
  const expressionAttributeNames = Object.fromEntries(
    [...found].filter(name => name[0] === '#').map(name => [name, 'a']),
  );
  const used = Object.entries(all).filter(([name]) => found.has(name));
  return {
    [member]: text,
    ...(Object.keys(expressionAttributeNames).length > 0 && {expressionAttributeNames}),
    ...(used.length > 0 && {expressionAttributeValues: structuredClone(Object.fromEntries(used))}),
  };
}

const fitting: WireItem = {
  ':a': {S: 'x'},
  ':b': {N: '1'},
  ':l': {L: [{S: 'x'}]},
  ':s': {SS: ['x', 'y']},
  ':t': {S: 'L'},
};

test('mutated expressions whose placeholders are all there come to be evaluated', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...members), expression, item, (member, text, item) => {
      if (runAll(completeRequest(member, text, fitting), item) === 'accepted') accepted++;
    }),
    fuzzRuns,
  );
  assert.ok(accepted > 0);
});

test('the deepest and widest expressions take bounded time and stack', () => {
  const repeat = (open: string, core: string, close: string) => {
    const times = Math.floor((4096 - core.length) / (open.length + close.length));
    return open.repeat(times) + core + close.repeat(times);
  };
  const shapes = [
    repeat('(', '', ''),
    repeat('(', 'a = b', ')'),
    repeat('a=b AND(', 'a = b', ')'),
    repeat('NOT ', 'a = b', ''),
    repeat('size(', 'a', ')'),
    repeat('SET a = (', 'b', ')'),
    `SET a = ${repeat('(', 'b', ')')}`.slice(0, 4096),
    `SET a = ${repeat('list_append(', 'b', ',c)').slice(0, 4080)}`,
    repeat('a.', 'b', ''),
    repeat('a', '', '[0]'),
    repeat('a,', 'b', ''),
    repeat('', 'a', '.a'),
    repeat('(', 'a', ').b = c'),
    repeat('#a,', '#b', ''),
    repeat(':a', '', ''),
    `REMOVE ${Array.from({length: 800}, (_, i) => `a.b${i.toString(36)}`).join()}`.slice(0, 4096),
    Array.from({length: 800}, (_, i) => `c${i.toString(36)}`)
      .join()
      .slice(0, 4096),
    repeat('\n', '', ''),
    repeat('ü', '', ''),
  ];
  for (const text of shapes) {
    for (const member of members) {
      const start = process.hrtime.bigint();
      runAll(completeRequest(member, text, fitting), {});
      const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
      assert.ok(milliseconds < 500, `${text.slice(0, 30)} … as ${member} took ${milliseconds} ms`);
    }
  }
});
