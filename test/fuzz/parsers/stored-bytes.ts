import {AssertionFailure} from '../../../src/base/assert.ts';
import {decodeChange, encodeChange, encodeShardEnd} from '../../../src/keyspace/change-record.ts';
import {decodeTokenRecord, encodeTokenRecord} from '../../../src/keyspace/request-token.ts';
import {
  decodeStoredItem,
  encodeStoredItem,
  storedItemIndexed,
  storedItemJson,
  storedItemSize,
} from '../../../src/keyspace/stored-item.ts';
import {itemSize} from '../../../src/model/item-size.ts';
import type {Chance} from '../chance.ts';
import {piecesOf, spliced} from '../inputs/splice.ts';
import {frozenItems} from './frozen-items.ts';
import type {ParserFuzz} from './parser-fuzz.ts';

interface StoredInput {
  kind: keyof typeof decoders;
  /** As latin1. */
  bytes: string;
}

const decoders = {
  item: (bytes: Buffer) => {
    storedItemSize(bytes);
    storedItemIndexed(bytes);
    storedItemJson(bytes);
    return decodeStoredItem(bytes);
  },
  change: decodeChange,
  token: decodeTokenRecord,
};

const items = frozenItems.map(item => encodeStoredItem(item, itemSize(item)));
const head = {byService: false, createdMs: 1_700_000_000_000, size: 7};
const latin1 = (bytes: Buffer) => bytes.toString('latin1');
const seeds = {
  item: items.map(latin1),
  change: [
    ...items
      .slice(0, 20)
      .map(image => encodeChange({...head, kind: 'MODIFY', keys: '{"p":{"S":"a"}}', newImage: image, oldImage: image})),
    encodeShardEnd(1_700_000_000_000),
  ].map(latin1),
  token: [encodeTokenRecord({expiresMs: 1_700_000_000_000, parameters: Buffer.alloc(32, 7), readUnits: [1, 100]})].map(
    latin1,
  ),
};
const kinds = ['item', 'item', 'change', 'token'] as const;
const words = ['\0', '\xff', '\x01', '{', '}', '[', ']', '"', ',', ':', '{}', 'null', '\\', '"__proto__":{}'];

function generate(chance: Chance): StoredInput {
  const kind = chance.pick(kinds);
  const pieces = piecesOf(chance.pick(seeds[kind]), /[A-Za-z0-9]+|[\s\S]/g);
  const text = spliced(chance, pieces, {seeds: [pieces], words, charactersMax: 2_000});
  return {kind, bytes: text.replace(/[\u0100-\uffff]/g, '\xff')};
}

/** Bytes of a store that are not what was written: read, or found to be damaged, and nothing else. */
export const storedBytes: ParserFuzz<StoredInput> = {
  name: 'stored-bytes',
  generate,
  check({kind, bytes}) {
    try {
      decoders[kind](Buffer.from(bytes, 'latin1'));
      return undefined;
    } catch (error) {
      // Too short, another format, no JSON.
      if (error instanceof RangeError || error instanceof AssertionFailure || error instanceof SyntaxError) {
        return `${error.name} ${error.message}`;
      }
      throw error;
    }
  },
};
