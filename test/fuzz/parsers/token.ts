import assert from 'node:assert/strict';
import {decodeNextToken, encodeNextToken} from '../../../src/engine/partiql/next-token.ts';
import {parseSequenceNumber, sequenceNumber} from '../../../src/engine/streams/sequence-number.ts';
import {shardId, shardNumber} from '../../../src/engine/streams/shard-id.ts';
import {decodeIterator, encodeIterator} from '../../../src/engine/streams/shard-iterator.ts';
import {labelTime, streamLabel} from '../../../src/engine/streams/stream-arn.ts';
import type {TableId} from '../../../src/keyspace/table-record.ts';
import type {Chance} from '../chance.ts';
import {piecesOf, spliced} from '../inputs/splice.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface TokenInput {
  kind: keyof typeof parsers;
  text: string;
}

const fingerprint = Buffer.alloc(16, 5);
const ranges = [
  {start: Buffer.of(4, 0), end: Buffer.of(4, 9)},
  {start: Buffer.of(4, 9), end: Buffer.of(5)},
];

/** Undefined for what is none; what is one is written again as the same text. */
const parsers = {
  nextToken: (text: string) => encodeNextToken(fingerprint, decodeNextToken(text, fingerprint, ranges)),
  iterator: (text: string) => {
    const iterator = decodeIterator(text);
    return iterator && encodeIterator(iterator);
  },
  sequenceNumber: (text: string) => {
    const place = parseSequenceNumber(text);
    return place && sequenceNumber(place);
  },
  shardId: (text: string) => {
    const number = shardNumber(text);
    return number === undefined ? undefined : shardId({number, openedMs: 0}).slice(-9) === text.slice(-9) ? text : '';
  },
  label: (text: string) => {
    const time = labelTime(text);
    return time === undefined ? undefined : streamLabel(time);
  },
};

const whole = (chance: Chance, below: number) => chance.upTo(chance.pick([2, 100, below]));

function valid(chance: Chance, kind: keyof typeof parsers): string {
  const time = whole(chance, 2 ** 41);
  switch (kind) {
    case 'nextToken': {
      const after = chance.maybe(0.7) ? Buffer.from(chance.many(1, 20, () => chance.upTo(10))) : undefined;
      if (after) after[0] = 4;
      return encodeNextToken(chance.maybe(0.9) ? fingerprint : Buffer.alloc(16), {range: chance.upTo(3), after});
    }
    case 'iterator': {
      const streamArn = `arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/${streamLabel(time)}`;
      const position = chance.maybe(0.2) ? 'horizon' : whole(chance, 2 ** 50);
      return encodeIterator({
        streamArn,
        table: whole(chance, 2 ** 32) as TableId,
        shard: whole(chance, 2 ** 32),
        position,
        issuedMs: time,
      });
    }
    case 'sequenceNumber':
      return sequenceNumber({shard: whole(chance, 10 ** 8), position: whole(chance, 10 ** 15)});
    case 'shardId':
      return shardId({openedMs: time, number: whole(chance, 2 ** 32)});
    case 'label':
      return streamLabel(time);
  }
}

const kinds = Object.keys(parsers) as (keyof typeof parsers)[];
const words = ['|', '=', '==', 'A', '/', '+', '0', '9', '-', ':', '.', 'T', 'Z', '||', '|1|', 'shardId-', 'arn:', ' '];

/** What callers hand back to us: where a page, a shard or a stream goes on. */
export const token: ParserFuzz<TokenInput> = {
  name: 'token',
  generate(chance) {
    const kind = chance.pick(kinds);
    const text = valid(chance, kind);
    if (chance.maybe(0.3)) return {kind, text};
    const pieces = piecesOf(text, /[A-Za-z0-9]{1,3}|[\s\S]/gu);
    return {kind, text: spliced(chance, pieces, {seeds: [pieces], words, charactersMax: 3_000})};
  },
  check({kind, text}) {
    try {
      const again = parsers[kind](text);
      if (again === undefined) return `no ${kind}`;
      assert.equal(again, text, 'nothing means what is written otherwise');
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};
