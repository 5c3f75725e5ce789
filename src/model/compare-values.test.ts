import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import type {AttributeValue} from './attribute-value.ts';
import {compareValues, equalValues} from './compare-values.ts';

const text = fc.string({unit: fc.constantFrom('a', 'b', '\0', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}')});

test('strings and binaries are ordered by their bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [Buffer.from(a), Buffer.from(b)];
      const expected = Buffer.compare(x, y);
      assert.equal(Math.sign(compareValues({S: a}, {S: b})!), expected);
      assert.equal(compareValues({B: x.toString('base64')}, {B: y.toString('base64')}), expected);
    }),
    fuzzRuns,
  );
  // Not the order of UTF-16.
  assert.ok(compareValues({S: '\uffff'}, {S: '😀'})! < 0);
  assert.ok('\uffff' > '😀');
});

test('different types, and types without order, have none', () => {
  assert.equal(compareValues({S: '1'}, {N: '1'}), undefined);
  assert.equal(compareValues({BOOL: true}, {BOOL: true}), undefined);
  assert.ok(compareValues({N: '9'}, {N: '10'})! < 0);
});

test('equality is deep, and sets have no order', () => {
  const equal: [AttributeValue, AttributeValue][] = [
    [{SS: ['a', 'b']}, {SS: ['b', 'a']}],
    [{M: {a: {N: '1'}, b: {L: [{NULL: true}]}}}, {M: {b: {L: [{NULL: true}]}, a: {N: '1'}}}],
    [{BOOL: false}, {BOOL: false}],
  ];
  for (const [a, b] of equal) assert.ok(equalValues(a, b) && equalValues(b, a));
  const different: [AttributeValue, AttributeValue][] = [
    [{S: '1'}, {N: '1'}],
    [{S: 'a'}, {S: 'b'}],
    [{SS: ['a', 'b']}, {SS: ['a', 'c']}],
    [{SS: ['a']}, {SS: ['a', 'b']}],
    [{SS: ['1']}, {NS: ['1']}],
    [{L: [{S: 'a'}, {S: 'b'}]}, {L: [{S: 'b'}, {S: 'a'}]}],
    [{M: {a: {S: ''}}}, {M: {b: {S: ''}}}],
    [{M: {}}, {M: JSON.parse('{"__proto__":{"S":""}}')}],
    [{M: {toString: {S: ''}}}, {M: {a: {S: ''}}}],
    [{BOOL: false}, {BOOL: true}],
  ];
  for (const [a, b] of different) assert.ok(!equalValues(a, b) && !equalValues(b, a));
});
