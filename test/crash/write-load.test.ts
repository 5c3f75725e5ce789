import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {seededRandom} from '../../src/base/random.ts';
import {connectTo} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {childrenOf, type ServingProcess, sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';
import {checkLedger, createLoadTable, type Ledger, loadTable, newLedger, startLoad} from './write-load.ts';

const random = seededRandom(Number(process.env.STATOR_TEST_SEED) || 4);
/** How often each kind of server is killed, in place of what `npm test` has time for. */
const killsAsked = Number(process.env.STATOR_TEST_KILLS) || undefined;

/** Again and again: start, write, kill in the middle, start, compare. */
async function killAgainAndAgain(t: TestContext, options: readonly string[], kills: number): Promise<void> {
  const rounds = killsAsked ?? kills;
  const ledger = newLedger();
  for (let round = 0; round < rounds; round++) {
    const server = await startServer(t, options);
    const {call, close} = connectTo(server.endpoint);
    if (round === 0) await createLoadTable(call);
    else checkLedger(ledger, await checkTable(call, loadTable));
    const load = startLoad(call, ledger, random);
    await amidWrites(ledger);
    await server.killAll();
    await load.ended;
    close();
  }
  await checkAtRest(t, options, ledger);
  t.diagnostic(`${rounds} kills, ${ledger.acknowledgements} acknowledged writes`);
}

/** Some moment after the first few answers, which a busy machine may let wait. */
async function amidWrites(ledger: Ledger): Promise<void> {
  const before = ledger.acknowledgements;
  for (let tries = 0; ledger.acknowledgements < before + 5; tries++) {
    assert.ok(tries < 10_000, 'writes are answered');
    await sleep(2);
  }
  await sleep(20 + random.fraction() * 130);
}

async function checkAtRest(t: TestContext, options: readonly string[], ledger: Ledger) {
  const server = await startServer(t, options);
  const {call, close} = connectTo(server.endpoint);
  checkLedger(ledger, await checkTable(call, loadTable));
  close();
  server.child.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
}

test('kill -9 amid writes, fifty times: nothing acknowledged is lost, nothing is there by half', t =>
  killAgainAndAgain(t, ['--data', temporaryDirectory(t)], 50));

test('the same with --durability relaxed, which a killed process does not lose either', t =>
  killAgainAndAgain(t, ['--data', temporaryDirectory(t), '--durability', 'relaxed'], 10));

const needsProc = {skip: process.platform !== 'linux' && 'finds worker processes in /proc'};

test('the same with two workers, all killed at once', needsProc, t =>
  killAgainAndAgain(t, ['--data', temporaryDirectory(t), '--workers', '2'], 6),
);

for (const workers of ['1', '2']) {
  test(`the same on PostgreSQL, nodes: ${workers}`, {skip: noPostgres()}, async t =>
    killAgainAndAgain(t, ['--store', await freshDatabase(), '--workers', workers], 6),
  );
}

test(
  'with two workers, one is killed amid writes: the other serves on, and another takes its place',
  needsProc,
  async t => {
    const options = ['--data', temporaryDirectory(t), '--workers', '2'];
    const ledger = newLedger();
    const server = await startServer(t, options);
    const {call, close} = connectTo(server.endpoint);
    await createLoadTable(call);
    for (let round = 0; round < (killsAsked ?? 4); round++) {
      const load = startLoad(call, ledger, random);
      await sleep(20 + random.fraction() * 130);
      const workers = childrenOf(server.pid);
      process.kill(workers[round % 2]!, 'SIGKILL');
      await untilReplaced(server, round + 1);
      load.stop();
      await load.ended;
      checkLedger(ledger, await checkTable(call, loadTable));
    }
    close();
    server.child.kill('SIGTERM');
    assert.equal((await server.ended).code, 0);
    await checkAtRest(t, options, ledger);
  },
);

async function untilReplaced(server: ServingProcess, times: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (server.output.stderr.split('the other worker serves').length - 1 === times) return;
    await sleep(10);
  }
  assert.fail('no worker took the place of the one that was killed');
}
