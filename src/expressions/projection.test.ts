import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Item} from '../model/attribute-value.ts';
import {bareLayer} from '../model/value-layer.ts';
import {bindExpressions} from './bind.ts';

function bind(projectionExpression: string, expressionAttributeNames?: Record<string, string>) {
  return bindExpressions({projectionExpression, expressionAttributeNames}, bareLayer, []).projection!;
}

const item: Item = {
  p: {S: 'p'},
  a: {M: {b: {L: [{N: '2'}, {N: '4'}, {M: {x: {S: 'hi'}, y: {S: 'yo'}}}]}, c: {N: '5'}}},
  b: {S: 'hello'},
  'a.b': {S: 'dotted'},
};

test('parts of an item keep their place, what is missing is left out', () => {
  // scylladb: test_projection_expression.py, run against AWS.
  const rows: [string, Item][] = [
    ['a', {a: item.a!}],
    ['b, p', {b: item.b!, p: item.p!}],
    ['a.c', {a: {M: {c: {N: '5'}}}}],
    ['a.b[0]', {a: {M: {b: {L: [{N: '2'}]}}}}],
    ['a.b[2].y', {a: {M: {b: {L: [{M: {y: {S: 'yo'}}}]}}}}],
    ['a.b[1], a.b[0], a.c', {a: {M: {b: {L: [{N: '2'}, {N: '4'}]}, c: {N: '5'}}}}],
    ['a.x, a.b[0], x, a.b[3].x', {a: {M: {b: {L: [{N: '2'}]}}}}],
    ['x', {}],
    ['a.x.y', {}],
    ['a.b[3]', {}],
    ['a.b.x', {}],
    ['a[0]', {}],
    ['a.b[0][0]', {}],
    ['b.x', {}],
  ];
  for (const [text, expected] of rows) assert.deepEqual(bind(text).project(item), expected, text);
});

test('a placeholder is one element, whatever is in it', () => {
  assert.deepEqual(bind('#n', {'#n': 'a.b'}).project(item), {'a.b': item['a.b']});
  assert.deepEqual(bind('#n.#m', {'#n': 'a', '#m': 'c'}).project(item), {a: {M: {c: {N: '5'}}}});
  const odd = bind('#n.#m', {'#n': '__proto__', '#m': 'toString'});
  assert.deepEqual(odd.project(item), {});
  const stored = JSON.parse('{"__proto__": {"M": {"toString": {"N": "1"}, "x": {"N": "2"}}}}');
  assert.equal(JSON.stringify(odd.project(stored)), '{"__proto__":{"M":{"toString":{"N":"1"}}}}');
  assert.deepEqual(odd.paths, [['__proto__', 'toString']]);
  assert.deepEqual(bind('a.b, a.c, b').topLevelAttributes, ['a', 'b']);
});
