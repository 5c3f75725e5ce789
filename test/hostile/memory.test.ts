// Clients that make a server hold, build or inflate more than it can.
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {exchangeBytes} from '../../src/http/exchange-bytes.ts';
import {must} from '../harness/call.ts';
import {type ServingProcess, sleep, startServer} from '../harness/server-process.ts';
import {
  callOf,
  dial,
  dialMany,
  eventually,
  handlesOf,
  mostResidentMegabytes,
  mustGiveBackHandles,
  portOf,
  requestBytes,
  residentMegabytes,
  scale,
  startBystander,
} from './attack.ts';

const megabyte = 1024 * 1024;

/** Runs an attack beside a client, and holds the server to a bound on what it grows by while it lasts. */
async function attacked(
  t: TestContext,
  options: {
    args?: string[];
    megabytesMax: number;
    servedMsMax?: number;
    prepare?: (server: ServingProcess) => Promise<void>;
  },
  attack: (server: ServingProcess) => Promise<void>,
): Promise<void> {
  const server = await startServer(t, ['--in-memory', '--in-flight', '64', ...(options.args ?? [])]);
  const bystander = await startBystander(t, server.endpoint);
  await options.prepare?.(server);
  const handles = handlesOf(server);
  const before = residentMegabytes(server);
  await attack(server);
  const grown = mostResidentMegabytes(server) - before;
  t.diagnostic(`grew by ${grown.toFixed()} MB at most`);
  assert.ok(grown < options.megabytesMax, `${grown} MB`);
  await mustGiveBackHandles(server, handles);
  await bystander.mustHaveBeenServed(options.servedMsMax);
}

const table = 'hostile';
/** 100 items of 160 KB, which one BatchGetItem answers in 16 MB. */
async function fill(t: TestContext, server: ServingProcess): Promise<void> {
  const call = callOf(t, server.endpoint);
  await must(call, 'CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'pk', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}],
  });
  for (let count = 0; count < 100; count++) {
    await must(call, 'PutItem', {TableName: table, Item: {pk: {S: `${count}`}, x: {S: 'x'.repeat(160_000)}}});
  }
}
const keys = Array.from({length: 100}, (_, count) => ({pk: {S: `${count}`}}));
const readAll = requestBytes('BatchGetItem', JSON.stringify({RequestItems: {[table]: {Keys: keys}}}));

test('requests by the hundred thousand from clients that read no answer', async t => {
  const list = requestBytes('ListTables', '{}');
  await attacked(t, {megabytesMax: 300}, async server => {
    const sockets = await dialMany(t, server.endpoint, 10);
    const requests = Buffer.concat(Array.from({length: 1_000}, () => list));
    for (const socket of sockets) {
      socket.pause();
      for (let count = 0; count < 10 * scale; count++) socket.write(requests);
    }
    await sleep(1_500);
    for (const socket of sockets) socket.destroy();
  });
});

test('answers of 16 MB, pipelined by clients that read none', async t => {
  await attacked(t, {megabytesMax: 600, prepare: server => fill(t, server)}, async server => {
    const sockets = await dialMany(t, server.endpoint, 16 * scale);
    for (const [index, socket] of sockets.entries()) {
      socket.pause();
      // On either lane.
      const requests =
        index % 2 === 0 ? readAll : requestBytes('BatchGetItem', bodyOf(readAll), 'Expect: 100-continue');
      for (let count = 0; count < 64; count++) socket.write(requests);
    }
    await sleep(2_000);
    for (const socket of sockets) socket.destroy();
  });
});

const bodyOf = (request: Buffer) => request.subarray(request.indexOf('\r\n\r\n') + 4);

test('bodies of 16 MB that stop before their end, on hundreds of connections', async t => {
  await attacked(t, {args: ['--request-timeout', '8'], megabytesMax: 400}, async server => {
    const sockets = await dialMany(t, server.endpoint, 300 * scale);
    const most = requestBytes('PutItem', Buffer.alloc(16 * megabyte, 'x')).subarray(0, 2 * megabyte);
    for (const socket of sockets) {
      socket.resume();
      socket.write(most);
    }
    await sleep(2_000);
    for (const socket of sockets) socket.destroy();
  });
});

test('gzip bombs', async t => {
  // 16 MB and a little, and a gigabyte.
  const bombs = [17, 1024].map(size => {
    const part = gzipSync(Buffer.alloc(megabyte));
    // Members of a gzip file follow one another.
    return Buffer.concat(Array.from({length: size}, () => part));
  });
  await attacked(t, {megabytesMax: 400}, async server => {
    const port = portOf(server.endpoint);
    for (const line of ['x-a: b', 'Expect: 100-continue']) {
      const answers = await Promise.all(
        Array.from({length: 16 * scale}, (_, index) =>
          exchangeBytes(port, [requestBytes('PutItem', bombs[index % 2]!, 'Content-Encoding: gzip', line)], 60_000),
        ),
      );
      assert.deepEqual(new Set(answers.map(([reply]) => reply!.status)), new Set([413]));
    }
  });
});

test('heads and bodies of a hundred megabytes', async t => {
  await attacked(t, {megabytesMax: 300}, async server => {
    const port = portOf(server.endpoint);
    const part = Buffer.alloc(megabyte, 'h');
    const open = async (first: string, megabytes: number) => {
      const socket = await dial(t, server.endpoint);
      let received = '';
      socket.on('data', chunk => {
        received += chunk.toString('latin1');
      });
      socket.on('end', () => socket.end());
      socket.write(first);
      for (let count = 0; count < megabytes && !socket.destroyed; count++) {
        if (!socket.write(part))
          await Promise.race([new Promise(resolve => socket.once('drain', resolve)), sleep(500)]);
      }
      return {socket, status: () => received.slice(9, 12)};
    };
    for (const [first, megabytes, statuses] of [
      ['POST / HTTP/1.1\r\nHost: x\r\nX-A: ', 1, ['431', '']],
      ['POST / HTTP/1.1\r\nHost: x\r\nX-A: ', 100, ['431', '']],
      ['POST /?', 100, ['431', '414', '400', '']],
      ['', 20, ['400', '431', '']],
      [`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${100 * megabyte}\r\n\r\n`, 100, ['413']],
      ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n', 20, ['']],
      ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;ext=', 5, ['413', '431', '400', '']],
    ] as const) {
      const {socket, status} = await open(first, megabytes);
      const isOne = () => (statuses as readonly string[]).includes(status());
      await eventually(isOne, `one of ${statuses} to ${first.slice(0, 90)}`);
      socket.destroy();
    }
    const [reply] = await exchangeBytes(port, [requestBytes('ListTables', '{}')]);
    assert.equal(reply!.status, 200);
  });
});

test('JSON that is wide, deep, or both', async t => {
  // One such request takes the process for itself, for a second or so where nothing else runs; hence the longer bound.
  // Large enough in `npm test` for each to be refused for what it is; larger ones take longer.
  const bodyBytes = Math.min(1.5e6 * scale, 15.9e6);
  const full = (start: string, end: string, part: (index: number) => string) => {
    const parts: string[] = [];
    for (let bytes = 0, index = 0; bytes < bodyBytes; index++) {
      const one = part(index);
      parts.push(one);
      bytes += one.length + 1;
    }
    return `{"TableName":"bystander",${start}${parts.join()}${end}}`;
  };
  const tooLarge = /Item size has exceeded the maximum allowed size/;
  const bodies: [string, string, RegExp][] = [
    ['names', full('"Item":{"pk":{"S":"a"},', '}', index => `"n${index}":{"S":""}`), tooLarge],
    // Array indexes, far apart: V8 keeps them in a hash table of its own.
    [
      'numbers as names',
      full('"Item":{"pk":{"S":"a"},', '}', index => `"${(index * 6007) % 4294967291}":{"S":""}`),
      tooLarge,
    ],
    ['names in a map', full('"Item":{"pk":{"S":"a"},"m":{"M":{', '}}}', index => `"n${index}":{"S":""}`), tooLarge],
    ['a list', full('"Item":{"pk":{"S":"a"},"l":{"L":[', ']}}', () => '{"S":"xxxxx"}'), tooLarge],
    ['a set', full('"Item":{"pk":{"S":"a"},"s":{"SS":[', ']}}', index => `"${index}"`), tooLarge],
    ['a key', full('"Item":{"pk":{"S":"a"}},"Key":{', '}', index => `"n${index}":{"S":""}`), /^\{\}$/],
    ['unknown members', full('"Item":{"pk":{"S":"a"}},', '', index => `"n${index}":[{}]`), /^\{\}$/],
    ['brackets', full('"Item":', '', () => '['), /SerializationException/],
    [
      'maps',
      full('"Item":{"pk":{"S":"a"},"d":', '', () => '{"M":{"d":').replaceAll(',{', '{'),
      /SerializationException/,
    ],
  ];
  await attacked(t, {megabytesMax: 900, servedMsMax: 10_000}, async server => {
    for (const [what, body, answer] of bodies) {
      const startMs = performance.now();
      const [reply] = await exchangeBytes(portOf(server.endpoint), [requestBytes('PutItem', body)], 30_000);
      t.diagnostic(`${what}: ${(performance.now() - startMs).toFixed()} ms`);
      assert.match(reply!.body.toString(), answer, what);
      assert.notEqual(reply!.status, 500);
    }
    // Many at once take turns, and the bystander has its own in between.
    const [, body] = bodies[0]!;
    const replies = await Promise.all(
      Array.from({length: 4 * scale}, () =>
        exchangeBytes(portOf(server.endpoint), [requestBytes('PutItem', body)], 60_000),
      ),
    );
    for (const [reply] of replies) assert.ok([400, 503].includes(reply!.status));
  });
});
