import assert from 'node:assert/strict';
import {parseCredentials} from '../../../src/iam/credentials.ts';
import {type Pieces, piecesOf, spliced} from '../inputs/splice.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface SignedInput {
  url: string;
  authorization?: string;
  'x-amz-date'?: string;
  date?: string;
}

const scope = 'AKIAEXAMPLE/20261122/us-east-1/dynamodb/aws4_request';
const headers: readonly Pieces[] = [
  `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0aff`,
  `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=content-type;host;x-amz-date;x-amz-target,Signature=00112233445566778899aabbccddeeff`,
  `AWS4-HMAC-SHA256 Signature=0aff, SignedHeaders=host, Credential=${scope}/`,
].map(text => piecesOf(text));
const queries: readonly Pieces[] = [
  `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=20261122T130000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0aff`,
  `/?X-Amz-Signature=00&X-Amz-Date=20261122T130000Z&X-Amz-SignedHeaders=host%3Bdate&X-Amz-Credential=${scope}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60`,
].map(text => piecesOf(text));
const dates: readonly Pieces[] = ['20261122T130000Z', 'Sun, 22 Nov 2026 13:00:00 GMT'].map(text => piecesOf(text));
const words = [
  'AWS4-',
  'HMAC',
  'Credential=',
  'Signature=',
  'SignedHeaders=',
  'host',
  ';',
  '/',
  '=',
  ',',
  ' ',
  '%',
  '%00',
  '%ff',
  '+',
  '&',
  'X-Amz-',
  'us-east-1',
  'dynamodb',
  'aws4_request',
  '__proto__',
  '',
];
const all = [...headers, ...queries];
const source = {seeds: all, words, charactersMax: 8_000};

/** Who signed a request, by its header or its query. */
export const credentials: ParserFuzz<SignedInput> = {
  name: 'credentials',
  generate(chance) {
    const date = chance.pick(dates);
    const dateText = chance.maybe(0.8) ? date.join('') : spliced(chance, date, source);
    if (chance.maybe(0.3)) return {url: spliced(chance, chance.pick(queries), source)};
    const authorization = spliced(chance, chance.pick(headers), source);
    const url = chance.maybe(0.9) ? '/' : spliced(chance, chance.pick(queries), source);
    return {url, authorization, [chance.maybe(0.8) ? 'x-amz-date' : 'date']: dateText};
  },
  check(input) {
    try {
      const header = (name: string) => input[name as 'date'];
      const found = parseCredentials({url: input.url, header});
      assert.match(found.region, /^[A-Za-z0-9_-]{1,64}$/);
      assert.equal(found.service, 'dynamodb');
      assert(!found.accessKeyId.includes('/') && found.signature !== '');
      assert(found.signedHeaders.toLowerCase().split(';').includes('host'));
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};
