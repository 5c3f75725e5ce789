import assert from 'node:assert/strict';
import {decodeExpiryKey, expiryKey, expirySecondsEnd} from '../../../src/keyspace/expiry-key.ts';
import {entryKey, itemKey, partitionHash} from '../../../src/keyspace/item-key.ts';
import {
  encodeOrdered,
  encodeOrderedLast,
  type KeyValue,
  orderedBytesMax,
  orderedLastPrefixRange,
  orderedPrefixRange,
} from '../../../src/keyspace/ordered.ts';
import type {IndexId, TableId} from '../../../src/keyspace/table-record.ts';
import {compareValues} from '../../../src/model/compare-values.ts';
import {parseAttributeValue, type WireValue} from '../../../src/model/parse-item.ts';
import {bareLayer} from '../../../src/model/value-layer.ts';
import {keyBytesMax} from '../../../src/storage/store.ts';
import type {Chance} from '../chance.ts';
import {numberTexts} from '../random-values.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface KeyInput {
  type: 'S' | 'N' | 'B';
  /** Bytes of a binary are latin1. */
  a: string;
  b: string;
  behind: number;
}

const characters = [
  'a',
  'b',
  '\0',
  '\0',
  '\0',
  '\x01',
  '\x7f',
  '\u0080',
  'ÿ',
  '\u07ff',
  '\u0800',
  '\uffff',
  '\ud800',
  '\u{10000}',
  '\u{10ffff}',
];
const bytes = ['\0', '\0', '\0', '\x01', '\x02', '\x7e', '\x7f', '\x80', '\x81', '\xfe', '\xff'];
const runs = [1, 1, 1, 1, 2, 125, 126, 127, 128, 253, 254, 255];

function textOf(chance: Chance, type: string): string {
  if (type === 'N') return chance.pick(numberTexts);
  const alphabet = type === 'S' ? characters : bytes;
  return chance
    .many(0, 6, () => chance.pick(alphabet).repeat(chance.pick(runs)))
    .join('')
    .slice(0, 660);
}

function near(chance: Chance, text: string, type: string): string {
  const at = chance.upTo(text.length + 1);
  return text.slice(0, at) + textOf(chance, type).slice(0, chance.upTo(4)) + text.slice(at + chance.upTo(3));
}

const keyValueOf = (type: string, text: string) =>
  parseAttributeValue(
    {[type]: type === 'B' ? Buffer.from(text, 'latin1').toString('base64') : text} as WireValue,
    bareLayer,
  ) as KeyValue;

const inRange = (key: Buffer, {start, end}: {start: Buffer; end: Buffer}) =>
  Buffer.compare(start, key) <= 0 && Buffer.compare(key, end) < 0;

/** Two values of a key: their bytes have their order, whatever stands behind them, and prefixes are ranges. */
export const key: ParserFuzz<KeyInput> = {
  name: 'key',
  generate(chance) {
    const type = chance.pick(['S', 'S', 'B', 'B', 'N'] as const);
    const a = textOf(chance, type);
    const b = chance.maybe(0.6) && type !== 'N' ? near(chance, a, type) : textOf(chance, type);
    return {type, a, b, behind: chance.upTo(256)};
  },
  check({type, a, b, behind}) {
    try {
      checkPair(keyValueOf(type, a), keyValueOf(type, b), behind);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};

function checkPair(a: KeyValue, b: KeyValue, behind: number): void {
  const order = Math.sign(compareValues(a, b)!);
  const [keyA, keyB] = [encodeOrdered(a), encodeOrdered(b)];
  assert(keyA.length <= orderedBytesMax(a));
  assert.equal(Buffer.compare(encodeOrderedLast(a), encodeOrderedLast(b)), order);
  assert.equal(Buffer.compare(keyA, keyB), order);
  const [longA, longB] = [Buffer.concat([keyA, Buffer.of(behind)]), Buffer.concat([keyB, Buffer.of(255 - behind)])];
  if (order !== 0) assert.equal(Buffer.compare(longA, longB), order);

  const before = Buffer.of(1, behind);
  if (!('N' in a) && !('N' in b)) {
    const [rawA, rawB] = [encodeOrderedLast(a), encodeOrderedLast(b)];
    const begins = rawB.subarray(0, rawA.length).equals(rawA);
    assert.equal(inRange(Buffer.concat([before, longB]), orderedPrefixRange(before, a)), begins);
    assert.equal(inRange(Buffer.concat([before, rawB]), orderedLastPrefixRange(before, a)), begins);
  }

  const hash = partitionHash([a, b]);
  const base = itemKey(7 as TableId, hash, a);
  assert.equal(partitionHash([a]).equals(partitionHash([b])), order === 0);
  if (keyA.length + keyB.length > 1_500) return;
  assert(entryKey(7 as TableId, {id: 3 as IndexId, kind: 'global'}, hash, [a, b], base).length <= keyBytesMax);
  const seconds = Math.floor((behind / 256) * expirySecondsEnd);
  const expiry = decodeExpiryKey(expiryKey(7 as TableId, 3 as IndexId, seconds, base));
  assert.equal(expiry.seconds, seconds);
  assert(expiry.itemKey.equals(base) && expiry.hash.equals(hash));
}
