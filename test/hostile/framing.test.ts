// Request smuggling: where a request ends must be told as Node's parser tells it, or the connection ends.
import assert from 'node:assert/strict';
import * as http from 'node:http';
import type {AddressInfo} from 'node:net';
import {after, before, test} from 'node:test';
import {exchangeBytes} from '../../src/http/exchange-bytes.ts';
import {type Stator, startStator} from '../../src/server/library.ts';
import {portOf, requestBytes} from './attack.ts';

let stator: Stator;
/** Node's parser alone: answers every request that it sees with 200. */
const node = http.createServer({maxHeaderSize: 16 * 1024}, (incoming, outgoing) => {
  incoming.resume().on('end', () => outgoing.end());
});
node.on('checkExpectation', (_incoming, outgoing) => outgoing.end());
Object.assign(node, {httpAllowHalfOpen: true});

before(async () => {
  stator = await startStator();
  await new Promise<void>(resolve => node.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  node.close();
  node.closeAllConnections();
  await stator.close();
});

/** A health check, which must be answered only where it is a request of its own. */
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const smuggledBytes = smuggled.length;
const post = (lines: string, body: string) => `POST / HTTP/1.1\r\nHost: x\r\n${lines}\r\n${body}`;
const chunk = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const attacks: Record<string, string> = {
  'Content-Length, then Transfer-Encoding': post(
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${smuggled}`,
  ),
  'Transfer-Encoding, then Content-Length': post(
    `Transfer-Encoding: chunked\r\nContent-Length: ${5 + smuggledBytes}\r\n`,
    `0\r\n\r\n${smuggled}`,
  ),
  'two lengths that differ': post(`Content-Length: 0\r\nContent-Length: ${smuggledBytes}\r\n`, smuggled),
  'two lengths that agree': post('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${smuggled}`),
  'a list of lengths': post('Content-Length: 2, 2\r\n', `{}${smuggled}`),
  'a length with a sign': post('Content-Length: +2\r\n', `{}${smuggled}`),
  'a negative length': post('Content-Length: -2\r\n', smuggled),
  'a hexadecimal length': post('Content-Length: 0x2\r\n', `{}${smuggled}`),
  'a length with a blank inside': post('Content-Length: 2 0\r\n', `{}${smuggled}`),
  'a length beyond 64 bits': post('Content-Length: 18446744073709551618\r\n', `{}${smuggled}`),
  'a length that wraps 32 bits': post('Content-Length: 4294967298\r\n', `{}${smuggled}`),
  'an empty length': post('Content-Length:\r\n', smuggled),
  'a length too short for its body': post('Content-Length: 1\r\n', `{}${smuggled}`),
  'no length': post('', smuggled),
  'a blank before the colon': post('Content-Length : 2\r\n', `{}${smuggled}`),
  'a blank before the colon of Transfer-Encoding': post(
    `Content-Length: ${5 + smuggledBytes}\r\nTransfer-Encoding : chunked\r\n`,
    `0\r\n\r\n${smuggled}`,
  ),
  'a tab before chunked': post(
    `Content-Length: ${5 + smuggledBytes}\r\nTransfer-Encoding:\tchunked\r\n`,
    `0\r\n\r\n${smuggled}`,
  ),
  'a vertical tab before chunked': post(
    `Content-Length: ${5 + smuggledBytes}\r\nTransfer-Encoding: \x0bchunked\r\n`,
    `0\r\n\r\n${smuggled}`,
  ),
  xchunked: post(`Content-Length: ${5 + smuggledBytes}\r\nTransfer-Encoding: xchunked\r\n`, `0\r\n\r\n${smuggled}`),
  'chunked, identity': post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${smuggled}`),
  'identity, chunked': post('Transfer-Encoding: identity, chunked\r\n', chunk('{}') + smuggled),
  'chunked twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', chunk('{}') + smuggled),
  'chunked, then identity, in two lines': post(
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
    chunk('{}') + smuggled,
  ),
  'quoted chunked': post('Transfer-Encoding: "chunked"\r\n', `0\r\n\r\n${smuggled}`),
  CHUNKED: post('TRANSFER-ENCODING: CHUNKED\r\n', chunk('{}') + smuggled),
  'lines that end with LF': post('Content-Length: 0\n', smuggled),
  'a request line that ends with LF': `POST / HTTP/1.1\nHost: x\nContent-Length: ${smuggledBytes}\n\n${smuggled}`,
  'a head that ends with LF LF': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\n${smuggled}`,
  'a lone CR': post(`X: a\rContent-Length: ${smuggledBytes}\r\nContent-Length: 0\r\n`, smuggled),
  'a folded header': post(`X: a\r\n Content-Length: ${smuggledBytes}\r\nContent-Length: 0\r\n`, smuggled),
  'a folded length': post('Content-Length:\r\n 0\r\n', smuggled),
  'a folded Transfer-Encoding': post('Content-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n', smuggled),
  'NUL in a value': post('X: a\0b\r\nContent-Length: 0\r\n', smuggled),
  'NUL in a name': post('X\0: a\r\nContent-Length: 0\r\n', smuggled),
  'NUL in a length': post('Content-Length: 0\0\r\n', smuggled),
  'a name without a colon': post('Content-Length\r\nContent-Length: 0\r\n', smuggled),
  'no name': post(': 5\r\nContent-Length: 0\r\n', smuggled),
  'a blank before the first header': `POST / HTTP/1.1\r\n Host: x\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'an underscore for a dash': post('Content_Length: 5\r\nContent-Length: 0\r\n', smuggled),
  'a Unicode digit': post('Content-Length: \u0662\r\n', `{}${smuggled}`),
  'a chunk size with a sign': post('Transfer-Encoding: chunked\r\n', `+2\r\n{}\r\n0\r\n\r\n${smuggled}`),
  'a chunk size with 0x': post('Transfer-Encoding: chunked\r\n', `0x2\r\n{}\r\n0\r\n\r\n${smuggled}`),
  'a chunk size beyond 64 bits': post(
    'Transfer-Encoding: chunked\r\n',
    `10000000000000002\r\n{}\r\n0\r\n\r\n${smuggled}`,
  ),
  'a chunk longer than its size': post('Transfer-Encoding: chunked\r\n', `1\r\n{}\r\n0\r\n\r\n${smuggled}`),
  'chunk sizes that end with LF': post('Transfer-Encoding: chunked\r\n', `2\n{}\n0\n\n${smuggled}`),
  'a chunk extension': post('Transfer-Encoding: chunked\r\n', `2;a="b\r\n\r\n"\r\n{}\r\n0\r\n\r\n${smuggled}`),
  'a chunk extension with LF': post('Transfer-Encoding: chunked\r\n', `2;a\n{}\r\n0\r\n\r\n${smuggled}`),
  'a giant chunk extension': post(
    'Transfer-Encoding: chunked\r\n',
    `2;${'a'.repeat(100_000)}\r\n{}\r\n0\r\n\r\n${smuggled}`,
  ),
  'trailers that frame': post(
    'Transfer-Encoding: chunked\r\n',
    `0\r\nContent-Length: ${smuggledBytes}\r\n\r\n${smuggled}`,
  ),
  'a method in front of the method': `GPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'a request line with two targets': `POST / /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'HTTP/1.0 with a chunked body': `POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('{}')}${smuggled}`,
  'HTTP/0.9': `POST /\r\n${smuggled}`,
  'two hosts': `POST / HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'an upgrade': post('Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n', smuggled),
  'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled}`,
  'a TLS hello': `\x16\x03\x01\x02\x00\x01\x00${smuggled}`,
};

/** What became of each request: `served`, or `refused` by the parser, after which nothing is read. */
async function fates(
  port: number,
  bytes: Buffer,
  wasServed: (headers: Record<string, string>, status: number) => boolean,
) {
  const replies = await exchangeBytes(port, [bytes]);
  const found = replies.map(({headers, status}) => (wasServed(headers, status) ? 'served' : 'refused'));
  const refusedAt = found.indexOf('refused');
  if (refusedAt >= 0) assert.equal(refusedAt, found.length - 1, 'nothing is answered after a refusal');
  return found;
}

for (const [name, attack] of Object.entries(attacks)) {
  test(name, async () => {
    // Behind a request of the fast lane as well: it must not stay there.
    for (const before of [Buffer.alloc(0), requestBytes('ListTables', '{}')]) {
      const bytes = Buffer.concat([before, Buffer.from(attack, 'latin1')]);
      const ours = await fates(portOf(stator.endpoint), bytes, headers => headers['x-amzn-requestid'] !== undefined);
      const nodes = await fates((node.address() as AddressInfo).port, bytes, (_, status) => status === 200);
      // Node drops answers that are still to come when it refuses what follows them; Stator does not.
      const endsAlike = ours.at(-1) === nodes.at(-1);
      assert.ok(endsAlike && ours.length >= nodes.length, `${ours} where Node's parser has ${nodes}`);
      if (!nodes.includes('refused')) assert.deepEqual(ours, nodes);
    }
  });
}
