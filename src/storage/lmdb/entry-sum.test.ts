import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {crc32InScript, entrySum} from './entry-sum.ts';

test('the sum of an entry is the same on every machine, for ever: it lies on disk', () => {
  // The check value of CRC-32, as its definitions give it.
  assert.equal(crc32InScript(Buffer.from('123456789'), 0), 0xcbf43926);
  assert.equal(entrySum(2, Buffer.from('a key of 17 bytes'), Buffer.from('a value')), 343195933);
  for (const empty of [Buffer.alloc(0), Buffer.from(new ArrayBuffer(0)), Buffer.from('a').subarray(1)]) {
    assert.equal(entrySum(3, Buffer.alloc(0), empty), 3);
  }
});

test("Node's CRC-32 and ours are one", async () => {
  const {crc32} = (await import('node:zlib')) as {crc32?: typeof crc32InScript};
  if (!crc32) return;
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 300}), fc.nat({max: 0xffffffff}), (bytes, before) => {
      assert.equal(crc32InScript(bytes, before), crc32(bytes, before));
    }),
  );
});

test('an entry of which one bit is another has another sum', () => {
  const bytes = fc.uint8Array({minLength: 1, maxLength: 40}).map(found => Buffer.from(found));
  fc.assert(
    fc.property(bytes, bytes, fc.nat(), (key, value, place) => {
      const sum = entrySum(2, key, value);
      assert.notEqual(entrySum(3, key, value), sum);
      const bit = place % ((key.length + value.length) * 8);
      const [flipped, at] = bit < key.length * 8 ? [key, bit] : [value, bit - key.length * 8];
      flipped[at >> 3]! ^= 1 << (at & 7);
      assert.notEqual(entrySum(2, key, value), sum);
    }),
  );
});
