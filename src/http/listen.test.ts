import assert from 'node:assert/strict';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {type TestContext, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {deflateSync, gunzipSync, gzipSync, inflateSync} from 'node:zlib';
import type {WireAnswer, WireRequest} from '../api/wire.ts';
import {ManualClock} from '../base/clock.ts';
import {crc32} from './crc32.ts';
import {exchangeBytes, parseReplies, type RawReply} from './exchange-bytes.ts';
import {type FrontDoor, type ListenOptions, listen} from './listen.ts';

const requestId = 'R'.repeat(52);
const answer = (...body: (string | Buffer)[]): WireAnswer => ({
  status: 200,
  contentType: 'application/x-amz-json-1.0',
  requestId,
  body,
});

async function open(t: TestContext, options: Partial<ListenOptions> = {}): Promise<FrontDoor> {
  const echo = (request: WireRequest) => answer(request.body);
  const door = await listen({port: 0, host: '127.0.0.1', handler: echo, onFault: assert.fail, ...options});
  t.after(() => door.close());
  return door;
}

async function dial(t: TestContext, door: FrontDoor): Promise<Socket> {
  const socket = connect({port: door.port, host: '127.0.0.1', allowHalfOpen: true});
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function post(body: string | Buffer, ...lines: string[]): Buffer {
  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.concat([Buffer.from(`${head}${lines.map(line => `${line}\r\n`).join('')}\r\n`), Buffer.from(body)]);
}

async function closes(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

/** Whole answers so far; none while the last of them is still coming. */
function repliesSoFar(received: readonly Buffer[]): RawReply[] {
  try {
    return parseReplies(Buffer.concat(received));
  } catch {
    return [];
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (holds()) return;
    await sleep(10);
  }
  assert.fail(`never: ${holds}`);
}

test('answers with the headers of DynamoDB, in their order', async t => {
  const door = await open(t, {clock: new ManualClock(Date.UTC(2026, 10, 22, 13, 8))});
  const [reply] = await exchangeBytes(door.port, [post('{"a":"ü"}')]);
  assert.deepEqual(Object.entries(reply!.headers), [
    ['server', 'Server'],
    ['date', 'Sun, 22 Nov 2026 13:08:00 GMT'],
    ['content-type', 'application/x-amz-json-1.0'],
    ['content-length', '10'],
    ['connection', 'keep-alive'],
    ['x-amzn-requestid', requestId],
    ['x-amz-crc32', String(crc32('{"a":"ü"}'))],
  ]);
  assert.equal(reply!.body.toString(), '{"a":"ü"}');
});

test('pipelined answers keep the order of their requests, whenever they are ready', async t => {
  const waits = [30, 0, 10, -1, 5, -1, 0, 20, -1];
  const handler = ({body}: WireRequest) => {
    const wait = waits[Number(body.toString())]!;
    return wait < 0 ? answer(body) : sleep(wait, answer('late ', body));
  };
  const door = await open(t, {handler, limits: {outstandingMax: 4}});
  const replies = await exchangeBytes(door.port, [Buffer.concat(waits.map((_, index) => post(`${index}`)))]);
  assert.deepEqual(
    replies.map(reply => reply.body.toString()),
    waits.map((wait, index) => (wait < 0 ? `${index}` : `late ${index}`)),
  );
});

test('requests that only Node understands keep their place behind those of the fast lane', async t => {
  const handler = async (request: WireRequest) => {
    await sleep(request.body.length);
    return answer(`${request.method} ${request.body}`);
  };
  const door = await open(t, {handler});
  const chunked = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n';
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  const replies = await exchangeBytes(door.port, [Buffer.concat([post('the first'), Buffer.from(chunked + get)])]);
  assert.deepEqual(
    replies.map(reply => reply.body.toString()),
    ['POST the first', 'POST two', 'GET '],
  );
});

test('a 100 Continue never parts the head of the answer before it from its body', async t => {
  const door = await open(t);
  const requests = [post('one', 'Expect: 100-continue'), post('two', 'Expect: 100-continue')];
  const replies = await exchangeBytes(door.port, [Buffer.concat(requests)]);
  assert.deepEqual(
    replies.map(reply => reply.body.toString()),
    ['one', 'two'],
  );
});

test('bodies of every size arrive whole, in any pieces', async t => {
  const door = await open(t, {handler: ({body}) => answer(`${body.length} ${crc32(body)}`)});
  for (const size of [0, 1, 65_535, 70_000, 1_048_577, 5_000_000, 16 * 1024 * 1024]) {
    const body = Buffer.alloc(size, 'abcdefg');
    const bytes = post(body);
    const pieces = [bytes.subarray(0, 10), bytes.subarray(10, 90), bytes.subarray(90)];
    const [reply] = await exchangeBytes(door.port, pieces);
    assert.equal(reply!.body.toString(), `${size} ${crc32(body)}`);
  }
});

test('a body that is too large is read to its end and refused', async t => {
  const door = await open(t, {limits: {bodyBytesMax: 1_000}});
  const [reply, next] = await exchangeBytes(door.port, [post(Buffer.alloc(300_000)), post('next')]);
  assert.equal(reply!.status, 413);
  assert.equal(reply!.body.length, 0);
  assert.equal(next!.body.toString(), 'next');
});

test('inflates request bodies, up to the same limit', async t => {
  const door = await open(t, {limits: {bodyBytesMax: 100_000}});
  const ask = async (body: string | Buffer, coding: string) => {
    const [reply] = await exchangeBytes(door.port, [post(body, `Content-Encoding: ${coding}`)]);
    return reply!.status === 200 ? reply!.body.toString() : reply!.status;
  };
  assert.equal(await ask(gzipSync('{"a":1}'), 'gzip'), '{"a":1}');
  assert.equal(await ask(Buffer.concat([gzipSync('{"a"'), gzipSync(':1}')]), 'GZIP'), '{"a":1}');
  assert.equal(await ask(deflateSync('{"a":1}'), 'deflate'), '{"a":1}');
  assert.equal(await ask('{"a":1}', 'identity'), '{"a":1}');
  assert.equal(await ask('{"a":1}', 'gzip'), 500);
  assert.equal(await ask('', 'gzip'), 500);
  assert.equal(await ask(gzipSync('{"a":1}').subarray(0, -1), 'gzip'), 500);
  assert.equal(await ask('{"a":1}', 'br'), 500);
  assert.equal(await ask(gzipSync(Buffer.alloc(50_000_000)), 'gzip'), 413);
});

test('compresses answers from 4 KB on, and the CRC is that of the bytes sent', async t => {
  const door = await open(t);
  const ask = async (size: number, accept: string) =>
    (await exchangeBytes(door.port, [post('x'.repeat(size), `Accept-Encoding: ${accept}`)]))[0]!;
  const small = await ask(4_095, 'gzip');
  assert.equal(small.headers['content-encoding'], undefined);
  assert.equal(small.body.length, 4_095);
  for (const [name, expand] of [
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
  ] as const) {
    const large = await ask(4_096, name);
    assert.equal(large.headers['content-encoding'], name);
    assert.equal(expand(large.body).toString(), 'x'.repeat(4_096));
    assert.equal(large.headers['x-amz-crc32'], String(crc32(large.body)));
  }
});

test('a client that pipelines without reading makes us stop reading', async t => {
  let served = 0;
  const big = Buffer.alloc(100_000, 'x');
  const handler = () => {
    served++;
    return answer(big);
  };
  const door = await open(t, {handler});
  const socket = await dial(t, door);
  socket.pause();
  const requests = Buffer.concat(Array.from({length: 1_000}, () => post('{}')));
  for (let index = 0; index < 20; index++) socket.write(requests);
  let before = -1;
  await eventually(() => {
    const still = served === before;
    before = served;
    return still && served > 0;
  });
  // 20,000 answers would be 2 GB. What may be under way is a socket buffer's worth and `unsentBytesMax`.
  assert(served < 500, `${served} answers for a client that reads none`);
  const door2Reply = await exchangeBytes(door.port, [post('other')]);
  assert.equal(door2Reply.length, 1, 'others are served meanwhile');

  let received = 0;
  socket.on('data', chunk => {
    received += chunk.length;
  });
  socket.resume();
  await eventually(() => served > 2_000);
  assert(received > 100_000_000);
});

test('asynchronous answers to a client that stops reading do not pile up either', async t => {
  let served = 0;
  const big = Buffer.alloc(100_000, 'x');
  const door = await open(t, {
    handler: async () => {
      served++;
      await sleep(1);
      return answer(big);
    },
    limits: {outstandingMax: 8},
  });
  const socket = await dial(t, door);
  socket.pause();
  socket.write(Buffer.concat(Array.from({length: 3_000}, () => post('{}'))));
  let before = -1;
  await eventually(() => {
    const still = served === before;
    before = served;
    return still && served > 0;
  });
  assert(served < 500, `${served} answers`);
  socket.destroy();
});

test('answers that are ready before one that is awaited do not pile up behind it', async t => {
  let served = 0;
  let release = (_: WireAnswer) => {};
  const first = new Promise<WireAnswer>(resolve => {
    release = resolve;
  });
  const big = Buffer.alloc(100_000, 'x');
  const limits = {unsentBytesMax: 250_000};
  const door = await open(t, {limits, handler: () => (served++ === 0 ? first : answer(big))});
  const client = await dial(t, door);
  const received: Buffer[] = [];
  client.on('data', chunk => received.push(chunk));
  client.write(Buffer.concat(Array.from({length: 30}, () => post('{}'))));
  await eventually(() => served > 1);
  await sleep(50);
  assert.equal(served, 4, 'the awaited one, and as many as fill the bound');
  release(answer('first'));
  await eventually(() => served === 30);
  await eventually(() => repliesSoFar(received).length === 30);
  assert.equal(parseReplies(Buffer.concat(received))[0]!.body.toString(), 'first');
});

test('resets, half-open and half-sent connections leave the process unharmed', async t => {
  const door = await open(t, {handler: async ({body}) => sleep(2, answer(body))});
  for (let index = 0; index < 60; index++) {
    const socket = await dial(t, door);
    const bytes = post('{"some":"body"}', index % 3 === 0 ? 'Expect: 100-continue' : 'x-a: b');
    socket.write(index % 2 === 0 ? bytes : bytes.subarray(0, index * 2));
    if (index % 5 === 0) await sleep(1);
    if (index % 4 === 0) socket.resetAndDestroy();
    else if (index % 4 === 1) socket.destroy();
    else socket.end();
  }
  const replies = await exchangeBytes(door.port, [post('alive')]);
  assert.equal(replies[0]!.body.toString(), 'alive');
});

test('a handler that throws is answered with 500, on either lane, and told of', async t => {
  const faults: unknown[] = [];
  const fail = (request: WireRequest) => {
    if (request.body.length === 1) throw new Error('at once');
    return Promise.reject(new Error('later'));
  };
  const door = await open(t, {handler: fail, onFault: fault => faults.push(fault)});
  const statuses = [];
  for (const lines of [[], ['Expect: 100-continue']]) {
    for (const body of ['1', '22']) {
      const [reply] = await exchangeBytes(door.port, [post(body, ...lines)]);
      statuses.push(reply!.status);
      assert(!reply!.body.includes('at once') && !reply!.body.includes('later'));
    }
  }
  assert.deepEqual(statuses, [500, 500, 500, 500]);
  assert.equal(faults.length, 4);
});

test('closes connections that idle, dribble a head, dribble a body, or never read', async t => {
  const clock = new ManualClock();
  const limits = {headMs: 10_000, requestMs: 20_000, idleMs: 30_000, stalledMs: 40_000};
  const door = await open(t, {clock, limits, handler: ({body}) => answer(Buffer.alloc(body.length * 50_000))});
  const idle = await dial(t, door);
  const head = await dial(t, door);
  const body = await dial(t, door);
  const stalled = await dial(t, door);
  stalled.pause();
  idle.write(post('1'));
  head.write('POST / HTTP/1.1\r\nHost:');
  body.write(post('12345').subarray(0, -1));
  stalled.write(Buffer.concat(Array.from({length: 300}, () => post('x'.repeat(20)))));
  await sleep(100);

  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      if (!head.destroyed && second % 3 === 0) head.write(' \r\nx:');
    }
    await sleep(50);
  };
  idle.resume();
  const received: Buffer[] = [];
  head.on('data', chunk => received.push(chunk));
  await pass(12);
  await closes(head);
  assert.equal(parseReplies(Buffer.concat(received))[0]!.status, 408);
  assert.equal(body.closed, false);
  await pass(10);
  await closes(body);
  assert.equal(idle.closed, false);
  await pass(10);
  await closes(idle);
  await pass(15);
  await closes(stalled);
});

test('a request on a connection too many is told 503, and the connection closed', async t => {
  const door = await open(t, {limits: {connectionsMax: 3}});
  const sockets = [];
  for (let index = 0; index < 3; index++) sockets.push(await dial(t, door));
  // One that the other lane serves counts like any.
  sockets[0]!.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(sockets[0]!, 'data');
  const extra = await dial(t, door);
  const received: Buffer[] = [];
  extra.on('data', chunk => received.push(chunk));
  extra.write(post('in', 'x-a: b'));
  await once(extra, 'close');
  const [reply] = parseReplies(Buffer.concat(received));
  assert.equal(reply!.status, 503);
  assert.equal(reply!.headers.connection, 'close');
  assert.match(reply!.body.toString(), /#ServiceUnavailable"/);

  const silent = await dial(t, door);
  await closes(silent);
  sockets[0]!.destroy();
  await sleep(30);
  const [served] = await exchangeBytes(door.port, [post('in')]);
  assert.equal(served!.body.toString(), 'in');
});

test('bodies for which there is no room are read and refused in their place, on either lane', async t => {
  const door = await open(t, {limits: {heldBytesMax: 1_000_000}});
  const slow = await dial(t, door);
  slow.write(post(Buffer.alloc(900_000, 'a')).subarray(0, 800_000));
  await sleep(50);
  const large = Buffer.alloc(300_000, 'b');
  for (const line of ['x-a: b', 'Expect: 100-continue']) {
    const replies = await exchangeBytes(door.port, [post('first', line), post(large, line), post('last', line)]);
    assert.deepEqual(
      replies.map(({status, body}) => `${status} ${status === 200 ? body : ''}`),
      ['200 first', '503 ', '200 last'],
    );
  }
  slow.destroy();
  await sleep(30);
  for (const line of ['x-a: b', 'Expect: 100-continue']) {
    for (let round = 0; round < 10; round++) {
      const [reply] = await exchangeBytes(door.port, [post(large, line)]);
      assert.equal(reply!.body.length, large.length, 'all that was held is given back');
    }
  }
});

test('when there is no room for a body, those that have been coming for longest are cut off', async t => {
  const clock = new ManualClock();
  const door = await open(t, {clock, limits: {heldBytesMax: 1_000_000, patienceMs: 5_000}});
  const slow: Socket[] = [];
  const received: Buffer[][] = [[], [], []];
  for (const [index, parts] of received.entries()) {
    slow[index] = await dial(t, door);
    slow[index]!.on('data', chunk => parts.push(chunk));
    slow[index]!.write(post(Buffer.alloc(300_000)).subarray(0, -10));
    await sleep(20);
    clock.advance(2_000);
  }
  clock.advance(2_000);
  const [reply] = await exchangeBytes(door.port, [post(Buffer.alloc(300_000, 'x'))]);
  assert.equal(reply!.status, 200);
  await closes(slow[0]!);
  assert.equal(parseReplies(Buffer.concat(received[0]!))[0]!.status, 408);
  assert.deepEqual(
    slow.map(socket => socket.closed),
    [true, false, false],
  );
  for (const socket of slow) socket.destroy();
});

test('when answers that nobody takes fill all room, those that have waited for longest are cut off', async t => {
  const answerBytes = 8_000_000;
  const handler = ({body}: WireRequest) => answer(Buffer.alloc(body.length === 1 ? answerBytes : 1_000));
  const door = await open(t, {handler, limits: {heldBytesMax: 5 * answerBytes}});
  const stalled: Socket[] = [];
  for (let index = 0; index < 12; index++) {
    const socket = await dial(t, door);
    socket.pause();
    socket.write(post('1', index % 3 === 0 ? 'Expect: 100-continue' : 'x-a: b'));
    stalled.push(socket);
    const [reply] = await exchangeBytes(door.port, [post('22')]);
    assert.equal(reply!.status, 200, 'others are served all the time');
  }
  let whole = 0;
  for (const socket of stalled) {
    let sum = 0;
    socket.on('data', chunk => {
      sum += chunk.length;
      if (sum > answerBytes) {
        whole++;
        socket.end();
      }
    });
    socket.resume();
  }
  await Promise.all(stalled.map(closes));
  assert.ok(whole >= 2 && whole <= 8, `${whole} of 12 got their answer`);
});

test('requests beyond those that may be under way are told 503', async t => {
  const release: (() => void)[] = [];
  const handler = ({body}: WireRequest) =>
    body.length === 1 ? new Promise<WireAnswer>(resolve => release.push(() => resolve(answer(body)))) : answer(body);
  const door = await open(t, {handler, limits: {requestsMax: 4, outstandingMax: 64}});
  const busy = await dial(t, door);
  const received: Buffer[] = [];
  busy.on('data', chunk => received.push(chunk));
  busy.write(Buffer.concat(Array.from({length: 4}, () => post('1'))));
  await eventually(() => release.length === 4);
  for (const line of ['x-a: b', 'Expect: 100-continue']) {
    const [reply] = await exchangeBytes(door.port, [post('22', line)]);
    assert.equal(reply!.status, 503);
  }
  for (const one of release) one();
  await eventually(() => repliesSoFar(received).length === 4);
  const [reply] = await exchangeBytes(door.port, [post('22')]);
  assert.equal(reply!.status, 200);
});

test('who pipelines deeper than he may where Node parses is refused and closed', async t => {
  const release: (() => void)[] = [];
  const handler = ({body}: WireRequest) =>
    new Promise<WireAnswer>(resolve => release.push(() => resolve(answer(body))));
  const door = await open(t, {handler, limits: {outstandingMax: 8}});
  const socket = await dial(t, door);
  const received: Buffer[] = [];
  socket.on('data', chunk => received.push(chunk));
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'.repeat(1_000));
  await eventually(() => release.length === 16);
  await sleep(50);
  assert.equal(release.length, 16);
  for (const one of release) one();
  await closes(socket);
  const statuses = parseReplies(Buffer.concat(received)).map(reply => reply.status);
  assert.deepEqual(statuses, [...Array(16).fill(200), 503]);
});

test('large requests take turns, and others are served in between', async t => {
  let large = 0;
  let underWay = 0;
  let mostUnderWay = 0;
  const seen: number[] = [];
  const handler = async ({body}: WireRequest) => {
    if (body.length < 100) {
      seen.push(large);
      return answer(body);
    }
    large++;
    underWay += body.length;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    await sleep(5);
    underWay -= body.length;
    return answer('large');
  };
  const door = await open(t, {handler});
  const bytes = post(Buffer.alloc(16 * 1024 * 1024));
  const replies = await Promise.all(Array.from({length: 8}, () => exchangeBytes(door.port, [bytes])));
  assert.deepEqual(
    replies.map(([reply]) => reply!.status),
    Array(8).fill(200),
  );
  assert.ok(mostUnderWay <= 64 * 1024 * 1024, `${mostUnderWay} bytes under way`);
  await exchangeBytes(door.port, [post('small')]);
  assert.deepEqual(seen, [8]);
});

test('close finishes what is under way and lets go of idle connections', async t => {
  const release: (() => void)[] = [];
  const door = await open(t, {
    handler: ({body}) => new Promise(resolve => release.push(() => resolve(answer(body)))),
  });
  const idle = await dial(t, door);
  const idleOnNode = await dial(t, door);
  const busy = await dial(t, door);
  const received: Buffer[] = [];
  busy.on('data', chunk => received.push(chunk));
  idleOnNode.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => release.length === 1);
  release[0]!();
  await once(idleOnNode, 'data');
  busy.write(post('one'));
  await eventually(() => release.length === 2);

  let closed = false;
  const closing = door.close().then(() => {
    closed = true;
  });
  await Promise.all([closes(idle), closes(idleOnNode)]);
  await assert.rejects(dial(t, door));
  assert.equal(closed, false);
  release[1]!();
  await Promise.all([closing, closes(busy)]);
  const [reply] = parseReplies(Buffer.concat(received));
  assert.equal(reply!.body.toString(), 'one');
  assert.equal(reply!.headers.connection, 'close');
});

test('close cuts off what does not end', async t => {
  const door = await open(t, {handler: () => new Promise(() => {}), limits: {closeMs: 50}});
  const onLane = await dial(t, door);
  const onNode = await dial(t, door);
  onLane.write(post('1'));
  onNode.write(post('1', 'Expect: 100-continue'));
  await once(onNode, 'data');
  await door.close();
  await Promise.all([closes(onLane), closes(onNode)]);
});

test('says why it cannot listen', async t => {
  const door = await open(t);
  await assert.rejects(
    listen({port: door.port, host: '127.0.0.1', handler: () => answer()}),
    (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE',
  );
});
