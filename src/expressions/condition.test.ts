import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue, Item} from '../model/attribute-value.ts';
import {bareLayer} from '../model/value-layer.ts';
import {bindExpressions} from './bind.ts';

function matches(filterExpression: string, item: Item, values?: Item): boolean {
  const request = {filterExpression, expressionAttributeValues: structuredClone(values)};
  return bindExpressions(request, bareLayer, ['FilterExpression']).filter!.matches(item);
}

const item: Item = {
  n: {N: '10'},
  s: {S: 'banana'},
  b: {B: 'AwQF'},
  t: {BOOL: true},
  z: {NULL: true},
  ss: {SS: ['a', 'b']},
  ns: {NS: ['1', '2']},
  bs: {BS: ['AQ==', 'Ag==']},
  l: {L: [{S: 'x'}, {M: {y: {N: '5'}}}, {SS: ['p', 'q']}]},
  m: {M: {low: {S: 'deep'}, els: {L: [{N: '1'}]}}},
};

test('comparisons', () => {
  const rows: [string, AttributeValue, boolean][] = [
    ['n = :v', {N: '10.0'}, true],
    ['n = :v', {S: '10'}, false],
    ['n <> :v', {S: '10'}, true],
    ['n > :v', {N: '9'}, true],
    ['n < :v', {N: '9'}, false],
    [':v <= n', {N: '10'}, true],
    ['n < :v', {S: 'a'}, false],
    ['NOT n < :v', {S: 'a'}, true],
    ['s >= :v', {S: 'banana'}, true],
    ['b > :v', {B: 'fw=='}, false],
    ['b < :v', {B: 'gA=='}, true],
    ['ss = :v', {SS: ['b', 'a']}, true],
    ['ns <> :v', {NS: ['2', '1.0']}, false],
    ['bs = :v', {BS: ['Ag==', 'AQ==']}, true],
    ['t = :v', {BOOL: true}, true],
    ['z = :v', {NULL: true}, true],
    ['m = :v', {M: {els: {L: [{N: '1'}]}, low: {S: 'deep'}}}, true],
    ['absent = :v', {N: '1'}, false],
    ['absent <> :v', {N: '1'}, true],
    ['absent < :v', {N: '1'}, false],
    ['n BETWEEN :v AND n2', {N: '1'}, false],
    ['n BETWEEN :v AND l[1].y', {N: '1'}, false],
    ['l[1].y BETWEEN :v AND n', {N: '5'}, true],
    ['s BETWEEN :v AND s2', {S: 'a'}, false],
    ['n IN (s, :v)', {N: '10'}, true],
    ['n IN (s, :v)', {N: '11'}, false],
    ['m.low = :v', {S: 'deep'}, true],
    ['m.els[0] = :v', {N: '1'}, true],
    ['m.els[1] = :v', {N: '1'}, false],
    ['s.low = :v', {S: 'deep'}, false],
    ['m[0] = :v', {S: 'deep'}, false],
    ['l.low = :v', {S: 'deep'}, false],
    ['(((m).els)[0]) = :v', {N: '1'}, true],
    ['size(s) = :v', {N: '6'}, true],
    ['size(b) = :v', {N: '3'}, true],
    ['size(ss) = :v', {N: '2'}, true],
    ['(size(l)) > :v', {N: '2'}, true],
    ['size(m) = :v', {N: '2'}, true],
    ['size(n) = :v', {N: '2'}, false],
    ['size(t) <> :v', {N: '2'}, true],
    ['size(s) = :v', {S: '6'}, false],
    ['s > m.low OR n = :v', {N: '10'}, true],
    ['n = :v AND (s = s2 OR b <> s)', {N: '10'}, true],
    ['NOT (n = :v)', {N: '10'}, false],
    ['NOT NOT n = :v', {N: '10'}, true],
    ['n = s OR n = :v AND n = b', {N: '10'}, false],
  ];
  for (const [text, value, expected] of rows) assert.equal(matches(text, item, {':v': value}), expected, text);
  assert.equal(matches('q = z2', {}), false);
  assert.equal(matches('q <> z2', {}), true);
});

test('functions', () => {
  const rows: [string, AttributeValue | undefined, boolean][] = [
    ['attribute_exists(m.low)', undefined, true],
    ['attribute_exists(m.high)', undefined, false],
    ['attribute_not_exists(l[3])', undefined, true],
    ['attribute_not_exists(l[2])', undefined, false],
    ['attribute_type(m.els, :v)', {S: 'L'}, true],
    ['attribute_type(absent, :v)', {S: 'L'}, false],
    ['attribute_type(z, :v)', {S: 'NULL'}, true],
    ['attribute_type(:v, :v)', {S: 'S'}, true],
    ['begins_with(s, :v)', {S: 'ban'}, true],
    ['begins_with(s, :v)', {S: 'an'}, false],
    ['begins_with(s, :v)', {B: 'AwQ='}, false],
    ['begins_with(b, :v)', {B: 'AwQ='}, true],
    ['begins_with(b, :v)', {B: 'BAQ='}, false],
    ['begins_with(n, :v)', {S: '1'}, false],
    ['begins_with(:v, s)', {S: 'bananas'}, true],
    ['contains(s, :v)', {S: 'nan'}, true],
    ['contains(s, :v)', {N: '1'}, false],
    ['contains(b, :v)', {B: 'BAU='}, true],
    ['contains(ss, :v)', {S: 'b'}, true],
    ['contains(ss, :v)', {S: 'c'}, false],
    ['contains(ns, :v)', {N: '2.0'}, true],
    ['contains(bs, :v)', {B: 'Ag=='}, true],
    ['contains(l, :v)', {SS: ['q', 'p']}, true],
    ['contains(l, :v)', {M: {y: {N: '5'}}}, true],
    ['contains(l, :v)', {N: '5'}, false],
    ['contains(m, :v)', {S: 'low'}, false],
  ];
  for (const [text, value, expected] of rows) {
    assert.equal(matches(text, item, value && {':v': value}), expected, text);
  }
});

test('attribute names that objects inherit are ordinary', () => {
  const expression = 'attribute_exists(#a) OR attribute_exists(#b) OR attribute_exists(m.#a) OR attribute_exists(m.#b)';
  const request = {
    conditionExpression: expression,
    expressionAttributeNames: {'#a': 'constructor', '#b': '__proto__'},
  };
  const {condition} = bindExpressions(request, bareLayer, []);
  assert.equal(condition!.matches(item), false);
  assert.equal(condition!.matches(JSON.parse('{"__proto__": {"N": "1"}}')), true);
  assert.deepEqual([...condition!.topLevelAttributes], ['constructor', '__proto__', 'm']);
  assert.deepEqual([...condition!.nestedAttributes], ['m']);
});

test('one text serves requests with different names and values', () => {
  const ask = (name: string, value: string) =>
    bindExpressions(
      {
        filterExpression: '#n = :v',
        expressionAttributeNames: {'#n': name},
        expressionAttributeValues: {':v': {S: value}},
      },
      bareLayer,
      [],
    ).filter!;
  const first = ask('s', 'banana');
  const second = ask('other', 'banana');
  const third = ask('s', 'apple');
  assert.deepEqual(
    [first, second, third, ask('s', 'banana')].map(filter => filter.matches(item)),
    [true, false, false, true],
  );
});
