import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {seededRandom} from '../../src/base/random.ts';
import {checkLedger, createLoadTable, type Ledger, loadTable, newLedger, startLoad} from '../crash/write-load.ts';
import {type Call, connectTo, must} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {diskShim, noShim} from './disk-shim.ts';

const {EIO, EROFS, ENOSPC, EDQUOT} = constants.errno;
/** What lmdb-js prints when a write of its own fails: it must never meet a full disk. */
const metByLmdb = /Write error|do_write error|mdb_/;
const random = seededRandom(Number(process.env.STATOR_TEST_SEED) || 5);

const faults = [
  {name: 'flushing data fails (EIO)', call: 'sync', errno: EIO, before: 0},
  {name: 'flushing the meta page fails (EIO)', call: 'sync', errno: EIO, before: 1},
  {name: 'a flush finds no room for the meta page (ENOSPC)', call: 'sync', errno: ENOSPC, before: 1},
  {name: 'writing fails (EIO)', call: 'write', errno: EIO, before: 0},
  {name: 'the disk turned read-only (EROFS)', call: 'write', errno: EROFS, before: 0},
  {name: 'a write stops half-way, with room left', call: 'short', errno: EIO, before: 0},
] as const;

/**
 * Amid a write load the disk begins to fail. No write that it failed is acknowledged; those under way get 500 or no answer;
 * the process says why in one line and ends, since nobody knows what is on the disk; on a disk that works, every
 * acknowledged write is there.
 */
async function failAmidWrites(t: TestContext, options: readonly string[], fault: (typeof faults)[number]) {
  const folder = temporaryDirectory(t);
  const data = join(folder, 'data');
  mkdirSync(data);
  const shim = diskShim(folder);
  const server = await startServer(t, ['--data', data, ...options], shim.environment);
  const ledger = newLedger();
  const {call, close} = connectTo(server.endpoint);
  await createLoadTable(call);
  const statuses = new Set<number>();
  const load = startLoad(strict(call, statuses), ledger, random);
  await amidWrites(ledger);
  const before = ledger.acknowledgements;
  shim.fail(fault);
  // Each writer ends with the first answer that is none.
  await load.ended;
  const end = await server.ended;
  close();
  assert.deepEqual([end.code, end.signal], [1, null]);
  // A flush in the background may end the process while nobody waits for a commit: then they get no answer.
  if (!options.includes('relaxed')) assert.ok(statuses.has(500), 'what was under way is told so');
  assert.deepEqual(
    [...statuses].filter(status => ![200, 400, 500, 503].includes(status)),
    [],
  );
  const lines = end.stderr.split('\n').filter(line => line.startsWith('stator: '));
  assert.equal(lines.length, 1, end.stderr);
  assert.match(
    lines[0]!,
    /could not write .*data\.mdb to its disk \(.*\); this process writes no more: look after the disk/,
  );

  const again = await startServer(t, ['--data', data, ...options]);
  const second = connectTo(again.endpoint);
  checkLedger(ledger, await checkTable(second.call, loadTable));
  second.close();
  again.child.kill('SIGTERM');
  assert.equal((await again.ended).code, 0);
  t.diagnostic(`${before} writes acknowledged before`);
}

for (const fault of faults) {
  test(`${fault.name}: nothing is acknowledged that was not flushed, and the process ends`, {skip: noShim()}, t =>
    failAmidWrites(t, [], fault),
  );
}

test('the same with --durability relaxed: a flush in the background fails', {skip: noShim()}, t =>
  failAmidWrites(t, ['--durability', 'relaxed'], faults[0]),
);

for (const what of [
  {name: 'no room (ENOSPC)', call: 'grow', errno: ENOSPC},
  {name: 'a quota (EDQUOT)', call: 'grow', errno: EDQUOT},
  {name: 'no space on a disk that copies on write', call: 'space', errno: ENOSPC, copiesOnWrite: true},
] as const) {
  test(`${what.name}: writes get 503, reads go on, and with the room service returns`, {skip: noShim()}, async t => {
    const folder = temporaryDirectory(t);
    const shim = diskShim(folder, {copiesOnWrite: 'copiesOnWrite' in what});
    const server = await startServer(t, ['--data', join(folder, 'data')], shim.environment);
    const {call, close} = connectTo(server.endpoint);
    await createLoadTable(call);
    await createFiller(call);
    const ledger = newLedger();
    for (let round = 0; round < 3; round++) {
      const statuses = new Set<number>();
      const load = startLoad(strict(call, statuses), ledger, random);
      await amidWrites(ledger);
      shim.fail(what);
      await fill(call, round, statuses);
      // Small changes may go on for ever, in pages that are free inside the file.
      await sleep(random.fraction() * 100);
      load.stop();
      await load.ended;
      assert.deepEqual(
        [...statuses].filter(status => status >= 500),
        [503],
      );
      const found = await checkTable(call, loadTable);
      // 503 promises that nothing was done.
      ledger.underWay.clear();
      for (const counter of ledger.counters.values()) counter.underWay = 0;
      checkLedger(ledger, found);
      shim.fail();
    }
    const load = startLoad(strict(call), ledger, random);
    await amidWrites(ledger);
    load.stop();
    await load.ended;
    checkLedger(ledger, await checkTable(call, loadTable));
    close();
    server.child.kill('SIGTERM');
    const {code, stderr} = await server.ended;
    assert.equal(code, 0);
    assert.match(
      stderr,
      /stator: no room for .*data\.mdb; writes that find none fail, reads go on: make room, which needs no/,
    );
    assert.match(stderr, /stator: there is room for .*data\.mdb again/);
    assert.doesNotMatch(stderr, /fault of ours/);
    assert.doesNotMatch(stderr, metByLmdb);
  });
}

test('two workers, and a disk that fails for a moment: who met it is replaced, and nothing is lost', {
  skip: noShim(),
}, async t => {
  const folder = temporaryDirectory(t);
  const shim = diskShim(folder);
  const options = ['--data', join(folder, 'data'), '--workers', '2'];
  const server = await startServer(t, options, shim.environment);
  const ledger = newLedger();
  const first = connectTo(server.endpoint);
  await createLoadTable(first.call);
  first.close();
  for (const call of ['sync', 'write'] as const) {
    const {call: ask, close} = connectTo(server.endpoint);
    const load = startLoad(strict(ask), ledger, random);
    await amidWrites(ledger);
    shim.fail({call, errno: EIO});
    await load.ended;
    close();
    shim.fail();
    const again = connectTo(server.endpoint);
    await untilAnswered(again.call);
    checkLedger(ledger, await checkTable(again.call, loadTable));
    again.close();
  }
  assert.match(server.output.stderr, /this process writes no more[\s\S]*a worker ended \(1\); starting another/);
  server.child.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
});

async function createFiller(call: Call): Promise<void> {
  await must(call, 'CreateTable', {
    TableName: 'filler',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
  });
}

/** Adds items until one is refused. */
async function fill(call: Call, round: number, statuses: Set<number>): Promise<void> {
  for (let number = 0; number < 10_000; number++) {
    const item = {p: {S: `${round}.${number}`}, text: {S: 'x'.repeat(random.fraction() * 50_000)}};
    const {status} = await call('PutItem', {TableName: 'filler', Item: item});
    statuses.add(status);
    if (status !== 200) return;
  }
  assert.fail('the disk is never full');
}

/** An answer that tells of a fault ends whoever asked. */
function strict(call: Call, statuses = new Set<number>()): Call {
  return async (operation, input) => {
    const answer = await call(operation, input);
    statuses.add(answer.status);
    if (answer.status >= 500) throw new Error('not done, or nobody knows');
    return answer;
  };
}

/** Some moment after the first few answers, which a busy machine may let wait. */
async function amidWrites(ledger: Ledger): Promise<void> {
  const before = ledger.acknowledgements;
  for (let tries = 0; ledger.acknowledgements < before + 5; tries++) {
    assert.ok(tries < 10_000, 'writes are answered');
    await sleep(2);
  }
  await sleep(random.fraction() * 100);
}

async function untilAnswered(call: Call): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    const answer = await call('DescribeTable', {TableName: loadTable}).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(10);
  }
  assert.fail('no worker took the place of those that ended');
}
