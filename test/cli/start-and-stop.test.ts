import assert from 'node:assert/strict';
import {once} from 'node:events';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import {openEnvironment} from '../../src/storage/lmdb/open-environment.ts';
import {area} from '../../src/storage/lmdb/stored-key.ts';
import {connectTo, must, requestHeaders} from '../harness/call.ts';
import {childrenOf, runProgram, sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';

const tableInput = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
};
const thing = (id: string) => ({TableName: 'things', Item: {p: {S: id}}});
const keyOf = (id: string) => ({TableName: 'things', Key: {p: {S: id}}, ConsistentRead: true});

test('--help names every setting, --version tells the version; neither starts anything', async t => {
  const help = await runProgram(t, ['--help']).ended;
  assert.equal(help.code, 0);
  for (const flag of ['port', 'host', 'data', 'in-memory', 'durability', 'workers', 'region', 'help', 'version']) {
    assert.match(help.stdout, new RegExp(`^ {2}--${flag}\\b`, 'm'));
  }
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const version = await runProgram(t, ['--version']).ended;
  assert.deepEqual(version, {code: 0, signal: null, stdout: `${manifest.version}\n`, stderr: ''});
  assert.equal((await runProgram(t, [], {STATOR_VERSION: 'true'}).ended).stdout, `${manifest.version}\n`);
  assert.equal((await runProgram(t, [], {STATOR_HELP: '1'}).ended).stdout, help.stdout);
});

test('every setting is also read from the environment, and the command line wins', async t => {
  const directory = temporaryDirectory(t);
  const data = join(directory, 'from', 'environment');
  const server = runProgram(t, [], {
    STATOR_PORT: '0',
    STATOR_HOST: 'localhost',
    STATOR_DATA: data,
    STATOR_DURABILITY: 'relaxed',
    STATOR_REGION: 'eu-west-1',
    STATOR_WORKERS: '1',
    STATOR_IN_MEMORY: 'false',
  });
  await printed(server, /http:\/\/localhost:\d+\s/);
  const endpoint = /http:\/\/localhost:\d+/.exec(server.output.stdout)![0];
  assert.match(server.output.stdout, /eu-west-1/);
  assert.match(server.output.stdout, new RegExp(`${data} \\(relaxed\\)`));
  assert.match(await (await fetch(endpoint)).text(), /^healthy: dynamodb\.eu-west-1\.amazonaws\.com/);
  assert.ok(existsSync(join(data, 'data.mdb')));

  const other = join(directory, 'from-arguments');
  const winner = await startServer(t, [`--data=${other}`, '--region', 'ap-south-1', '--durability=commit'], {
    STATOR_PORT: String(Number(new URL(endpoint).port)),
    STATOR_DATA: data,
    STATOR_REGION: 'eu-west-1',
    STATOR_DURABILITY: 'relaxed',
  });
  assert.match(winner.output.stdout, new RegExp(`${other} \\(commit\\)`));
  assert.match(await (await fetch(winner.endpoint)).text(), /ap-south-1/);
});

test('what cannot work is refused with one line that says what to do, and a code that is not 0', async t => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'file');
  writeFileSync(file, 'not a folder');
  const garbage = join(directory, 'garbage');
  mkdirSync(garbage);
  writeFileSync(join(garbage, 'data.mdb'), 'this is no database '.repeat(1_000));
  const newer = join(directory, 'newer');
  const environment = await openEnvironment({directory: newer, durability: 'commit'});
  await environment.childTransaction(
    () => void environment.put({area: area.format, key: Buffer.alloc(0)}, Buffer.from([99])),
  );
  await environment.close();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const {port} = taken.address() as {port: number};

  const cases: [string[], number, RegExp, Record<string, string>?][] = [
    [['--port', String(port), '--in-memory'], 1, new RegExp(`port ${port} is in use.*--port`)],
    [['--port', String(port), '--data', join(directory, 'unused')], 1, /is in use.*--port/],
    [['--port', String(port), '--data', join(directory, 'unused'), '--workers', '2'], 1, /is in use.*--port/],
    [['--data', file], 1, /file is in the way.*choose another directory/],
    [['--data', file, '--workers', '2'], 1, /file is in the way.*choose another directory/],
    [['--data', join(file, 'below')], 1, /file is in the way.*choose another directory/],
    [['--data', '/proc/stator'], 1, /can't use the data directory \/proc\/stator.*choose another directory/],
    [['--data', garbage], 1, /data\.mdb is damaged.*restore the folder.*choose another directory/],
    [['--data', newer], 1, /format 99, written by a newer version.*install the newer version/],
    [['--data', newer, '--workers', '2'], 1, /format 99, written by a newer version/],
    [['--host', 'no.such.host.invalid', '--in-memory'], 1, /can't listen on no\.such\.host\.invalid.*--host/],
    [['--host', '192.0.2.1', '--in-memory'], 1, /can't listen on 192\.0\.2\.1.*--host/],
    [['--host', '192.0.2.1', '--data', join(directory, 'unused'), '--workers', '2'], 1, /can't listen on 192\.0\.2\.1/],
    [['--prot', '1'], 2, /'--prot' is not a setting.*--help/],
    [['8000'], 2, /'8000' is not a setting.*--help/],
    [['-p'], 2, /'-p' is not a setting.*--help/],
    [['--__proto__=1'], 2, /is not a setting.*--help/],
    [['--constructor'], 2, /is not a setting.*--help/],
    [['--port'], 2, /--port needs a value/],
    [['--data', '--in-memory'], 2, /--data needs a value/],
    [['--port', 'http'], 2, /--port is a whole number from 0 to 65535, not 'http'/],
    [['--port', '65536'], 2, /--port is a whole number/],
    [['--port', '-1'], 2, /--port is a whole number/],
    [['--port=1.5'], 2, /--port is a whole number/],
    [['--port='], 2, /--port is a whole number/],
    [['--workers', '0'], 2, /--workers is a whole number from 1/],
    [['--durability', 'maybe'], 2, /--durability is 'commit' or 'relaxed', not 'maybe'/],
    [['--in-memory=maybe'], 2, /--in-memory is 'true' or 'false', not 'maybe'/],
    [['--in-memory', '--workers', '2'], 2, /--in-memory keeps the data of one process.*--workers/],
    [['--region', 'EU west'], 2, /--region is a name such as us-east-1/],
    [['--region', ''], 2, /--region is a name such as us-east-1/],
    [['--data', ''], 2, /--data names a folder/],
    [['--host', ''], 2, /--host names an address/],
    [[], 2, /--port is a whole number.*'x'/, {STATOR_PORT: 'x'}],
    [[], 2, /--in-memory is 'true' or 'false'/, {STATOR_IN_MEMORY: 'yes!'}],
  ];
  for (const [args, code, message, variables] of cases) {
    const ended = await runProgram(
      t,
      args.includes('--port') || code === 2 ? args : ['--port', '0', ...args],
      variables,
    ).ended;
    const name = `${args.join(' ')}: ${JSON.stringify(ended)}`;
    assert.equal(ended.code, code, name);
    assert.equal(ended.stdout, '', name);
    assert.match(ended.stderr, /^stator: [^\n]+\n$/, name);
    assert.match(ended.stderr, message, name);
  }
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: what is under way is answered, later connections are refused, and the program ends with 0`, async t => {
    const data = temporaryDirectory(t);
    const server = await startServer(t, ['--data', data]);
    const {call, close} = connectTo(server.endpoint);
    await must(call, 'CreateTable', tableInput);
    await must(call, 'PutItem', thing('before'));
    // One for each lane: by its length, and in chunks, which Node's parser serves. Neither is whole yet.
    const slow = await halfRequest(server.endpoint, thing('slow'), 'length');
    const chunked = await halfRequest(server.endpoint, thing('chunked'), 'chunks');
    const idle = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
    idle.on('error', () => {});
    idle.resume();
    await once(idle, 'connect');
    const idleClosed = once(idle, 'close');
    await sleep(50);
    const since = process.hrtime.bigint();
    server.child.kill(signal);
    server.child.kill(signal);
    await idleClosed;
    await assert.rejects(call('ListTables', {}));
    await sleep(300);
    assert.equal(server.child.exitCode, null, 'it waits for what is under way');
    assert.match(await slow.finish(), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\{\}$/s);
    assert.match(await chunked.finish(), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\{\}$/s);
    const ended = await server.ended;
    assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, '']);
    assert.ok(Number(process.hrtime.bigint() - since) / 1e6 < 3_000, 'it ends as soon as nothing is under way');
    close();
    const again = await startServer(t, ['--data', data]);
    const after = connectTo(again.endpoint);
    for (const id of ['before', 'slow', 'chunked']) {
      assert.deepEqual((await must(after.call, 'GetItem', keyOf(id))).Item, {p: {S: id}});
    }
    after.close();
  });
}

test('a second process on the same data serves it too: each sees at once what the other wrote', async t => {
  const data = temporaryDirectory(t);
  const servers = [await startServer(t, ['--data', data]), await startServer(t, ['--data', data])];
  const [one, other] = servers.map(server => connectTo(server.endpoint).call);
  await must(one!, 'CreateTable', tableInput);
  await Promise.all(
    [one!, other!].map(async (call, from) => {
      for (let at = 0; at < 30; at++) {
        await must(call, 'PutItem', thing(`${from}/${at}`));
        const count = {UpdateExpression: 'ADD n :one', ExpressionAttributeValues: {':one': {N: '1'}}};
        await must(call, 'UpdateItem', {TableName: 'things', Key: {p: {S: 'counter'}}, ...count});
        const seen = await must(from === 0 ? other! : one!, 'GetItem', keyOf(`${from}/${at}`));
        assert.ok(seen.Item, 'what one process acknowledged, the other reads');
      }
    }),
  );
  assert.deepEqual((await must(other!, 'GetItem', keyOf('counter'))).Item.n, {N: '60'});
  assert.equal((await must(one!, 'DescribeTable', {TableName: 'things'})).Table.ItemCount, 61);
  await must(other!, 'DeleteTable', {TableName: 'things'});
  assert.equal((await one!('GetItem', keyOf('counter'))).body.__type.split('#')[1], 'ResourceNotFoundException');
  for (const server of servers) {
    server.child.kill('SIGTERM');
    assert.equal((await server.ended).code, 0);
  }
});

test('--in-memory leaves no files, and forgets', async t => {
  const home = temporaryDirectory(t);
  const server = await startServer(t, ['--in-memory', '--data', join(home, 'unused')]);
  const {call, close} = connectTo(server.endpoint);
  await must(call, 'CreateTable', tableInput);
  await must(call, 'PutItem', thing('gone'));
  close();
  server.child.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.deepEqual(readdirSync(home), []);
});

test('--workers: one port, whoever dies; 0 at the end', {
  skip: process.platform !== 'linux' && 'finds worker processes in /proc',
}, async t => {
  const server = await startServer(t, ['--data', temporaryDirectory(t), '--workers', '2']);
  assert.match(server.output.stdout, /workers {2}2/);
  const {call, close} = connectTo(server.endpoint);
  await must(call, 'CreateTable', tableInput);
  const workers = childrenOf(server.pid);
  assert.equal(workers.length, 2);
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  let tries = 0;
  while ((await call('PutItem', thing('after')).catch(() => undefined))?.status !== 200 && tries++ < 500)
    await sleep(20);
  assert.ok(tries < 500, 'the workers are back, on the same port');
  const slow = await halfRequest(server.endpoint, thing('slow'), 'length');
  await sleep(50);
  server.child.kill('SIGTERM');
  await sleep(200);
  assert.match(await slow.finish(), /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal((await server.ended).code, 0);
  close();
});

test('--workers: SIGINT for the whole group, as a terminal sends it, ends it with 0; no worker outlives its first process', {
  skip: process.platform !== 'linux' && 'finds worker processes in /proc',
}, async t => {
  const data = temporaryDirectory(t);
  const server = await startServer(t, ['--data', data, '--workers', '2']);
  process.kill(-server.pid, 'SIGINT');
  const ended = await server.ended;
  assert.deepEqual([ended.code, ended.stderr], [0, '']);

  const killed = await startServer(t, ['--data', data, '--workers', '2']);
  const workers = childrenOf(killed.pid);
  process.kill(killed.pid, 'SIGKILL');
  for (let tries = 0; tries < 500 && workers.some(isAlive); tries++) await sleep(10);
  assert.deepEqual(workers.filter(isAlive), []);
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function printed(server: ReturnType<typeof runProgram>, text: RegExp): Promise<void> {
  for (let tries = 0; !text.test(server.output.stdout); tries++) {
    assert.ok(tries < 1_000 && server.child.exitCode === null, JSON.stringify(server.output));
    await sleep(20);
  }
}

/** Sends a PutItem but for its last bytes. `finish` sends those, and returns all that was answered. */
async function halfRequest(endpoint: string, input: object, framing: 'length' | 'chunks') {
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  await once(socket, 'connect');
  const body = JSON.stringify(input);
  const headers = {
    Host: 'localhost',
    ...requestHeaders('PutItem'),
    ...(framing === 'length' ? {'Content-Length': String(body.length)} : {'Transfer-Encoding': 'chunked'}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const sent = framing === 'length' ? body : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  socket.write(`POST / HTTP/1.1\r\n${lines.join('')}\r\n${sent.slice(0, -9)}`);
  let answer = '';
  socket.on('data', chunk => {
    answer += chunk;
  });
  const closed = once(socket, 'close');
  return {
    async finish() {
      socket.write(sent.slice(-9));
      await closed;
      return answer;
    },
  };
}
