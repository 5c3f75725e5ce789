import assert from 'node:assert/strict';
import {type AddressInfo, createServer} from 'node:net';
import {after, before, test} from 'node:test';
import fc from 'fast-check';
import type {WireAnswer, WireRequest} from '../api/wire.ts';
import {systemClock} from '../base/clock.ts';
import {createAnswerHeads} from './answer-head.ts';
import {exchangeBytes} from './exchange-bytes.ts';
import {defaultLimits, type HttpLimits} from './limits.ts';
import {type FrontDoor, listen} from './listen.ts';
import {createNodeLane} from './node-lane.ts';
import {createTraffic} from './traffic.ts';

// The same bytes, to the front door and to Node's parser alone: the handler must see the same requests, and what is refused
// by one must be refused by the other. Anything else would let a proxy and the lane disagree on where a request ends.

const runs = Number(process.env.STATOR_FUZZ_RUNS ?? 200);
const limits: HttpLimits = {...defaultLimits, headBytesMax: 4096, bodyBytesMax: 3000, outstandingMax: 3};
const asked = ['host', 'content-type', 'x-amz-target', 'x-a', 'x-b', 'authorization', 'content-length', 'connection'];

/** Answers with what was asked, now or later, as the request wishes. */
function echo(request: WireRequest): WireAnswer | Promise<WireAnswer> {
  const seen = {
    method: request.method,
    url: request.url,
    headers: asked.map(name => request.header(name)),
    body: request.body.toString('latin1'),
  };
  const answer = {
    status: 200,
    contentType: 'text/plain',
    requestId: 'r',
    body: [JSON.stringify(seen), Buffer.from('!')],
  };
  return request.url.includes('late')
    ? new Promise(resolve => setTimeout(resolve, request.body.length % 7, answer))
    : answer;
}

let door: FrontDoor;
const nodeLane = createNodeLane({
  handler: echo,
  heads: createAnswerHeads(systemClock),
  limits,
  traffic: createTraffic(limits, systemClock.now),
  onFault: assert.fail,
});
const nodeServer = createServer({allowHalfOpen: true}, socket => nodeLane.take(socket));

before(async () => {
  door = await listen({port: 0, host: '127.0.0.1', handler: echo, limits, onFault: assert.fail});
  await new Promise<void>(resolve => nodeServer.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  nodeServer.close();
  nodeLane.close();
  await door.close();
});

const someBody = fc.oneof(
  {weight: 8, arbitrary: fc.string({maxLength: 40})},
  {weight: 1, arbitrary: fc.nat(3_100).map(length => 'b'.repeat(length))},
);
const anyCase = (name: string) =>
  fc
    .nat(7)
    .map(seed => [...name].map((char, index) => ((index * 3 + seed) % 4 === 0 ? char.toUpperCase() : char)).join(''));
const blank = fc.constantFrom(' ', ' ', ' ', '', '  ', '\t', ' \t ');
const plainValue = fc.oneof(
  fc.constantFrom(
    'application/x-amz-json-1.0',
    'DynamoDB_20120810.GetItem',
    'a, b',
    '',
    'x y',
    '\u00e9\u00ff',
    'a:b',
    '"',
  ),
  fc.stringMatching(/^[ -~]{0,30}$/),
);
const line = (name: string, value: string | fc.Arbitrary<string>) =>
  fc
    .tuple(anyCase(name), blank, typeof value === 'string' ? fc.constant(value) : value, blank)
    .map(([name, before, value, behind]) => `${name}:${before}${value}${behind}\r\n`);
const ordinaryLine = fc.oneof(
  line('content-type', plainValue),
  line('x-amz-target', plainValue),
  line('authorization', plainValue),
  line('x-a', plainValue),
  line('x-b', plainValue),
  line('connection', fc.constantFrom('keep-alive', 'Keep-Alive')),
);
/** Lines that a strict parser must not guess about. */
const oddLine = fc.oneof(
  fc.constantFrom(
    'Content-Length: 3\r\n',
    'Content-Length: 0\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: identity\r\n',
    'Transfer-Encoding : chunked\r\n',
    'Transfer-Encoding: xchunked\r\n',
    'Transfer-Encoding:\x0bchunked\r\n',
    'Host: second\r\n',
    'Connection: close\r\n',
    'Connection: keep-alive, close\r\n',
    'Connection: upgrade\r\n',
    'Proxy-Connection: close\r\n',
    'Upgrade: websocket\r\n',
    'Expect: 100-continue\r\n',
    'Expect: something\r\n',
    'Trailer: x-a\r\n',
    ' folded: yes\r\n',
    '\tfolded\r\n',
    'x-a: one\r\n two\r\n',
    'x-a: bare\n',
    'x-a: lone\rreturn\r\n',
    'x-a : space\r\n',
    'x-a: nul\0\r\n',
    'x-a: del\x7f\r\n',
    'x\x80y: high\r\n',
    ': no name\r\n',
    'no colon\r\n',
    '\r\n',
    '\n',
    `x-a: ${'h'.repeat(3_900)}\r\n`,
    `x-a: ${'h'.repeat(9_000)}\r\n`,
  ),
  line(
    'content-length',
    fc.constantFrom('+3', '-1', '3,3', '3, 3', '0x3', '3 3', '', '003', '99999999999', '2999', '3001', '3.0'),
  ),
);
const requestLine = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom('POST / HTTP/1.1\r\n', 'POST /?late HTTP/1.1\r\n', 'POST /?a=%20&b HTTP/1.1\r\n'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'OPTIONS * HTTP/1.1\r\n',
      'post / HTTP/1.1\r\n',
      'POST  / HTTP/1.1\r\n',
      'POST / HTTP/1.0\r\n',
      'POST / HTTP/1.2\r\n',
      'POST / HTTP/2.0\r\n',
      'POST / http/1.1\r\n',
      'POST /path?late HTTP/1.1\r\n',
      'POST http://x/ HTTP/1.1\r\n',
      'POST /?a#b HTTP/1.1\r\n',
      'POST /?a b HTTP/1.1\r\n',
      'POST /?\u00e9 HTTP/1.1\r\n',
      'POST / HTTP/1.1\n',
      'POST /\r\n',
      '\r\nPOST / HTTP/1.1\r\n',
      'PRI * HTTP/2.0\r\n',
    ),
  },
);

const request = fc
  .record({
    first: requestLine,
    host: fc.option(line('host', 'localhost'), {freq: 30}),
    lines: fc.array(ordinaryLine, {maxLength: 5}),
    odd: fc.option(oddLine, {nil: undefined, freq: 2}),
    oddAt: fc.nat(6),
    length: fc.option(anyCase('content-length'), {freq: 20}),
    body: someBody,
    chunked: fc.boolean(),
  })
  .map(({first, host, lines, odd, oddAt, length, body, chunked}) => {
    const all = [...(host ? [host] : []), ...lines];
    if (length) all.splice(oddAt % (all.length + 1), 0, `${length}: ${Buffer.byteLength(body, 'latin1')}\r\n`);
    if (odd) all.splice(oddAt % (all.length + 1), 0, odd);
    const sent = odd?.includes('hunked') && chunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
    return `${first}${all.join('')}\r\n${sent}`;
  });

/** A place in a stream, anywhere alike; without this fast-check prefers both ends. */
const place = fc.noBias(fc.nat(9_999)).map(place => place / 10_000);
/** Mostly nothing. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({weight: 5, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary});

const stream = fc
  .record({
    requests: fc.array(request, {minLength: 1, maxLength: 5}),
    cuts: fc.array(place, {maxLength: 6}),
    flip: seldom(fc.record({at: place, byte: fc.nat(255)})),
    truncate: seldom(place),
  })
  .map(({requests, cuts, flip, truncate}) => {
    let bytes = Buffer.from(requests.join(''), 'latin1');
    if (truncate !== undefined) bytes = bytes.subarray(0, Math.floor(truncate * bytes.length));
    if (flip && bytes.length > 0) bytes[Math.floor(flip.at * (bytes.length - 1))] = flip.byte;
    const places = [0, ...cuts.map(cut => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
    return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
  });

/** What the handler answered, word by word, and the kind of refusal where there was one. */
async function outcome(port: number, pieces: Buffer[]): Promise<string[]> {
  const replies = await exchangeBytes(port, pieces);
  return replies.map(({status, headers, body}) =>
    status === 200 ? `${headers['x-amzn-requestid']} ${headers['content-type']} ${body}` : String(status),
  );
}

/** After these a connection is closed; others (413, 417) are answers like any. */
const ends: ReadonlySet<string> = new Set(['400', '408', '431']);

/** Found before, each as one request after which another would come. */
const foundBefore = ['Content-Length: 003 \t \r\n', 'Content-Length: 3\t\r\n', 'Content-Length:\t3 \r\n'];

test('what they once read differently they read alike', async () => {
  const nodePort = (nodeServer.address() as AddressInfo).port;
  for (const length of foundBefore) {
    const bytes = [Buffer.from(`POST / HTTP/1.1\r\n${length}Host: localhost\r\n\r\nabc`)];
    assert.deepEqual(await outcome(door.port, bytes), await outcome(nodePort, bytes), length);
  }
});

test('the front door and Node read the same requests out of the same bytes', async () => {
  const nodePort = (nodeServer.address() as AddressInfo).port;
  const details = await fc.check(
    fc.asyncProperty(stream, async pieces => {
      const [ours, nodes] = await Promise.all([outcome(door.port, pieces), outcome(nodePort, pieces)]);
      const text = `${JSON.stringify(pieces.map(piece => piece.toString('latin1')))}\n${ours.join()}\n${nodes.join()}`;
      const [ourEnd, nodesEnd] = [ours, nodes].map(replies => replies.findIndex(reply => ends.has(reply)));
      // Node goes on reading behind a request without a Host, and says only what it finds last.
      const isLater = [ours[ourEnd!], nodes[nodesEnd!]].sort().join() === '400,431';
      if (!isLater) assert.equal(ours[ourEnd!], nodes[nodesEnd!], text);
      // Node drops answers that are still to come when it refuses what follows them; the lane does not.
      const count = nodesEnd! < 0 ? Math.max(ours.length, nodes.length) : Math.min(ourEnd!, nodesEnd!);
      assert.deepEqual(ours.slice(0, count), nodes.slice(0, count), text);
    }),
    {numRuns: runs},
  );
  assert(!details.failed, `seed ${details.seed} path ${details.counterexamplePath}\n${details.errorInstance}`);
});
