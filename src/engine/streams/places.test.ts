import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {decodeChange, encodeChange} from '../../keyspace/change-record.ts';
import {positionOf, recordKey, shardRange, streamEndKey, streamKey, streamsOf} from '../../keyspace/stream-key.ts';
import type {TableId} from '../../keyspace/table-record.ts';
import {type Place, parseSequenceNumber, sequenceNumber} from './sequence-number.ts';
import {shardId, shardNumber} from './shard-id.ts';
import {decodeIterator, encodeIterator} from './shard-iterator.ts';

const table = fc.integer({min: 1, max: 0xffff_fffe}).map(id => id as TableId);
const plainObjects = {noNullPrototype: true};
const place = fc.record(
  {shard: fc.integer({min: 1, max: 99_999_999}), position: fc.maxSafeNat().map(n => n % 1e15)},
  plainObjects,
);
const timeMs = fc.integer({min: 0, max: 8.64e15 / 100});

const order = (a: Place, b: Place) => Math.sign(a.shard - b.shard || a.position - b.position);

test('sequence numbers and record keys are in the order of their places', () => {
  fc.assert(
    fc.property(table, place, place, (id, a, b) => {
      const [first, second] = [sequenceNumber(a), sequenceNumber(b)];
      assert.match(first, /^\d{21,40}$/);
      assert.deepEqual(parseSequenceNumber(first), a);
      assert.equal(Math.sign(Number(BigInt(first) - BigInt(second))), order(a, b));
      assert.equal(first < second ? -1 : first > second ? 1 : 0, order(a, b));
      const [firstKey, secondKey] = [recordKey(id, a.shard, a.position), recordKey(id, b.shard, b.position)];
      assert.equal(firstKey.compare(secondKey), order(a, b));
      assert.equal(positionOf(firstKey), a.position);
      const {start, end} = shardRange(id, a.shard);
      assert.ok(start.compare(firstKey) < 0 && firstKey.compare(end) < 0);
    }),
    fuzzRuns,
  );
});

test('shard ids are in the order of their ages, of AWS’s shape, and tell their numbers', () => {
  fc.assert(
    fc.property(place, timeMs, timeMs, ({shard}, openedMs, laterMs) => {
      const id = shardId({number: shard, openedMs});
      assert.ok(id.length >= 28 && id.length <= 65);
      assert.equal(shardNumber(id), shard);
      assert.ok(openedMs >= laterMs || id < shardId({number: 1, openedMs: laterMs}));
    }),
    fuzzRuns,
  );
});

test('an iterator is what it was; a text that is none, or that was changed, is not', () => {
  const iterator = fc.record(
    {
      streamArn: fc.stringMatching(/^arn:[a-z0-9:/.-]{1,80}$/),
      table,
      shard: fc.integer({min: 1, max: 99_999_999}),
      position: fc.oneof(
        fc.constant('horizon' as const),
        fc.maxSafeNat().map(n => n % 1e15),
      ),
      issuedMs: fc.maxSafeNat().map(n => n % 2 ** 48),
    },
    plainObjects,
  );
  fc.assert(
    fc.property(iterator, fc.nat(), fc.string(), (one, at, other) => {
      const text = encodeIterator(one);
      assert.deepEqual(decodeIterator(text), one);
      const cut = at % text.length;
      const changed = text.slice(0, cut) + other + text.slice(cut + other.length + 1);
      if (changed !== text) assert.equal(decodeIterator(changed), undefined);
      assert.equal(decodeIterator(other), undefined);
    }),
    fuzzRuns,
  );
});

test('a change is passed on as it was written', () => {
  const image = fc.option(fc.json().map(Buffer.from), {nil: undefined});
  const change = fc.record({
    kind: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'),
    byService: fc.boolean(),
    createdMs: fc.maxSafeNat().map(n => n % 2 ** 48),
    size: fc.maxSafeNat().map(n => n % 2 ** 32),
    keys: fc.json(),
    newImage: image,
    oldImage: image,
  });
  fc.assert(
    fc.property(change, one => {
      const {keysAndImages, ...head} = decodeChange(encodeChange(one));
      const {kind, byService, createdMs, size, keys, newImage, oldImage} = one;
      assert.deepEqual(head, {kind, byService, createdMs, size});
      const images = `${newImage ? `,"NewImage":${newImage}` : ''}${oldImage ? `,"OldImage":${oldImage}` : ''}`;
      assert.equal(keysAndImages.toString('utf8'), keys + images);
    }),
    fuzzRuns,
  );
});

test('the streams of a table lie together, the end of each behind it, apart from those of other tables', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9_.-]{3,6}$/);
  fc.assert(
    fc.property(name, name, timeMs, timeMs, (one, other, createdMs, laterMs) => {
      fc.pre(one !== other && createdMs < laterMs);
      const id = {region: 'eu-west-1', table: one, createdMs};
      const keys = [streamKey(id), streamEndKey(id), streamKey({...id, createdMs: laterMs})];
      assert.deepEqual(keys, keys.toSorted(Buffer.compare));
      const within = (range: {start: Buffer; end: Buffer}, key: Buffer) =>
        range.start.compare(key) <= 0 && key.compare(range.end) < 0;
      for (const key of keys) {
        assert.ok(within(streamsOf('eu-west-1', one), key));
        assert.ok(within(streamsOf('eu-west-1'), key));
        assert.ok(!within(streamsOf('eu-west-1', other), key));
        assert.ok(!within(streamsOf('eu-west-2'), key));
      }
    }),
    fuzzRuns,
  );
});
