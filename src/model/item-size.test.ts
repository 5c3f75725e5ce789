import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {attributeValueSize, base64Size, itemSize, numberSize} from './item-size.ts';
import {normaliseNumber} from './number.ts';
import {updateCharge, updatePathOperandCharge, updateTargetCharge} from './update-charge.ts';

test('a number costs what AWS was measured to charge', () => {
  const measured: [string, number][] = [
    ['0', 1],
    ['1', 2],
    ['12', 2],
    ['123', 3],
    ['1234', 3],
    ['12345678901234567890123456789012345678', 20],
    ['0042', 2],
    ['100', 2],
    ['1010', 3],
    ['0.0000001', 2],
    ['1E125', 2],
    ['1E-100', 2],
    ['1.5', 3],
    ['15', 2],
    ['1.2', 3],
    ['1.200', 3],
    ['1.234', 4],
    ['3.14159', 5],
    ['123456', 4],
    ['100.5', 4],
    ['0.15', 2],
    ['-42', 3],
    ['-0', 1],
  ];
  assert.deepEqual(
    measured.map(([text]) => [text, numberSize(normaliseNumber(text))]),
    measured,
  );
});

test('names and values are counted in UTF-8, documents with their overhead', () => {
  assert.equal(itemSize({}), 0);
  assert.equal(itemSize({pk: {S: 'K'}}), 3);
  assert.equal(itemSize({ä: {S: '€'}, '😀': {S: 'x'.repeat(100)}}), 2 + 3 + 4 + 100);
  assert.equal(attributeValueSize({S: '😀'.repeat(50)}), 200);
  assert.equal(attributeValueSize({B: 'AAAA'}), 3);
  assert.equal(attributeValueSize({B: ''}), 0);
  assert.equal(attributeValueSize({BOOL: false}), 1);
  assert.equal(attributeValueSize({NULL: true}), 1);
  assert.equal(attributeValueSize({SS: ['', 'abc']}), 3);
  assert.equal(attributeValueSize({NS: ['1', '-42']}), 5);
  assert.equal(attributeValueSize({BS: ['AA==', 'AAA=']}), 3);
  assert.equal(attributeValueSize({L: []}), 3);
  assert.equal(attributeValueSize({L: [{S: 'y'.repeat(10)}]}), 14);
  assert.equal(attributeValueSize({M: {a: {S: 'y'.repeat(100)}}}), 105);
  assert.equal(attributeValueSize({M: {a: {L: [{M: {}}]}}}), 3 + 1 + 1 + (3 + 1 + 3));
});

test('base64 and UTF-8 sizes agree with what the bytes are', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 64}), fc.string({unit: 'binary', maxLength: 80}), (bytes, text) => {
      assert.equal(base64Size(Buffer.from(bytes).toString('base64')), bytes.length);
      assert.equal(attributeValueSize({S: text}), Buffer.from(text).length);
    }),
    fuzzRuns,
  );
});

// Measured by bisection in eu-west-2: each figure is what a clause adds to `SET b = :pad`.
test('what the clauses of an update are charged', () => {
  const {set, remove, plus, minus, ifNotExists, listAppend} = updateCharge;
  const one = attributeValueSize({N: '1'});
  // SET b = :pad REMOVE r
  assert.equal(remove + updateTargetCharge(['r']), 2);
  // SET d[0] = :pad costs one byte more than SET d = :whole with the same list of one.
  assert.equal(
    updateTargetCharge(['d', 0]) + 7 - (updateTargetCharge(['d']) + attributeValueSize({L: [{S: '1234567'}]})),
    1,
  );
  // SET c = m.z
  assert.equal(set + updateTargetCharge(['c']) + updatePathOperandCharge(['m', 'z']), 20 + 31);
  // SET c = l[10]
  assert.equal(updatePathOperandCharge(['l', 10]), 1 + 15 + 16);
  // SET n = n + :one, SET n = n - :one
  assert.equal(set + updateTargetCharge(['n']) + plus + updatePathOperandCharge(['n']) + one, 72);
  assert.equal(set + updateTargetCharge(['n']) + minus + updatePathOperandCharge(['n']) + one, 75);
  // SET c = if_not_exists(c, :v) with ten bytes
  assert.equal(set + updateTargetCharge(['c']) + ifNotExists + updatePathOperandCharge(['c']) + 10, 85);
  // SET l = list_append(l, :new) with a list of one value of ten bytes
  const appended = attributeValueSize({L: [{S: '0123456789'}]});
  assert.equal(set + updateTargetCharge(['l']) + listAppend + updatePathOperandCharge(['l']) + appended, 87);
  // ADD abcdefghij :one; REMOVE m.yyyyyyyyyy; REMOVE abcdefghij[1]; DELETE ss :rm
  assert.equal(set + updateTargetCharge(['abcdefghij']) + one, 31);
  assert.equal(remove + updateTargetCharge(['m', 'yyyyyyyyyy']), 16);
  assert.equal(remove + updateTargetCharge(['abcdefghij', 1]), 16);
  assert.equal(remove + updateTargetCharge(['ss']), 3);
});
