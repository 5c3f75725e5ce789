import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  bigintArray,
  binaryArray,
  booleanArray,
  byteaOf,
  halvesArray,
  integerArray,
  keyArrays,
  xidArray,
} from './binary-array.ts';

/** Type, whether there are nulls, and the elements of an array in binary form. */
function read(array: Buffer) {
  const [dimensions, hasNulls, type] = [array.readInt32BE(0), array.readInt32BE(4), array.readUInt32BE(8)];
  const elements: (string | null)[] = [];
  let at = 20;
  for (let left = dimensions === 0 ? 0 : array.readInt32BE(12); left > 0; left--) {
    const length = array.readInt32BE(at);
    at += 4;
    elements.push(length === -1 ? null : array.toString('hex', at, at + Math.max(0, length)));
    at += Math.max(0, length);
  }
  assert.equal(at, dimensions === 0 ? 20 : array.length);
  if (dimensions > 0) assert.equal(array.readInt32BE(16), 1);
  return {type, hasNulls, elements};
}

test('arrays of bytes', () => {
  assert.deepEqual(read(binaryArray('bytea', [Buffer.from('0102', 'hex'), Buffer.alloc(0)])), {
    type: 17,
    hasNulls: 0,
    elements: ['0102', ''],
  });
  assert.deepEqual(read(binaryArray('bytea', [])), {type: 17, hasNulls: 0, elements: []});
});

test('keys come apart where their partition ends, if they reach so far', () => {
  const keys = [Buffer.from('03aabbcc', 'hex'), Buffer.from('03', 'hex'), Buffer.alloc(0)];
  const [partitions, sorts] = keyArrays(keys, first => first);
  assert.deepEqual(read(partitions).elements, ['03aabb', '03', '']);
  assert.deepEqual(read(sorts).elements, ['cc', '', '']);
  assert.deepEqual(
    keyArrays([], first => first).map(array => read(array).elements),
    [[], []],
  );
});

test('arrays of numbers', () => {
  assert.deepEqual(read(integerArray([1, undefined, -2])), {
    type: 23,
    hasNulls: 1,
    elements: ['00000001', null, 'fffffffe'],
  });
  assert.deepEqual(read(xidArray([0xffff_fff0])), {type: 28, hasNulls: 0, elements: ['fffffff0']});
  const large = [0, 1, -1, 2 ** 32, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -5_000_000_000];
  const asBigint = (value: number) => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  assert.deepEqual(read(bigintArray(large)), {type: 20, hasNulls: 0, elements: large.map(asBigint)});
  assert.deepEqual(read(halvesArray([{high: -1, low: 0xffff_fffe}])).elements, ['fffffffffffffffe']);
  assert.deepEqual(read(booleanArray([true, false])), {type: 16, hasNulls: 0, elements: ['01', '00']});
  for (const empty of [integerArray([]), xidArray([]), bigintArray([]), halvesArray([]), booleanArray([])]) {
    assert.deepEqual(read(empty).elements, []);
  }
});

test('bytes as PostgreSQL writes them', () => {
  assert.deepEqual(byteaOf('\\x00ff10'), Buffer.from('00ff10', 'hex'));
  assert.deepEqual(byteaOf('\\x'), Buffer.alloc(0));
});
