import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {compareValues} from '../model/compare-values.ts';
import {normaliseNumber, parseNumber} from '../model/number.ts';
import {
  encodeOrdered,
  encodeOrderedLast,
  type KeyValue,
  keyAfterPrefix,
  orderedBytesMax,
  orderedLastPrefixRange,
  orderedPrefixRange,
  writeOrdered,
  writeOrderedLast,
} from './ordered.ts';
import {readZeroRuns, writeZeroRuns, zeroRunsBytesMax} from './zero-runs.ts';

const manyRuns = {numRuns: fuzzRuns.numRuns * 5};

// Runs of zeros around the lengths where the code changes, between bytes at the edges.
const pieces = fc.oneof(
  fc.constantFrom(1, 2, 3, 125, 126, 127, 128, 129, 253, 254, 255, 256, 381).map(n => Buffer.alloc(n)),
  fc.constantFrom(0x01, 0x02, 0x7f, 0x80, 0x81, 0xfe, 0xff).map(byte => Buffer.of(byte)),
  fc.uint8Array({maxLength: 4}).map(bytes => Buffer.from(bytes)),
);
const binaries = fc.array(pieces, {maxLength: 5}).map(list => Buffer.concat(list));
/** Two values that are likely to share a long beginning. */
const binaryPairs = fc
  .tuple(binaries, binaries, binaries)
  .map(([common, a, b]) => [Buffer.concat([common, a]), Buffer.concat([common, b])] as const);

const binary = (bytes: Buffer): KeyValue => ({B: bytes.toString('base64')});

const texts = fc.string({unit: fc.constantFrom('\0', '\x01', 'a', 'é', '\ud7ff', '\uffff', '😀'), maxLength: 8});
const numbers = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.stringMatching(/^[0-9]{1,4}$/), fc.stringMatching(/^[0-9]{30,38}$/)),
    fc.oneof(fc.integer({min: -3, max: 3}), fc.integer({min: -130, max: 125})),
  )
  .map(([sign, digits, exponent]) => `${sign}${digits}e${exponent}`)
  .filter(text => typeof parseNumber(text) !== 'string')
  .map(normaliseNumber);

const sameType = fc.oneof(
  binaryPairs.map(([a, b]): [KeyValue, KeyValue] => [binary(a), binary(b)]),
  fc.tuple(texts, texts).map(([a, b]): [KeyValue, KeyValue] => [{S: a}, {S: b}]),
  fc.tuple(numbers, numbers).map(([a, b]): [KeyValue, KeyValue] => [{N: a}, {N: b}]),
);

test('bytes compare as values do', () => {
  fc.assert(
    fc.property(sameType, ([a, b]) => {
      const expected = Math.sign(compareValues(a, b)!);
      assert.equal(Buffer.compare(encodeOrdered(a), encodeOrdered(b)), expected);
      assert.equal(Buffer.compare(encodeOrderedLast(a), encodeOrderedLast(b)), expected);
      assert.ok(encodeOrdered(a).length <= orderedBytesMax(a));
    }),
    manyRuns,
  );
});

test('encodings one after another compare as tuples do', () => {
  fc.assert(
    fc.property(fc.array(sameType, {minLength: 1, maxLength: 4}), fc.boolean(), (columns, lastIsRaw) => {
      const key = (side: 0 | 1) =>
        Buffer.concat(
          columns.map((pair, i) =>
            lastIsRaw && i === columns.length - 1 ? encodeOrderedLast(pair[side]) : encodeOrdered(pair[side]),
          ),
        );
      const expected = columns.map(([a, b]) => Math.sign(compareValues(a, b)!)).find(order => order !== 0) ?? 0;
      assert.equal(Buffer.compare(key(0), key(1)), expected);
    }),
    manyRuns,
  );
});

test('values are written one behind another where there is room, and never cut', () => {
  fc.assert(
    fc.property(sameType, ([a, b]) => {
      const target = Buffer.alloc(orderedBytesMax(a) + orderedBytesMax(b));
      const middle = writeOrdered(target, 0, a);
      const end = writeOrdered(target, middle, b);
      assert.deepEqual(target.subarray(0, end), Buffer.concat([encodeOrdered(a), encodeOrdered(b)]));
      assert.deepEqual(target.subarray(middle, writeOrderedLast(target, middle, b)), encodeOrderedLast(b));
      assert.throws(() => writeOrdered(target, target.length - orderedBytesMax(b) + 1, b), {name: 'AssertionFailure'});
    }),
    fuzzRuns,
  );
});

test('zero runs are read back, and take at most half as much again', () => {
  fc.assert(
    fc.property(binaries, fc.uint8Array({maxLength: 3}), (bytes, behind) => {
      const target = Buffer.alloc(zeroRunsBytesMax(bytes.length) + 3);
      const end = writeZeroRuns(target, 0, bytes);
      assert.ok(end <= zeroRunsBytesMax(bytes.length));
      target.set(behind, end);
      assert.deepEqual(readZeroRuns(target, 0), {bytes, end});
    }),
    manyRuns,
  );
  // The longest sort key of alternating zeros.
  const worst = Buffer.from(Array.from({length: 1024}, (_, i) => i % 2));
  assert.equal(encodeOrdered(binary(worst)).length, 1024 + 512 + 2);
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 12}), bytes => {
      const read = readZeroRuns(bytes, 0);
      if (read) assert.ok(read.end <= bytes.length);
    }),
    fuzzRuns,
  );
});

test('a prefix range holds exactly what begins with the prefix', () => {
  const before = Buffer.from('04ff', 'hex');
  const within = (key: Buffer, {start, end}: {start: Buffer; end: Buffer}) =>
    Buffer.compare(start, key) <= 0 && Buffer.compare(key, end) < 0;
  fc.assert(
    fc.property(binaryPairs, binaries, fc.nat(), fc.uint8Array({maxLength: 3}), ([a, b], c, cut, behind) => {
      const prefix = a.subarray(0, cut % (a.length + 1)) as Buffer;
      const range = orderedPrefixRange(before, binary(prefix) as {B: string});
      const lastRange = orderedLastPrefixRange(before, binary(prefix) as {B: string});
      for (const value of [a, b, c, prefix, Buffer.concat([prefix, c])]) {
        const begins = value.subarray(0, prefix.length).equals(prefix);
        assert.equal(within(Buffer.concat([before, encodeOrdered(binary(value)), behind]), range), begins);
        assert.equal(within(Buffer.concat([before, encodeOrderedLast(binary(value))]), lastRange), begins);
      }
    }),
    manyRuns,
  );
});

test('the key after a prefix', () => {
  const after = (hex: string) => keyAfterPrefix(Buffer.from(hex, 'hex')).toString('hex');
  assert.equal(after('0401'), '0402');
  assert.equal(after('04ff'), '05');
  assert.equal(after('04fffe'), '04ffff');
  assert.throws(() => after('ffff'));
});

// Stored bytes: these must never change.
test('vectors', () => {
  const hex = (value: KeyValue) => encodeOrdered(value).toString('hex');
  const vectors: [KeyValue, string][] = [
    [{S: ''}, '0000'],
    [{S: 'abc'}, '6162630000'],
    [{S: 'a\0b'}, '6100fe620000'],
    [{S: 'a\0'}, '610001'],
    [{S: '😀'}, 'f09f98800000'],
    [{B: 'AAAA'}, '0003'],
    [{B: 'AAD/'}, '00fdff0000'],
    [binary(Buffer.alloc(126)), '007e'],
    [binary(Buffer.alloc(127)), '00800000'],
    [binary(Buffer.alloc(128)), '00800001'],
    [{N: '0'}, '02'],
    [{N: '1'}, '0300820b00'],
    [{N: '12.345'}, '0300830d233300'],
    [{N: '-1'}, '01ff7df4ff'],
    [{N: normaliseNumber('1e-130')}, '0300000b00'],
    [{N: normaliseNumber('9.9e125')}, '0300ff6400'],
  ];
  for (const [value, expected] of vectors) assert.equal(hex(value), expected, JSON.stringify(value));
  assert.equal(encodeOrderedLast({S: 'a\0é'}).toString('hex'), '6100c3a9');
  assert.equal(encodeOrderedLast({B: 'AP8='}).toString('hex'), '00ff');
  assert.equal(encodeOrderedLast({N: '0'}).toString('hex'), '02');
});
