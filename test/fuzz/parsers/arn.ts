import assert from 'node:assert/strict';
import {tableRefOf} from '../../../src/api/table-ref.ts';
import {indexArn, parseTableReference, tableArn} from '../../../src/model/names.ts';
import {piecesOf, spliced} from '../inputs/splice.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Music';
const seeds = [
  'Music',
  'a.b-c_9',
  table,
  `${table}/index/by-year`,
  `${table}/stream/2026-01-01T00:00:00.000`,
  'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/abc',
].map(text => piecesOf(text));
const words = [
  'arn:',
  ':',
  '/',
  'table/',
  'index/',
  'stream/',
  'dynamodb',
  'aws',
  'aws-us-gov',
  'a',
  '.',
  '-',
  '__proto__',
  '',
  ' ',
  '*',
  '::',
  '0',
];
const source = {seeds, words, charactersMax: 3_000};
const caller = {accessKeyId: 'a', region: 'us-east-1', accountId: '000000000000'};

/** A table's name, or an ARN of one, of an index or of a stream. */
export const arn: ParserFuzz<string> = {
  name: 'arn',
  generate: chance => spliced(chance, chance.pick(seeds), source),
  check(text) {
    try {
      const {table, region, account, index, stream} = parseTableReference(text);
      assert.match(table, /^[a-zA-Z0-9_.-]{3,255}$/);
      if (region === undefined) assert.equal(text, table);
      else {
        const whole =
          index === undefined ? tableArn(region, account!, table) : indexArn(region, account!, table, index);
        const rest = stream === undefined ? '' : `/stream/${stream}`;
        assert.equal((whole + rest).slice(whole.indexOf(':dynamodb:')), text.slice(text.indexOf(':dynamodb:')));
      }
      const {name} = tableRefOf(text, caller);
      assert.equal(name, table);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};
