// Clients that hold connections and give nothing for them.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {exchangeBytes} from '../../src/http/exchange-bytes.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {
  dial,
  dialMany,
  eventually,
  handlesOf,
  mustGiveBackHandles,
  portOf,
  requestBytes,
  residentMegabytes,
  scale,
  startBystander,
} from './attack.ts';

const list = requestBytes('ListTables', '{}');

test('thousands of idle connections: the others are served, and each is closed in time', async t => {
  const server = await startServer(t, ['--in-memory', '--idle-timeout', '6']);
  const bystander = await startBystander(t, server.endpoint);
  const handles = handlesOf(server);
  const before = residentMegabytes(server);
  const count = Math.min(5_000 * scale, 9_000);
  const sockets = await dialMany(t, server.endpoint, count);
  // Half of them have been served once, and wait for their next request.
  for (const socket of sockets.slice(0, count / 2)) socket.write(list);
  await eventually(() => handlesOf(server) >= handles + count - 100, 'all are connected');
  const grown = residentMegabytes(server) - before;
  t.diagnostic(`${count} connections: ${grown.toFixed()} MB`);
  assert.ok(grown < 60 + count * 0.04, `${grown} MB`);
  for (const socket of sockets) socket.resume();
  await mustGiveBackHandles(server, handles);
  await bystander.mustHaveBeenServed();
});

test('a thousand slow-lorises: heads and bodies that never end are cut off in time', async t => {
  const server = await startServer(t, ['--in-memory', '--request-timeout', '4']);
  const bystander = await startBystander(t, server.endpoint);
  const handles = handlesOf(server);
  const before = residentMegabytes(server);
  const sockets = await dialMany(t, server.endpoint, 1_000 * scale);
  const head = Buffer.from('POST / HTTP/1.1\r\nHost: x\r\n');
  const chunked = Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\nx');
  // The last byte never comes.
  const body = requestBytes('PutItem', Buffer.alloc(16 * 1024 * 1024 - 1)).subarray(0, 2_000);
  const openings = [head, body, chunked];
  const statuses = new Map<string, number>();
  for (const [index, socket] of sockets.entries()) {
    socket.write(openings[index % openings.length]!);
    socket.on('data', (chunk: Buffer) => {
      const status = chunk.toString('latin1', 9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    socket.on('end', () => socket.end());
  }
  const dribble = setInterval(() => {
    for (const [index, socket] of sockets.entries()) {
      if (socket.writable) socket.write(index % openings.length === 0 ? 'x-a: b\r\n' : 'x');
    }
  }, 500);
  t.after(() => clearInterval(dribble));
  await mustGiveBackHandles(server, handles);
  clearInterval(dribble);
  const grown = residentMegabytes(server) - before;
  assert.ok(grown < 200, `${grown} MB`);
  t.diagnostic(`answers: ${JSON.stringify([...statuses])}`);
  assert.deepEqual([...statuses.keys()], ['408']);
  await bystander.mustHaveBeenServed();
});

test('half-open connections, resets and requests that end early leave nothing behind', async t => {
  const server = await startServer(t, ['--in-memory', '--request-timeout', '4', '--idle-timeout', '4']);
  const bystander = await startBystander(t, server.endpoint);
  const handles = handlesOf(server);
  const whole = requestBytes('PutItem', '{"TableName":"bystander","Item":{"pk":{"S":"x"}}}');
  for (let round = 0; round < 4; round++) {
    const sockets = await dialMany(t, server.endpoint, 200);
    for (const [index, socket] of sockets.entries()) {
      // Content-Length says more than is sent.
      socket.write(whole.subarray(0, 1 + ((index * 7 + round) % whole.length)));
      if (index % 3 === 0) socket.resetAndDestroy();
      else if (index % 3 === 1) socket.end();
    }
    for (const socket of sockets) socket.resume();
  }
  await mustGiveBackHandles(server, handles);
  await bystander.mustHaveBeenServed();
});

test('more connections than there may be: each is told 503 or closed, and those that are there are served', async t => {
  const server = await startServer(t, ['--in-memory', '--connections', '100']);
  const bystander = await startBystander(t, server.endpoint);
  const handles = handlesOf(server);
  // The bystander has one.
  const held = await dialMany(t, server.endpoint, 99);
  await eventually(() => handlesOf(server) >= handles + 99, 'all are connected');
  const port = portOf(server.endpoint);
  let refused = 0;
  for (let round = 0; round < 5; round++) {
    const replies = await Promise.all(Array.from({length: 100}, () => exchangeBytes(port, [list]).catch(() => [])));
    for (const [reply] of replies) {
      if (!reply) continue;
      assert.equal(reply.status, 503);
      refused++;
    }
  }
  assert.ok(refused > 0);
  const [socket] = held;
  socket!.write(list);
  const status = await new Promise(resolve => socket!.once('data', chunk => resolve(chunk.toString('latin1', 9, 12))));
  assert.equal(status, '200');
  for (const one of held) one.destroy();
  await mustGiveBackHandles(server, handles);
  const [served] = await exchangeBytes(port, [list]);
  assert.equal(served!.status, 200);
  await bystander.mustHaveBeenServed();
});

test('a server that may open few files refuses connections before it runs out of them', async t => {
  const server = await startServer(t, ['--in-memory']);
  const {spawnSync} = await import('node:child_process');
  const limited = spawnSync('prlimit', ['--pid', String(server.pid), '--nofile=400:400']);
  if (limited.status !== 0) return t.skip('no prlimit here');
  // It looked at its limit when it started; now the system refuses it, which it must survive.
  const sockets = [];
  for (let index = 0; index < 500; index++) sockets.push(await dial(t, server.endpoint));
  await sleep(200);
  for (const socket of sockets) socket.destroy();
  await sleep(300);
  const [reply] = await exchangeBytes(portOf(server.endpoint), [list]);
  assert.equal(reply!.status, 200);
});
