import assert from 'node:assert/strict';
import {test} from 'node:test';
import {halfSipHash} from './half-sip-hash.ts';

// Published vectors of HalfSipHash-1-3 (the Linux kernel's, for 32-bit machines): the input of each is 0, 1, 2 … n - 1.
const vectors = [
  0x5814c896, 0xe7e864ca, 0xbc4b0e30, 0x01539939, 0x7e059ea6, 0x88e3d89b, 0xa0080b65, 0x9d38d9d6, 0x577999b1,
];

test('half sip hash: published vectors', () => {
  for (const [length, expected] of vectors.entries()) {
    const bytes = Uint8Array.from({length}, (_, i) => i);
    assert.equal(halfSipHash([0x03020100, 0x07060504], bytes), expected, `${length} bytes`);
  }
});

test('half sip hash: another secret, another hash', () => {
  const bytes = Buffer.from('customer#1');
  assert.notEqual(halfSipHash([1, 2], bytes), halfSipHash([1, 3], bytes));
  assert.notEqual(halfSipHash([1, 2], bytes), halfSipHash([2, 2], bytes));
});
