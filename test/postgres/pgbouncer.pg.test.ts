import assert from 'node:assert/strict';
import {after, describe, type TestContext, test} from 'node:test';
import pg from 'pg';
import {seededRandom} from '../../src/base/random.ts';
import {openPostgresStore} from '../../src/storage/postgres/postgres-store.ts';
import {storeContract} from '../../src/storage/store-contract.ts';
import {StoreOpenError} from '../../src/storage/store-open-error.ts';
import {checkLedger, createLoadTable, loadTable, newLedger, startLoad} from '../crash/write-load.ts';
import {type Call, connectTo} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {freshSchema, noSinglePostgres, sharedPostgres} from './shared-postgres.ts';
import {noPgBouncer, startPgBouncer} from './start-pgbouncer.ts';

const pooled = async (t: TestContext, settings: readonly string[]) => {
  const pool = await startPgBouncer(await sharedPostgres(), settings);
  t.after(() => pool.remove());
  return pool;
};

describe('through PgBouncer', {skip: noSinglePostgres() || noPgBouncer()}, () => {
  let shared: ReturnType<typeof startPgBouncer> | undefined;
  after(async () => (await shared)?.remove());
  storeContract('postgres, pooled by session', async () => {
    shared ??= sharedPostgres().then(postgres =>
      startPgBouncer(postgres, ['pool_mode = session', 'default_pool_size = 60']),
    );
    const {url} = await shared;
    return openPostgresStore({url, schema: freshSchema(), partitionBytesOf: () => 3});
  });

  for (const order of ['server_round_robin = 0', 'server_round_robin = 1']) {
    test(`one that pools transactions is refused: ${order}`, async t => {
      const {url} = await pooled(t, ['pool_mode = transaction', order]);
      const schema = freshSchema();
      await assert.rejects(
        openPostgresStore({url, schema, partitionBytesOf: () => 3}),
        (error: Error) => error instanceof StoreOpenError && /pool_mode = session/.test(error.message),
      );
      // Nothing is left with the backends, which others of the pool get next.
      const client = new pg.Client(url);
      await client.connect();
      const {rows} = await client.query(`select current_setting('enable_seqscan') as plans,
        (select count(*)::integer from pg_namespace where nspname = '${schema}') as schemas`);
      await client.end();
      assert.deepEqual(rows, [{plans: 'on', schemas: 0}]);
    });
  }

  test('it is killed amid writes and started again: what was acknowledged is there, and service returns by itself', async t => {
    const pool = await pooled(t, ['pool_mode = session', 'default_pool_size = 30']);
    const servers = await Promise.all([1, 2].map(() => startServer(t, ['--store', pool.url])));
    const [a, b] = servers.map(server => connectTo(server.endpoint));
    await createLoadTable(a!.call);
    const ledger = newLedger();
    const random = seededRandom(Number(process.env.STATOR_TEST_SEED) || 11);
    let answered = 0;
    // In turns by both nodes. A fault ends whoever asked.
    const strict: Call = async (operation, input) => {
      const answer = await (answered++ % 2 === 0 ? a! : b!).call(operation, input);
      if (answer.status >= 500) throw new Error('not done, or nobody knows');
      return answer;
    };
    for (let round = 0; round < 4; round++) {
      const before = ledger.acknowledgements;
      const load = startLoad(strict, ledger, random);
      await sleep(300 + random.fraction() * 300);
      await pool.kill();
      await sleep(random.fraction() * 500);
      await pool.start();
      await sleep(300);
      load.stop();
      await load.ended;
      assert.ok(ledger.acknowledgements > before, 'writes are answered');
      checkLedger(ledger, await checkTable(b!.call, loadTable));
    }
    a!.close();
    b!.close();
  });
});
