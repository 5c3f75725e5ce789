import type {Chance} from '../chance.ts';
import {type Pieces, piecesOf, spliced} from '../inputs/splice.ts';

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0aff';

const lines = [
  'Host: localhost',
  'host:a',
  'Content-Length: 0',
  'content-length: 2',
  'CONTENT-LENGTH:\t002 ',
  'X-Amz-Target: DynamoDB_20120810.GetItem',
  'Content-Type: application/x-amz-json-1.0',
  'Connection: keep-alive',
  'connection: Keep-Alive',
  `Authorization: ${authorization}`,
  'User-Agent: aws-sdk-js/3 ua/2.1',
  'x-a: \xe9\xff',
  'x-b:',
  'Accept-Encoding: gzip, deflate;q=0.5, *;q=0',
];
const oddLines = [
  'Content-Length: 3',
  'Content-Length: +2',
  'Content-Length: 99999999999',
  'Content-Length: 2, 2',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding : chunked',
  'Expect: 100-continue',
  'Connection: close',
  'Upgrade: h2c',
  'Trailer: x',
  'Proxy-Connection: x',
  ' folded: yes',
  ': no name',
  'no colon',
  'x-a: lone\rreturn',
  'x-a: bare\nfeed',
  'x-a: nul\0',
];
const words = [
  ...lines.map(line => `${line}\r\n`),
  ...oddLines.map(line => `${line}\r\n`),
  '\r\n',
  '\r\n\r\n',
  'POST ',
  '/',
  '?a=b',
  '#',
  ' HTTP/1.1',
  ':',
  '\t',
  '{}',
];

const seeds: readonly Pieces[] = [
  requestOf('/', [0, 5, 6, 9, 3], '{}'),
  requestOf('/', [1, 2], ''),
  requestOf('/?X-Amz-Signature=00', [4, 0, 7, 11, 12], '{}'),
  requestOf('/?', [3, 13, 10, 8, 0], '{}'),
  requestOf('/', [0, 3, 10, 6, 5], '{"'),
  requestOf('/', [5, 6, 9, 10, 0, 2], ''),
];

function requestOf(url: string, which: readonly number[], body: string): Pieces {
  const text = `POST ${url} HTTP/1.1\r\n${which.map(at => `${lines[at]}\r\n`).join('')}\r\n${body}`;
  return piecesOf(text, /[^\r\n]*\r\n|\S+/g).flatMap(line => (line.length < 40 ? [line] : [...piecesOf(line)]));
}

const source = {seeds, words, charactersMax: 3_000};

/** One request as bytes in latin1: mostly as it should be, or nearly. */
export function requestText(chance: Chance): string {
  const seed = chance.pick(seeds);
  const text = chance.maybe(0.4) ? seed.join('') : spliced(chance, seed, source);
  return text.replace(/[\u0100-\uffff]/g, character => String.fromCharCode(character.charCodeAt(0) & 0xff));
}

/** Where a stream of this length is cut. */
export function cutsOf(chance: Chance, length: number): number[] {
  const count = chance.pick([0, 0, 1, 1, 2, 5]);
  return chance.many(count, count, () => chance.upTo(length + 1)).sort((a, b) => a - b);
}
