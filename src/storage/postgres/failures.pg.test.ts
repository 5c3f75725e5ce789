import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {startFaultProxy} from '../../../test/harness/fault-proxy.ts';
import {freshSchema, noPostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import {type Postgres, startPostgres} from '../../../test/postgres/start-postgres.ts';
import {AssertionFailure} from '../../base/assert.ts';
import type {Store, Write} from '../store.ts';
import {StoreOpenError} from '../store-open-error.ts';
import {StoreUnavailableError} from '../store-unavailable-error.ts';
import {openPostgresStore} from './postgres-store.ts';

const bytes = (text: string) => Buffer.from(text);
const put = (key: string, value: string): Write => ({kind: 'put', key: bytes(key), value: bytes(value)});
const partitionBytesOf = () => 2;
const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

async function ownServer(t: TestContext, settings: string[] = []): Promise<Postgres> {
  const postgres = await startPostgres(settings);
  t.after(() => postgres.remove());
  return postgres;
}

async function openedStore(t: TestContext, url: string, options: {schema?: string; patienceMs?: number} = {}) {
  const store = await openPostgresStore({url, partitionBytesOf, ...options});
  t.after(() => store.close());
  return store;
}

/** Adds one to the number under a key; answers what it is now. */
const increment = (store: Store, key: string): Promise<number> =>
  store.commit([bytes(key)], ([value]) => {
    const next = Number(value?.toString() ?? '0') + 1;
    return {result: next, writes: [put(key, `${next}`), {kind: 'append', log: bytes('log'), record: bytes(`${next}`)}]};
  }) as Promise<number>;

/** Counts up in some lanes until told; what was acknowledged, and what failed with which promise. */
function startCounting(store: Store, lanes: number) {
  const seen = {acknowledged: 0, notDone: 0, unknown: 0, others: [] as unknown[], slowestMs: 0};
  let going = true;
  const lane = async () => {
    while (going) {
      const startMs = Date.now();
      try {
        await increment(store, 'n');
        seen.acknowledged++;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) seen.others.push(error);
        else if (error.written === 'no') seen.notDone++;
        else seen.unknown++;
      }
      seen.slowestMs = Math.max(seen.slowestMs, Date.now() - startMs);
    }
  };
  const running = Promise.all(Array.from({length: lanes}, lane));
  return {
    seen,
    async stop() {
      going = false;
      await running;
      return seen;
    },
  };
}

async function checkCount(store: Store, seen: {acknowledged: number; unknown: number; others: unknown[]}) {
  const [value] = await store.read([bytes('n')]);
  const count = Number(value!.toString());
  assert.deepEqual(seen.others, []);
  assert.ok(count >= seen.acknowledged, `${count} ≥ ${seen.acknowledged} acknowledged`);
  assert.ok(count <= seen.acknowledged + seen.unknown, `${count} ≤ ${seen.acknowledged} + ${seen.unknown} unknown`);
  const page = await store.scan(
    {start: bytes('log'), end: bytes('loh')},
    {reverse: false, entriesMax: 1e6, bytesMax: 1e9},
  );
  assert.deepEqual(
    page.values.map(String),
    Array.from({length: count}, (_, i) => `${i + 1}`),
  );
  assert.ok(page.keys.every((key, i) => key.readBigUInt64BE(3) === BigInt(i)));
}

describe('PostgreSQL in trouble', {skip: noPostgres()}, () => {
  test('several nodes make one schema at the same moment, and see each other at once', async t => {
    const {url} = await sharedPostgres();
    const schema = freshSchema();
    const nodes = await Promise.all(Array.from({length: 6}, () => openedStore(t, url, {schema})));
    for (const [i, node] of nodes.entries()) {
      await node.commit([], () => ({result: 0, writes: [put('k', `${i}`)]}));
      for (const other of nodes) assert.equal(String((await other.read([bytes('k')]))[0]), `${i}`);
    }
  });

  test('increments of one key from several nodes lose nothing, and none is refused', async t => {
    const {url} = await sharedPostgres();
    const schema = freshSchema();
    const nodes = await Promise.all([1, 2, 3].map(() => openedStore(t, url, {schema})));
    const results = await Promise.all(
      Array.from({length: 600}, (_, i) => increment(nodes[i % nodes.length]!, i % 10 === 0 ? 'other' : 'n')),
    );
    assert.equal(results.length, 600);
    assert.equal(String((await nodes[0]!.read([bytes('n')]))[0]), '540');
  });

  test('increments that meet others for longer than they may are not done, and told so', async t => {
    const {url} = await sharedPostgres();
    const schema = freshSchema();
    const patient = await openedStore(t, url, {schema});
    await increment(patient, 'n');
    const hasty = await Promise.all([1, 2, 3].map(() => openedStore(t, url, {schema, patienceMs: 5})));
    const outcomes = await Promise.allSettled(
      Array.from({length: 900}, async (_, i) => {
        await sleep(Math.floor(i / 30) * 5);
        return increment(hasty[i % hasty.length]!, 'n');
      }),
    );
    const refused = outcomes.filter(one => one.status === 'rejected').map(({reason}) => reason);
    for (const reason of refused) assert.ok(reason instanceof StoreUnavailableError && reason.written === 'no', reason);
    assert.ok(refused.some(({message}) => /others changed the same keys/.test(message)));
    assert.equal(Number((await patient.read([bytes('n')]))[0]), 1 + outcomes.length - refused.length);
  });

  test('transfers between keys from several nodes keep the sum, and every reader sees it', async t => {
    const {url} = await sharedPostgres();
    const schema = freshSchema();
    const nodes = await Promise.all([1, 2].map(() => openedStore(t, url, {schema})));
    const accounts = Array.from({length: 6}, (_, i) => `account${i}`);
    await nodes[0]!.commit([], () => ({result: 0, writes: accounts.map(name => put(name, '100'))}));
    let moving = true;
    let checks = 0;
    const watching = (async () => {
      while (moving) {
        const values = await nodes[checks % 2]!.read(accounts.map(bytes));
        assert.equal(
          values.reduce((sum, value) => sum + Number(value), 0),
          600,
        );
        checks++;
      }
    })();
    await Promise.all(
      Array.from({length: 300}, (_, i) => {
        const [from, to] = [accounts[i % 6]!, accounts[(i * 5 + 1) % 6]!];
        if (from === to) return undefined;
        return nodes[i % 2]!.commit([bytes(from), bytes(to)], ([a, b]) => ({
          result: 0,
          writes: [put(from, `${Number(a) - i}`), put(to, `${Number(b) + i}`)],
        }));
      }),
    );
    moving = false;
    await watching;
    assert.ok(checks > 0);
  });

  test('backends killed under load: nothing acknowledged is lost, nothing is done twice', async t => {
    const {url, query} = await sharedPostgres();
    const store = await openedStore(t, url, {schema: freshSchema()});
    const counting = startCounting(store, 8);
    for (let i = 0; i < 10; i++) {
      await sleep(60);
      await query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stator' and pid <> pg_backend_pid()",
      );
    }
    await checkCount(store, await counting.stop());
    assert.ok(counting.seen.acknowledged > 10);
  });

  test('the server is stopped at once and started again: requests fail in time, and service returns by itself', async t => {
    const postgres = await ownServer(t);
    const store = await openedStore(t, postgres.url, {patienceMs: 600});
    const counting = startCounting(store, 4);
    await sleep(200);
    await postgres.stop('immediate');
    const reads = store.read([bytes('n')]);
    await assert.rejects(async () => reads, StoreUnavailableError);
    await sleep(500);
    assert.ok(counting.seen.notDone > 0);
    await postgres.start();
    const before = counting.seen.acknowledged;
    for (let tries = 0; counting.seen.acknowledged === before && tries < 300; tries++) await sleep(10);
    const seen = await counting.stop();
    assert.ok(seen.acknowledged > before);
    assert.ok(seen.slowestMs < 5_000, `${seen.slowestMs} ms`);
    await checkCount(store, seen);
  });

  test('a short restart is waited for: no reader notices', async t => {
    const postgres = await ownServer(t);
    const store = await openedStore(t, postgres.url, {patienceMs: 30_000});
    await increment(store, 'n');
    await postgres.stop('fast');
    const read = store.read([bytes('n')]);
    const scan = store.scan({start: bytes('n'), end: bytes('o')}, {reverse: false, entriesMax: 9, bytesMax: 99});
    const commit = increment(store, 'n');
    await postgres.start();
    assert.equal(String((await read)[0]).length, 1);
    assert.equal((await scan).keys.length, 1);
    assert.equal(await commit, 2);
  });

  test('a connection that hangs fails what waits for it, in time', async t => {
    const {socket} = await sharedPostgres();
    const proxy = await startFaultProxy(t, socket);
    const store = await openPostgresStore({
      url: proxy.url(),
      schema: freshSchema(),
      partitionBytesOf,
      patienceMs: 500,
      statementMsMax: 400,
    });
    await increment(store, 'n');
    proxy.set({toServer: false, toClient: false});
    const startMs = Date.now();
    const failing = await Promise.allSettled([store.read([bytes('n')]), increment(store, 'n'), increment(store, 'm')]);
    assert.deepEqual(
      failing.map(one => one.status === 'rejected' && one.reason instanceof StoreUnavailableError),
      [true, true, true],
    );
    assert.ok(Date.now() - startMs < 5_000);
    proxy.heal();
    for (let tries = 0; ; tries++) {
      const value = await Promise.resolve(store.read([bytes('n')])).catch(() => undefined);
      if (value) break;
      assert.ok(tries < 50);
    }
    assert.equal(await increment(store, 'n'), 2);
    await store.close();
  });

  test('a line that swallows everything: however many wait, each is answered in time, and service returns', async t => {
    const {socket} = await sharedPostgres();
    const proxy = await startFaultProxy(t, socket);
    const store = await openPostgresStore({
      url: proxy.url(),
      schema: freshSchema(),
      partitionBytesOf,
      patienceMs: 500,
      statementMsMax: 700,
    });
    await Promise.all(Array.from({length: 500}, (_, i) => increment(store, `n${i}`)));
    proxy.set({toServer: false, toClient: false});
    const startMs = Date.now();
    const failing = await Promise.allSettled(
      Array.from({length: 2_000}, async (_, i) => (i % 2 ? store.read([bytes(`n${i}`)]) : increment(store, `n${i}`))),
    );
    assert.ok(failing.every(one => one.status === 'rejected' && one.reason instanceof StoreUnavailableError));
    // What it waits for others, for a connection (three seconds), and for its statement.
    assert.ok(Date.now() - startMs < 6_000, `${Date.now() - startMs} ms`);

    // As where the other end has forgotten these connections, and says nothing: the first that hangs condemns them all.
    proxy.heal();
    for (let tries = 0; ; tries++) {
      if (await Promise.resolve(store.read([bytes('n1')])).then(Boolean, () => false)) break;
      assert.ok(tries < 50);
    }
    await Promise.all(Array.from({length: 200}, (_, i) => increment(store, `n${i}`)));
    await store.close();
  });

  test('a fault of ours is not taken for one of PostgreSQL, nor tried again, and harms nobody in its company', async t => {
    const {url, query} = await sharedPostgres();
    const schema = freshSchema();
    const fault = new RangeError('a fault of ours');
    const store = await openPostgresStore({
      url,
      schema,
      partitionBytesOf: firstByte => {
        if (firstByte === 0x7f) throw fault;
        return 2;
      },
    });
    t.after(() => store.close());
    await increment(store, 'n');
    const faulty = Buffer.from([0x7f]);
    const startMs = Date.now();
    const faults = [
      () => store.commit([faulty], () => ({result: 0, writes: []})),
      () => store.commit([], () => ({result: 0, writes: [{kind: 'put', key: faulty, value: bytes('v')}]})),
      async () => store.read([faulty]),
    ];
    for (const cause of faults) {
      const company = Array.from({length: 20}, (_, i) => (i % 2 ? increment(store, 'n') : store.read([bytes('n')])));
      const failing = Promise.resolve(cause());
      await assert.rejects(failing, (error: Error) => error === fault);
      await Promise.all(company);
    }
    assert.equal(String((await store.read([bytes('n')]))[0]), '31');
    await store.commit([], () => ({result: 0, writes: [{kind: 'add', counter: bytes('c'), amounts: [1]}]}));
    await query(`update ${schema}.counter set sums = '{9223372036854775807}'`);
    const range = {start: bytes('c'), end: bytes('d')};
    await assert.rejects(async () => store.scanArea('counter', range, {entriesMax: 9, bytesMax: 99}), AssertionFailure);
    assert.ok(Date.now() - startMs < 4_000, 'nothing was tried again');
  });

  test('a log that is cleared while others append to it begins anew, with no record left and none in its way', async t => {
    const {url, query} = await sharedPostgres();
    const schema = freshSchema();
    const nodes = await Promise.all([1, 2].map(() => openedStore(t, url, {schema})));
    const log = {start: bytes('log'), end: bytes('loh')};
    let clearing = true;
    const clears = (async () => {
      for (let i = 0; clearing; i++) while (await nodes[i % 2]!.clear(log));
    })();
    await Promise.all(
      Array.from({length: 8}, async (_, lane) => {
        for (let i = 0; i < 150; i++) {
          const writes = Array.from({length: 1 + (i % 40)}, () => ({
            kind: 'append' as const,
            log: bytes('log'),
            record: bytes(`${lane} ${i}`),
          }));
          await nodes[lane % 2]!.commit([], () => ({result: 0, writes}));
        }
      }),
    );
    clearing = false;
    await clears;
    const {keys} = await nodes[0]!.scan(log, {reverse: false, entriesMax: 1e6, bytesMax: 1e9});
    const [tail] = await query(`select next from ${schema}.log_tail`);
    assert.deepEqual(
      keys.map(key => Number(key.readBigUInt64BE(3))),
      Array.from({length: keys.length}, (_, i) => Number(tail?.next ?? 0) - keys.length + i),
    );
    while (await nodes[0]!.clear(log));
    assert.deepEqual(await query(`select 1 from ${schema}.entry union all select 1 from ${schema}.log_tail`), []);
  });

  test('too many connections: those that there are serve on, and a node that gets none says so', async t => {
    const postgres = await ownServer(t, ['max_connections=8', 'superuser_reserved_connections=1']);
    await postgres.query('create role app login; grant all on database postgres to app');
    const url = postgres.url.replace('postgres@', 'app@');
    const store = await openedStore(t, url);
    await Promise.all(Array.from({length: 200}, (_, i) => increment(store, `n${i % 20}`)));
    const others: Store[] = [];
    const busy = startCounting(store, 4);
    for (let i = 0; i < 3; i++) {
      try {
        others.push(await openedStore(t, url, {patienceMs: 300}));
      } catch (error) {
        assert.ok(error instanceof StoreOpenError);
      }
    }
    await Promise.all(
      others.map(other => Promise.allSettled(Array.from({length: 50}, () => other.read([bytes('n')])))),
    );
    const seen = await busy.stop();
    assert.deepEqual(seen.others, []);
    assert.ok(seen.acknowledged > 0);
  });

  test('a newer format is refused and left alone; so are a wrong database and nobody there', async () => {
    const {url, query} = await sharedPostgres();
    const schema = freshSchema();
    await (await openPostgresStore({url, schema, partitionBytesOf})).close();
    await query(`update ${schema}.format set format = 99`);
    await assert.rejects(openPostgresStore({url, schema, partitionBytesOf}), (error: Error) => {
      assert.ok(error instanceof StoreOpenError);
      assert.match(error.message, /format 99, written by a newer version.*install the newer/);
      return true;
    });
    const missing = url.replace(/\/\w+\?/, '/nowhere?');
    await assert.rejects(
      openPostgresStore({url: missing, partitionBytesOf, patienceMs: 200}),
      (error: Error) => error instanceof StoreOpenError && /"nowhere" does not exist/.test(error.message),
    );
    await assert.rejects(
      openPostgresStore({url: 'postgres://x@127.0.0.1:1/x', partitionBytesOf, patienceMs: 200}),
      (error: Error) => error instanceof StoreOpenError && /ECONNREFUSED/.test(error.message),
    );
    assert.equal((await query(`select format from ${schema}.format`))[0]!.format, 99);
  });

  test('every statement finds rows by the primary key, in a table made empty and filled since', async t => {
    const {url, query} = await sharedPostgres();
    const schema = freshSchema();
    const store = await openedStore(t, url, {schema});
    const page = () =>
      store.scan({start: bytes('k1'), end: bytes('k2')}, {reverse: false, entriesMax: 5, bytesMax: 1e6});
    // Plans are made now, while the table is empty.
    for (let i = 0; i < 3; i++) {
      await increment(store, 'n');
      await page();
      await store.counters([bytes('c')]);
    }
    await query(
      `insert into ${schema}.entry select 'k1', int4send(i), repeat('x', 50)::bytea from generate_series(1, 20000) i`,
    );
    const scansBefore = await sequentialScans();
    for (let i = 0; i < 5; i++) {
      await increment(store, 'n');
      assert.equal((await page()).keys.length, 5);
      await store.commit([], () => ({
        result: 0,
        writes: [{kind: 'delete', key: Buffer.concat([bytes('k1'), Buffer.from([0, 0, 9, i])])}],
      }));
    }
    assert.equal(await sequentialScans(), scansBefore);

    async function sequentialScans(): Promise<unknown> {
      await sleep(1_100); // Backends report what they counted about once a second.
      const rows = await query(
        `select sum(seq_tup_read) as rows from pg_stat_user_tables where schemaname = '${schema}' and relname in ('entry', 'counter')`,
      );
      return rows[0]!.rows;
    }
  });
});
