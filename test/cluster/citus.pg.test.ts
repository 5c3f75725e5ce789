import assert from 'node:assert/strict';
import {dirname} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import pg from 'pg';
import {partitionBytesOf, spreadPartitionBytesOf} from '../../src/keyspace/partition-bytes.ts';
import {keySpace} from '../../src/keyspace/register.ts';
import {binaryArray} from '../../src/storage/postgres/binary-array.ts';
import {openPostgresStore} from '../../src/storage/postgres/postgres-store.ts';
import type {KeyRange, Store, Write} from '../../src/storage/store.ts';
import {StoreUnavailableError} from '../../src/storage/store-unavailable-error.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {freshSchema, sharedCitus} from '../postgres/shared-postgres.ts';
import {hasCitus} from '../postgres/start-citus.ts';
import {openBank, startMixedLoad} from './mixed-load.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 17;
const shards = 8;

async function freshCitusDatabase(): Promise<{name: string; url: string}> {
  const name = freshSchema();
  return {name, url: await (await sharedCitus()).makeDatabase(name)};
}

async function openedStore(t: TestContext, url: string) {
  const store = await openPostgresStore({url, partitionBytesOf, spreadPartitionBytesOf, shards});
  t.after(() => store.close());
  return store;
}

/** Item `number` of table 7, whose hash begins with that number. */
function itemKey(number: number): Buffer {
  return Buffer.concat([
    Buffer.from([keySpace.item, 0, 0, 0, 7, number]),
    Buffer.alloc(23, number),
    Buffer.from('sort'),
  ]);
}
const tableRecord = Buffer.concat([Buffer.from([keySpace.tableByName]), Buffer.from('region\0name')]);
const streamLog = Buffer.from([keySpace.changeRecord, 0, 0, 0, 7, 0, 0, 0, 1]);
const put = (key: Buffer, value: string): Write => ({kind: 'put', key, value: Buffer.from(value)});
const commit = async (store: Store, ...writes: Write[]) => store.commit([], () => ({result: 0, writes}));
const increment = async (store: Store, key: Buffer) =>
  store.commit([key], ([value]) => ({result: 0, writes: [put(key, String(Number(value) + 1))]}));
const whole = {reverse: false, entriesMax: 100_000, bytesMax: 1e8};
const table: KeyRange = {
  start: Buffer.from([keySpace.item, 0, 0, 0, 7]),
  end: Buffer.from([keySpace.item, 0, 0, 0, 8]),
};

/** The shards that statements of one session were sent to. */
async function shardsOf(url: string, text: string, values: unknown[]): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const seen = new Set<string>();
  client.on('notice', ({message}) => {
    for (const [shard] of message?.matchAll(/\b(entry|log_tail|counter)_\d+/g) ?? []) seen.add(shard);
  });
  try {
    await client.query('set citus.log_remote_commands = on');
    await client.query(text, values);
  } finally {
    await client.end();
  }
  return [...seen].sort();
}

describe('Citus', {skip: !hasCitus() && 'Citus is not installed beside PostgreSQL', timeout: 240_000}, () => {
  test('tables are spread, and what names one partition is sent to its shard alone', async t => {
    const {name, url} = await freshCitusDatabase();
    const store = await openedStore(t, url);
    const {coordinator} = await sharedCitus();
    const spread = await coordinator.query(
      `select table_name::text, shard_count::int, colocation_id from citus_tables where table_name::text like 'stator.%' order by 1`,
      name,
    );
    assert.deepEqual(
      spread.map(row => [row.table_name, row.shard_count, row.colocation_id === spread[0]!.colocation_id]),
      ['counter', 'entry', 'log_tail'].map(of => [`stator.${of}`, shards, true]),
    );

    await commit(store, put(tableRecord, 'record'), ...[1, 2, 3].map(number => put(itemKey(number), `${number}`)));
    const item = itemKey(2);
    const bytes = (...elements: Buffer[]) => binaryArray('bytea', elements);
    const partition = item.subarray(0, spreadPartitionBytesOf(item[0]!));
    const sort = item.subarray(partition.length);
    const [own, ...others] = await shardsOf(url, "select * from stator.read_1('{}', $1, $2, 9, 0)", [
      bytes(partition),
      bytes(sort),
    ]);
    assert.ok(own && others.length === 0);
    const withRecord = [bytes(partition, tableRecord.subarray(0, 1)), bytes(sort, tableRecord.subarray(1))];
    assert.equal((await shardsOf(url, "select * from stator.read_1('{}', $1, $2, 9, 0)", withRecord)).length, 2);
    const write = `select stator.commit_1('{}', '{}', '{}', '{}', '{}', $1, $2, $2, '{}', '{}',
      '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 0, '{null}', '{}')`;
    assert.deepEqual(await shardsOf(url, write, [bytes(partition), bytes(sort)]), [own]);
  });

  test('a log lies with its records, and a walk over all partitions finds every key in order, whatever the pages', async t => {
    const {name, url} = await freshCitusDatabase();
    const store = await openedStore(t, url);
    const append = (record: string): Write => ({kind: 'append', log: streamLog, record: Buffer.from(record)});
    await commit(store, append('first'), append('second'));
    const {coordinator} = await sharedCitus();
    const places = await coordinator.query(
      `select distinct get_shard_id_for_distribution_column('stator.entry', partition) as shard from stator.entry
        union select distinct get_shard_id_for_distribution_column('stator.entry', partition) from stator.log_tail`,
      name,
    );
    assert.equal(places.length, 1);

    // A partition that fills several pages, between others of a single key.
    const numbers = Array.from({length: 256}, (_, number) => number).filter(number => number % 3 > 0);
    const keys = numbers.flatMap(number =>
      Array.from({length: number === 100 ? 900 : 1}, (_, i) =>
        Buffer.concat([itemKey(number), Buffer.from(String(i).padStart(4, '0'))]),
      ),
    );
    for (let at = 0; at < keys.length; at += 100) {
      await commit(store, ...keys.slice(at, at + 100).map(key => put(key, 'value'.repeat(20))));
    }
    const firstRecord = {start: Buffer.from([keySpace.item]), end: Buffer.from([keySpace.changeRecord + 1])};
    assert.equal((await store.scan(firstRecord, whole)).keys.length, keys.length + 2);
    for (const reverse of [false, true]) {
      for (const limits of [{entriesMax: 37}, {bytesMax: 7_000}, {}]) {
        const found: Buffer[] = [];
        const rest = {...table};
        for (let more = true; more; ) {
          const page = await store.scan(rest, {...whole, ...limits, reverse});
          found.push(...page.keys);
          more = page.more;
          const last = page.keys.at(-1);
          if (last && reverse) rest.end = last;
          else if (last) rest.start = Buffer.concat([last, Buffer.from([0])]);
        }
        assert.deepEqual(found, reverse ? keys.toReversed() : keys);
      }
    }
  });

  test('of what many ask for at once, large values come in pieces', async t => {
    const {url} = await freshCitusDatabase();
    const store = await openedStore(t, url);
    const numbers = Array.from({length: 60}, (_, number) => number);
    const content = (number: number) => Buffer.alloc(400 << 10, `${number}, `);
    for (const number of numbers) {
      await store.commit([], () => ({
        result: 0,
        writes: [{kind: 'put', key: itemKey(number), value: content(number)}],
      }));
    }
    const each = await Promise.all(numbers.map(number => store.read([itemKey(number), itemKey(200 + (number % 50))])));
    for (const [at, [value, absent]] of each.entries()) {
      assert.ok(value?.equals(content(at)));
      assert.equal(absent, undefined);
    }
    const all = await store.read(numbers.map(itemKey));
    assert.ok(all.every((value, at) => value?.equals(content(at))));
    const {keys, more} = await store.scan(table, {...whole, bytesMax: 1 << 20});
    assert.deepEqual([keys.length, more], [3, true]);
  });

  test('a worker is not taken for the coordinator, nor one that flushes nothing at a commit', async t => {
    const {name, url} = await freshCitusDatabase();
    const {coordinator, workers} = await sharedCitus();
    const ofWorker = workers[0]!.url.replace('/postgres?', `/${name}?`);
    await assert.rejects(openPostgresStore({url: ofWorker, partitionBytesOf}), /worker of Citus; name the coordinator/);
    await workers[1]!.query(`alter database ${name} set synchronous_commit = off`);
    await assert.rejects(
      openPostgresStore({url, partitionBytesOf}),
      /synchronous_commit is off on worker .*set it to on/,
    );
    await workers[1]!.query(`alter database ${name} reset synchronous_commit`);
    await coordinator.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
    );
    await openedStore(t, url);
    await assert.rejects(
      openPostgresStore({url, partitionBytesOf, hasStandby: true}),
      /--read-store is not built for Citus/,
    );
  });

  test('a worker that is lost amid its commit leaves open whether that is done, and nobody does it again', async t => {
    const {name, url} = await freshCitusDatabase();
    const store = await openedStore(t, url);
    const {workers} = await sharedCitus();
    const onWorkers = (text: string) => Promise.all(workers.map(worker => worker.query(text, name)));
    const awaitedStandby = async (standby: string) => {
      await onWorkers(`alter system set synchronous_standby_names = '${standby}'`);
      await onWorkers('select pg_reload_conf()');
    };
    // In one partition, so that it is committed in one phase; two, so that they make a group.
    const keys = ['a', 'b'].map(rest => Buffer.concat([itemKey(5), Buffer.from(rest)]));
    await commit(store, ...keys.map(key => put(key, '1')));
    await awaitedStandby('nobody');
    const lost = `select pg_terminate_backend(pid) from pg_stat_activity
      where wait_event = 'SyncRep' and datname = '${name}'`;
    let increments: PromiseSettledResult<number>[] | undefined;
    let value = 1;
    // A moment passes until workers wait for a standby: what is done before is done again.
    for (let isLost = false; !isLost; value++) {
      increments = undefined;
      const settled = Promise.allSettled(keys.map(key => increment(store, key))).then(outcomes => {
        increments = outcomes;
      });
      while (!increments && !isLost) isLost = (await onWorkers(lost)).flat().length > 0;
      if (isLost) await awaitedStandby('');
      await settled;
    }
    for (const outcome of increments!) {
      const reason = outcome.status === 'rejected' ? outcome.reason : undefined;
      assert.ok(reason instanceof StoreUnavailableError && reason.written === 'unknown', String(reason));
    }
    assert.deepEqual((await store.read(keys)).map(Number), [value, value]);
  });

  for (const [what, strike] of [
    [
      'a worker loses its power and comes back, twice',
      async () => {
        const {workers} = await sharedCitus();
        for (const worker of workers) {
          await worker.stop('immediate');
          await sleep(700);
          await worker.start();
          await sleep(700);
        }
      },
    ],
    [
      'shards move to another worker',
      async (name: string) => {
        const {coordinator, workers} = await sharedCitus();
        const [from, to] = workers.map(({socket}) => dirname(socket));
        const moved = await coordinator.query(
          `select shardid from citus_shards where table_name::text = 'stator.entry' and nodename = '${from}' order by 1 limit 3`,
          name,
        );
        for (const {shardid} of moved) {
          await coordinator.query(
            `select citus_move_shard_placement(${shardid}, '${from}', 5432, '${to}', 5432, 'block_writes')`,
            name,
          );
        }
      },
    ],
  ] as [string, (database: string) => Promise<void>][]) {
    test(`${what} under a mixed load of two nodes: nothing acknowledged is lost, and service returns`, async t => {
      const {name, url} = await freshCitusDatabase();
      const args = ['--store', url, '--store-shards', `${shards}`];
      const servers = [await startServer(t, args), await startServer(t, args)];
      await openBank(servers[0]!.endpoint);
      const load = startMixedLoad(t, () => servers.map(({endpoint}) => endpoint), seed);
      await load.untilServed(100);
      await strike(name);
      await load.untilServed(100);
      await load.check();
      t.diagnostic(JSON.stringify(load.seen));
      for (const server of servers) assert.doesNotMatch(server.output.stderr, /fault of ours/);
    });
  }
});
