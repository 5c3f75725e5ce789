import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Item, KeyAttributeType} from '../model/attribute-value.ts';
import {ServiceError} from '../model/service-error.ts';
import {bareLayer} from '../model/value-layer.ts';
import {bindExpressions} from './bind.ts';
import {type KeySelection, resolveKeyCondition} from './resolve-key-condition.ts';

const of = (name: string, type: KeyAttributeType = 'S') => ({name, type});
const hash = {partition: [of('a')], sort: []};
const range = {partition: [of('a')], sort: [of('b', 'N')]};
const multi = {partition: [of('h'), of('i')], sort: [of('a'), of('b'), of('c'), of('d')]};
const values: Item = {':s': {S: 's'}, ':t': {S: 't'}, ':n': {N: '1'}, ':o': {N: '2'}, ':x': {BOOL: true}};

type Schema = Parameters<typeof resolveKeyCondition>[1];

function resolve(keyConditionExpression: string, schema: Schema): KeySelection | string {
  const used = Object.entries(values).filter(([name]) => keyConditionExpression.includes(name));
  const request = {
    keyConditionExpression,
    expressionAttributeValues: used.length > 0 ? structuredClone(Object.fromEntries(used)) : undefined,
  };
  try {
    return resolveKeyCondition(bindExpressions(request, bareLayer, []).keyCondition!, schema);
  } catch (error) {
    assert.ok(error instanceof ServiceError && error.code === 'ValidationException', String(error));
    return error.message;
  }
}

test('key conditions select by equalities and one range', () => {
  const [s, t, n, o] = [values[':s']!, values[':t']!, values[':n']!, values[':o']!];
  const rows: [string, Schema, KeySelection][] = [
    ['a = :s', hash, {partition: [s], sortEquals: [], sortRange: undefined}],
    ['a = :s', range, {partition: [s], sortEquals: [], sortRange: undefined}],
    [':n = b AND :s = a', range, {partition: [s], sortEquals: [n], sortRange: undefined}],
    ['((b = :n) AND (a = :s))', range, {partition: [s], sortEquals: [n], sortRange: undefined}],
    ['a = :s and :n < b', range, {partition: [s], sortEquals: [], sortRange: {operator: '>', values: [n]}}],
    [
      'a = :s AnD b BeTwEeN :n aNd :o',
      range,
      {partition: [s], sortEquals: [], sortRange: {operator: 'BETWEEN', values: [n, o]}},
    ],
    ['b = :t AND h = :s AND a = :t AND i = :s', multi, {partition: [s, s], sortEquals: [t, t], sortRange: undefined}],
    [
      'h = :s AND i = :s AND a = :t AND begins_with(b, :s)',
      multi,
      {partition: [s, s], sortEquals: [t], sortRange: {operator: 'begins_with', values: [s]}},
    ],
  ];
  for (const [text, schema, expected] of rows) assert.deepEqual(resolve(text, schema), expected, text);
});

test('what is no key condition, or none of this schema, is refused', () => {
  const operator = 'Invalid operator used in KeyConditionExpression: ';
  const condition = 'Invalid condition in KeyConditionExpression: ';
  const nested = 'KeyConditionExpressions cannot contain nested operations';
  const type =
    'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: ';
  const schemaType = 'One or more parameter values were invalid: Condition parameter type does not match schema type';
  const once = 'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key';
  const gap = (missing: string, present: string) =>
    `RANGE key attributes ${missing} must have equality conditions specified in the query because a condition is present on key attribute ${present}`;
  const equalities = (missing: string) =>
    `HASH key attributes ${missing} must have equality conditions specified in the query`;
  const rows: [string, Schema, string][] = [
    ['a > b and size(b) > c or a > c', range, `${operator}OR`],
    ['a in (b, size(c), d)', range, `${operator}IN`],
    ['attribute_exists(a)', range, `${operator}attribute_exists`],
    ['contains(a.d, b)', range, `${operator}contains`],
    ['not a > b', range, `${operator}NOT`],
    ['a <> b', range, `${operator}<>`],
    [
      ':s between size(b) and size(a) and b > :t',
      range,
      `${condition}BETWEEN operator must have the key attribute as its first operand`,
    ],
    [
      'begins_with(:s, b) and a > :t',
      range,
      `${condition}begins_with operator must have the key attribute as its first operand`,
    ],
    ['size(b) > a AND a.b > b AND b > c', range, nested],
    ['a > size(b.d)', range, nested],
    ['a between size(b) and size(a)', range, nested],
    ['b > a.b', range, `${condition}Multiple attribute names used in one condition`],
    ['a between b and size(a)', range, `${condition}Multiple attribute names used in one condition`],
    [
      'b.d > a AND c.d > e.f',
      range,
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    ],
    [':n > :o AND a < :o', range, `${condition}No key attribute specified`],
    ['b > :n AND b < :n and c = :n and d = :n', range, once],
    ['a = :s AND b > :n AND b < :o', range, once],
    [
      'a = :s AND b > :n AND extra = :o',
      range,
      'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)',
    ],
    ['a = :s AND begins_with(b, :n)', range, `${type}begins_with, operand type: N`],
    ['a = :s AND begins_with(b, :t)', range, schemaType],
    ['a = :s AND b < :x', range, `${type}<, operand type: BOOL`],
    ['a = :s AND :x >= b', range, `${type}>=, operand type: BOOL`],
    ['a = :s AND b = :x', range, schemaType],
    [':n > a', hash, schemaType],
    ['a > :s', hash, 'Query key condition not supported'],
    ['begins_with(a, :s)', hash, 'Query key condition not supported'],
    ['b = :n', range, 'Query condition missed key schema element: a'],
    ['z between :n and :o', range, 'Query condition missed key schema element: a'],
    ['a = :s and c = :n', range, 'Query condition missed key schema element: b'],
    ['h = :s AND a = :s', multi, equalities('i')],
    ['h = :s AND i > :s', multi, equalities('i')],
    ['h = :s AND begins_with(i, :s)', multi, equalities('i')],
    ['a = :s', multi, equalities('h, i')],
    ['h = :s AND i = :s AND a = :t AND c = :s', multi, gap('b', 'c')],
    ['h = :s AND i = :s AND a = :t AND b > :s AND c = :s', multi, gap('b', 'c')],
    ['h = :s AND i = :s AND c = :s', multi, gap('a, b', 'c')],
  ];
  for (const [text, schema, message] of rows) assert.equal(resolve(text, schema), message, text);
});
