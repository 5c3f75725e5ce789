import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import type {AttributeValue, Item} from '../model/attribute-value.ts';
import {
  decodeStoredItem,
  encodeStoredItem,
  markIndexed,
  storedItemIndexed,
  storedItemJson,
  storedItemSize,
} from './stored-item.ts';

// Stored bytes: these must never change.
test('vectors', () => {
  const encode = (item: Item, size: number) => encodeStoredItem(item, size).toString('hex');
  assert.equal(encode({}, 0), '010000000000007b7d');
  assert.equal(encode({a: {S: 'b'}}, 2), `01000000020000${Buffer.from('{"a":{"S":"b"}}').toString('hex')}`);
  assert.equal(encode({a: {S: 'é'}}, 409_600), `01000640000000${Buffer.from('{"a":{"S":"é"}}').toString('hex')}`);
});

test('what is stored comes back, and its JSON without being read', () => {
  const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', '0', '10', 'a'), fc.string({unit: 'grapheme'}));
  const value = fc.oneof<fc.Arbitrary<AttributeValue>[]>(
    fc.string({unit: 'grapheme'}).map(S => ({S})),
    fc.constantFrom<AttributeValue>({N: '1.5'}, {B: 'AA=='}, {BOOL: false}, {NULL: true}, {L: [{M: {}}]}),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.nat(409_600), (entries, size) => {
      const item: Item = Object.fromEntries(entries);
      const bytes = encodeStoredItem(item, size);
      assert.equal(storedItemSize(bytes), size);
      assert.equal(storedItemIndexed(bytes), 0);
      markIndexed(bytes, 65_535);
      assert.equal(storedItemIndexed(bytes), 65_535);
      assert.equal(storedItemSize(bytes), size);
      assert.equal(storedItemJson(bytes).toString(), JSON.stringify(item));
      assert.equal(JSON.stringify(decodeStoredItem(bytes)), JSON.stringify(item));
    }),
    fuzzRuns,
  );
});

test('an unknown format is not read', () => {
  const bytes = encodeStoredItem({}, 0);
  bytes[0] = 2;
  assert.throws(() => decodeStoredItem(bytes), {name: 'AssertionFailure'});
  assert.throws(() => storedItemJson(bytes), {name: 'AssertionFailure'});
});
