import assert from 'node:assert/strict';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {keySpace} from '../../src/keyspace/register.ts';
import {type Area, areas, type CopyableStore} from '../../src/storage/copyable-store.ts';
import {openLmdbStore} from '../../src/storage/lmdb/lmdb-store.ts';
import {encodeNumbers} from '../../src/storage/numbers-bytes.ts';
import {connectTo, must} from '../harness/call.ts';
import {checkTable, untilSettled} from '../harness/check-table.ts';
import {runProgram, sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';
import {fill} from '../restart/fill.ts';
import {type Snapshot, snapshot} from '../restart/snapshot.ts';
import {everyShape} from '../restart/table-shapes.ts';
import {goOn, makeStreamed, readOn, type StreamReader} from './stream-and-tokens.ts';

const copy = (t: TestContext, from: string, to: string) => runProgram(t, ['copy', '--from', from, '--to', to]);

async function mustCopy(t: TestContext, from: string, to: string): Promise<string> {
  const {code, stdout, stderr} = await copy(t, from, to).ended;
  assert.equal(code, 0, stderr);
  return stdout;
}

async function mustNotCopy(t: TestContext, from: string, to: string, why: RegExp): Promise<void> {
  const {code, stdout, stderr} = await copy(t, from, to).ended;
  assert.equal(code, 1, stdout);
  assert.match(stderr, why);
}

async function withStore<R>(directory: string, work: (store: CopyableStore) => Promise<R>): Promise<R> {
  const store = await openLmdbStore({directory, durability: 'commit'});
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const whole = {start: Buffer.of(0), end: Buffer.of(0xff)};
const everythingIn = (directory: string) =>
  withStore(directory, async store => {
    const found: [Area, string, string][] = [];
    for (const area of areas) {
      const {keys, values} = await store.scanArea(area, whole, {entriesMax: 1e9, bytesMax: 1e12});
      keys.forEach((key, at) => {
        found.push([area, key.toString('hex'), values[at]!.toString('hex')]);
      });
    }
    return found;
  });

const put = (store: CopyableStore, key: Buffer, value: Buffer) =>
  store.commit([], () => ({result: undefined, writes: [{kind: 'put', key, value}]}));

/** Runs a server, asks it, and stops it. */
async function serving<R>(
  t: TestContext,
  options: readonly string[],
  ask: (call: ReturnType<typeof connectTo>['call']) => Promise<R>,
): Promise<R> {
  const server = await startServer(t, options);
  const {call, close} = connectTo(server.endpoint);
  const answer = await ask(call);
  close();
  server.child.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
  return answer;
}

async function answersOf(t: TestContext, options: readonly string[], reader: StreamReader) {
  return serving(t, options, async call => {
    const tables = new Map<string, Snapshot>();
    for (const name of (await must(call, 'ListTables', {})).TableNames) {
      await untilSettled(call, name);
      tables.set(name, await snapshot(call, name));
    }
    return {tables, records: await readOn(call, reader)};
  });
}

async function makeEverything(t: TestContext, data: string): Promise<StreamReader> {
  return serving(t, ['--data', data], async call => {
    for (const {definition, items} of everyShape()) {
      await must(call, 'CreateTable', definition);
      await fill(call, definition, items);
    }
    return makeStreamed(call);
  });
}

test('from a folder to PostgreSQL and back, everything is the same: bytes, answers, and what comes next', {
  skip: noPostgres(),
}, async t => {
  const [first, last] = [temporaryDirectory(t), join(temporaryDirectory(t), 'new')];
  const database = await freshDatabase();
  const reader = await makeEverything(t, first);
  const there = await mustCopy(t, first, database);
  const back = await mustCopy(t, database, last);
  const rowsOf = (text: string) => text.split('\n').slice(0, -2);
  assert.deepEqual(rowsOf(back), rowsOf(there));
  assert.match(there, /us-east-1\/hash-S +25 +0 +0 .*\n/);
  assert.match(there, /us-east-1\/streamed +8 +0 +21 /);
  assert.deepEqual(await everythingIn(last), await everythingIn(first));

  const places = [
    ['--data', first],
    ['--store', database],
    ['--data', last],
  ];
  const answers = [];
  for (const place of places) answers.push(await answersOf(t, place, reader));
  assert.equal(answers[0]!.tables.size, everyShape().length + 1);
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(answers[2], answers[0]);
  for (const place of places.slice(1)) await serving(t, place, call => goOn(call, reader));
});

/** Enough for many pages. */
async function makeMany(directory: string): Promise<void> {
  await withStore(directory, async store => {
    for (let round = 0; round < 60; round++) {
      await store.restore(
        Array.from({length: 2_000}, (_, at) => ({
          area: (['entry', 'counter', 'log'] as const)[at % 3]!,
          key: Buffer.from(`\x05${round}/${at}`, 'latin1'),
          value: encodeNumbers([at * round]),
        })),
      );
    }
  });
}

for (const kind of ['a folder', 'PostgreSQL']) {
  test(`a copy to ${kind} that is killed again and again goes on where it was`, {
    skip: kind === 'PostgreSQL' && noPostgres(),
  }, async t => {
    const from = temporaryDirectory(t);
    const to = kind === 'PostgreSQL' ? await freshDatabase() : temporaryDirectory(t);
    await makeMany(from);
    let killed = 0;
    let stdout = '';
    for (let run = 0; run < 40 && stdout === ''; run++) {
      const running = copy(t, from, to);
      // Later and later, so that the last gets through.
      await Promise.race([sleep(300 + run * 100), running.ended]);
      const {code, ...end} = run < 39 ? await running.killAll() : await running.ended;
      // One that was killed in its last moment was complete.
      const isDone = code === 0 || /the target holds data/.test(end.stderr);
      if (end.signal === null) assert.ok(isDone, end.stderr);
      if (isDone) stdout = code === 0 ? end.stdout : 'done, with what an earlier run had done';
      else killed++;
    }
    assert.ok(killed > 1, 'it was killed');
    assert.match(stdout, /with what an earlier run had done/);
    const back = kind === 'PostgreSQL' ? temporaryDirectory(t) : to;
    if (kind === 'PostgreSQL') await mustCopy(t, to, back);
    assert.deepEqual(await everythingIn(back), await everythingIn(from));
  });
}

test('no server starts on a copy that is not complete, and only the same source goes on with it', async t => {
  const [from, other] = [temporaryDirectory(t), temporaryDirectory(t)];
  await makeMany(from);
  await makeMany(other);
  const to = await copyHalf(t, from);
  const served = await runProgram(t, ['--port', '0', '--data', to]).ended;
  assert.equal(served.code, 1);
  assert.match(served.stderr, /is a copy of .* that is not complete/);
  await mustNotCopy(t, other, to, /holds part of a copy of/);
  await mustNotCopy(t, to, temporaryDirectory(t), /itself a copy that is not complete/);
  await mustCopy(t, from, to);
  await serving(t, ['--data', to], async () => {});
});

/** The target of a copy that was killed before its end. One that ends sooner, or meets this test in its target, is made again. */
async function copyHalf(t: TestContext, from: string): Promise<string> {
  for (let tries = 0; tries < 10; tries++) {
    const to = temporaryDirectory(t);
    const running = copy(t, from, to);
    let hasEnded = false;
    void running.ended.then(() => {
      hasEnded = true;
    });
    while (!hasEnded && !(await holdsNote(to))) await sleep(20);
    await running.killAll();
    if (await holdsNote(to)) return to;
  }
  return assert.fail('no copy could be killed before its end');
}

/** In a process of its own, for the one that copies has the folder open too. */
async function holdsNote(directory: string): Promise<boolean> {
  try {
    return await withStore(directory, async store => (await store.read([Buffer.of(keySpace.copy)]))[0] !== undefined);
  } catch {
    return false;
  }
}

test('a source that is served, is not there or is not known is refused, and a target that holds data', async t => {
  const [from, to] = [temporaryDirectory(t), temporaryDirectory(t)];
  await mustNotCopy(t, from, to, /there is no data in/);
  await serving(t, ['--data', from], async call => {
    await must(call, 'ListTables', {});
    await mustNotCopy(t, from, to, /the source is in use by process \d+/);
  });
  await withStore(from, store => put(store, Buffer.of(0x70, 1), Buffer.alloc(3)) as Promise<void>);
  await mustNotCopy(t, from, to, /keys of a kind \(70\) that this version does not know/);
  const item = Buffer.concat([Buffer.of(keySpace.item), Buffer.alloc(30)]);
  const damaged = temporaryDirectory(t);
  await withStore(damaged, store => put(store, item, Buffer.of(9, 9)) as Promise<void>);
  await mustNotCopy(t, damaged, temporaryDirectory(t), /has format 9; this version reads format 1/);
  const full = temporaryDirectory(t);
  await withStore(full, store => put(store, Buffer.of(keySpace.lastTableId), Buffer.alloc(4)) as Promise<void>);
  await mustNotCopy(t, full, damaged, /the target holds data/);
  await mustNotCopy(t, full, full, /already open/);
});

test('a database without data, or in use by a node, is refused', {skip: noPostgres()}, async t => {
  const [database, to] = [await freshDatabase(), temporaryDirectory(t)];
  await mustNotCopy(t, database, to, /there is no data in the database/);
  await serving(t, ['--store', database], async () => {
    await mustNotCopy(t, database, to, /the source is in use by a node on/);
  });
});

/** Few keys and many writes, with what goes into indexes and a stream, until a write is refused for good. */
async function writeUntilMoved(endpoint: string): Promise<Map<string, number>> {
  const {call, close} = connectTo(endpoint);
  const acknowledged = new Map<string, number>();
  for (let number = 0; ; number++) {
    const p = `p${number % 50}`;
    const {status, body} = await call('PutItem', {
      TableName: 'loaded',
      Item: {p: {S: p}, g: {S: `g${number % 3}`}, n: {N: `${number}`}},
    });
    if (status !== 200) {
      assert.deepEqual([status, body.__type], [503, 'com.amazonaws.dynamodb.v20120810#ServiceUnavailable']);
      const {Item} = await must(call, 'GetItem', {TableName: 'loaded', Key: {p: {S: 'p0'}}});
      assert.ok(Item, 'it is still read');
      close();
      return acknowledged;
    }
    acknowledged.set(p, number);
  }
}

for (const direction of ['a folder to PostgreSQL', 'PostgreSQL to a folder', 'a folder to another']) {
  test(`a copy that follows from ${direction}, under load, has all that was acknowledged`, {
    skip: direction.includes('PostgreSQL') && noPostgres(),
  }, async t => {
    const place = async (name: string) =>
      name === 'PostgreSQL' ? freshDatabase() : join(temporaryDirectory(t), 'new');
    const [one, other] = direction.split(' to ') as [string, string];
    const [from, to] = [await place(one), await place(other)];
    const optionsOf = (where: string) => (where.startsWith('postgres') ? ['--store', where] : ['--data', where]);
    const server = await startServer(t, optionsOf(from));
    const {call, close} = connectTo(server.endpoint);
    await must(call, 'CreateTable', {
      TableName: 'loaded',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['p', 'g'].map(AttributeName => ({AttributeName, AttributeType: 'S'})),
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
      GlobalSecondaryIndexes: [
        {IndexName: 'by-g', KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}], Projection: {ProjectionType: 'ALL'}},
      ],
      StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_IMAGE'},
    });
    const writing = [writeUntilMoved(server.endpoint), writeUntilMoved(server.endpoint)];
    await sleep(300);
    const follow = ['copy', '--from', from, '--to', to, '--follow'];
    const killed = runProgram(t, follow);
    await sleep(1_000);
    await killed.killAll();
    const {code, stdout, stderr} = await runProgram(t, [...follow, '--switch-over']).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Paused: .* \d+ ms later the target had everything/);
    assert.doesNotMatch(stdout, /missed/);
    const [first, second] = await Promise.all(writing);
    close();
    await server.killAll();

    const again = await runProgram(t, ['--port', '0', ...optionsOf(from)]).ended;
    assert.match(again.stderr, /the data has moved to/);
    await serving(t, optionsOf(to), async target => {
      const items = await checkTable(target, 'loaded');
      assert.equal(items.length, 50);
      for (const item of items) {
        const {p, n} = item as {p: {S: string}; n: {N: string}};
        assert.ok([first!.get(p.S), second!.get(p.S)].includes(Number(n.N)), 'the last write of one of the two');
      }
    });
    assert.equal((await runProgram(t, ['copy', '--from', from, '--release']).ended).code, 0);
    await serving(t, optionsOf(from), source => must(source, 'DeleteTable', {TableName: 'loaded'}));
  });
}
