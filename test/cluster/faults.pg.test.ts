import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import pg from 'pg';
import {partitionBytesOf} from '../../src/keyspace/partition-bytes.ts';
import {openPostgresStore} from '../../src/storage/postgres/postgres-store.ts';
import type {Store, Write} from '../../src/storage/store.ts';
import {StoreUnavailableError} from '../../src/storage/store-unavailable-error.ts';
import {connectTo, must, mustInTurn} from '../harness/call.ts';
import {childrenOf, type ServingProcess, sleep, startServer} from '../harness/server-process.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';
import {type Postgres, startPostgres} from '../postgres/start-postgres.ts';
import {type Load, openBank, startMixedLoad} from './mixed-load.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 13;
/** How long processes hang: with STATOR_TEST_LONG for longer than a statement may take. */
const hangMs = process.env.STATOR_TEST_LONG === '1' ? 13_000 : 1_500;
const onLinux = process.platform === 'linux';

async function ownServer(t: TestContext, settings: readonly string[] = []): Promise<Postgres> {
  const postgres = await startPostgres(settings);
  t.after(() => postgres.remove());
  return postgres;
}

const postmasterOf = ({socket}: Postgres) =>
  Number(readFileSync(join(dirname(socket), 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);

const backends = (postgres: Postgres, what: string) =>
  postgres.query(`select ${what} from pg_stat_activity where application_name = 'stator'`);

/** Every connection that the server has left; given back by what is returned. */
async function takeAllConnections(url: string): Promise<() => Promise<void>> {
  const taken: pg.Client[] = [];
  for (let refusals = 0; refusals < 5; ) {
    const client = new pg.Client({connectionString: url, connectionTimeoutMillis: 3_000});
    client.on('error', () => {});
    try {
      await client.connect();
      taken.push(client);
    } catch {
      refusals++;
      await sleep(20);
    }
  }
  return async () => {
    await Promise.all(taken.map(client => client.end()));
  };
}

const put = (key: Buffer, value: string): Write => ({kind: 'put', key, value: Buffer.from(value)});
const keyOf = (name: string) => Buffer.concat([Buffer.from([0x03]), Buffer.from(name)]);
const commit = async (store: Store, name: string) =>
  store.commit([], () => ({result: 0, writes: [put(keyOf(name), 'x')]}));

describe('PostgreSQL in trouble under a mixed load on two nodes', {skip: noPostgres()}, () => {
  const kinds: [
    string,
    boolean,
    (postgres: Postgres, load: Load, servers: readonly ServingProcess[]) => Promise<void>,
  ][] = [
    [
      'backends are killed',
      true,
      async postgres => {
        for (let i = 0; i < 8; i++) {
          await backends(postgres, 'pg_terminate_backend(pid)');
          await sleep(100);
        }
      },
    ],
    [
      'statements are cancelled',
      true,
      async postgres => {
        for (let i = 0; i < 20; i++) {
          await backends(postgres, 'pg_cancel_backend(pid)');
          await sleep(30);
        }
      },
    ],
    [
      'a backend hangs',
      onLinux,
      async postgres => {
        const rows = await backends(postgres, 'pid');
        const pid = Number(rows[0]!.pid);
        process.kill(pid, 'SIGSTOP');
        await sleep(hangMs);
        process.kill(pid, 'SIGCONT');
      },
    ],
    [
      'all of PostgreSQL hangs',
      onLinux,
      async postgres => {
        const postmaster = postmasterOf(postgres);
        const all = [postmaster, ...childrenOf(postmaster)];
        const signal = (name: NodeJS.Signals) => {
          for (const pid of all) {
            try {
              process.kill(pid, name);
            } catch {
              // It has ended.
            }
          }
        };
        signal('SIGSTOP');
        await sleep(hangMs);
        signal('SIGCONT');
      },
    ],
    [
      'it loses its power, and comes back',
      true,
      async postgres => {
        await postgres.stop('immediate');
        await sleep(500);
        await postgres.start();
      },
    ],
    [
      'it is restarted',
      true,
      async postgres => {
        await postgres.stop('fast');
        await postgres.start();
      },
    ],
    [
      'others take all connections',
      true,
      async (postgres, load, servers) => {
        // The nodes stand still until all are taken.
        for (const {child} of servers) child.kill('SIGSTOP');
        await backends(postgres, 'pg_terminate_backend(pid)');
        const giveBack = await takeAllConnections(postgres.url.replace('postgres@', 'app@'));
        for (const {child} of servers) child.kill('SIGCONT');
        // After answers that were on their way.
        await sleep(200);
        const before = load.seen.acknowledged;
        await sleep(1_000);
        const after = load.seen.acknowledged;
        await giveBack();
        assert.equal(after, before);
      },
    ],
  ];

  test('answers are success or what SDKs try again, in bounded time, and nothing acknowledged is lost', async t => {
    const postgres = await ownServer(t, ['max_connections=40']);
    await postgres.query('create role app login; grant all on database postgres to app');
    const args = ['--store', postgres.url.replace('postgres@', 'app@')];
    const servers = [await startServer(t, args), await startServer(t, args)];
    await openBank(servers[0]!.endpoint);
    const load = startMixedLoad(t, () => servers.map(({endpoint}) => endpoint), seed);
    for (const [name, isPossible, bring] of kinds) {
      if (!isPossible) continue;
      await load.untilServed(20);
      const before = {...load.seen};
      load.seen.longestGapMs = 0;
      await bring(postgres, load, servers);
      await load.untilServed(20);
      const {acknowledged, unknown, unavailable, longestGapMs} = load.seen;
      t.diagnostic(
        `${name}: ${acknowledged - before.acknowledged} done, ${unknown - before.unknown} unknown, ` +
          `${unavailable - before.unavailable} refused, nothing done for ${longestGapMs} ms`,
      );
    }
    await load.check();
    t.diagnostic(`the slowest answer took ${load.seen.slowestMs} ms`);
    for (const {output} of servers) assert.doesNotMatch(output.stderr, /fault of ours/);
  });

  test('a hundred callers of four nodes on one item: each is done, once no transaction is in the way', async t => {
    const args = ['--store', await freshDatabase()];
    const servers = await Promise.all([1, 2, 3, 4].map(() => startServer(t, args)));
    await openBank(servers[0]!.endpoint);
    const rounds = 5;
    const clients = servers.map(({endpoint}) => connectTo(endpoint));
    const update = {
      TableName: 'bank',
      Key: {p: {S: 'hot'}},
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: {':one': {N: '1'}},
    };
    await Promise.all(
      Array.from({length: 100}, async (_, caller) => {
        const {call} = clients[caller % clients.length]!;
        for (let round = 0; round < rounds; round++) {
          if (caller % 3 === 0) await mustInTurn(call, 'TransactWriteItems', {TransactItems: [{Update: update}]});
          else await mustInTurn(call, 'UpdateItem', update);
        }
      }),
    );
    const {Item} = await must(clients[0]!.call, 'GetItem', {TableName: 'bank', Key: update.Key, ConsistentRead: true});
    assert.equal(Item.n.N, `${100 * rounds}`);
    for (const {close} of clients) close();
  });
});

describe('standbys that are gone', {skip: noPostgres()}, () => {
  test('a commit that no standby confirms is never acknowledged: it fails in time, and goes through once there is one', async t => {
    const postgres = await ownServer(t);
    const store = await openPostgresStore({
      url: postgres.url,
      partitionBytesOf,
      patienceMs: 500,
      statementMsMax: 1_000,
    });
    t.after(() => store.close());
    await commit(store, 'before');
    const askFor = async (names: string) => {
      await postgres.query(`alter system set synchronous_standby_names = '${names}'`);
      await postgres.query('select pg_reload_conf()');
      await sleep(200);
    };
    await askFor('nobody');
    const startMs = Date.now();
    await assert.rejects(commit(store, 'timed out'), isUnknown);
    assert.ok(Date.now() - startMs < 5_000);
    // Told to stop waiting, PostgreSQL says that it is done, with no more than a warning.
    const cancelled = commit(store, 'cancelled');
    cancelled.catch(() => {});
    await sleep(300);
    await postgres.query("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
    await assert.rejects(cancelled, isUnknown);
    await postgres.query("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
    await askFor('');
    for (let tries = 0; ; tries++) {
      try {
        await commit(store, 'after');
        break;
      } catch (error) {
        assert.ok(error instanceof StoreUnavailableError && tries < 20);
      }
    }
  });
});

function isUnknown(error: unknown): boolean {
  assert.ok(error instanceof StoreUnavailableError);
  assert.equal(error.written, 'unknown');
  return true;
}
