import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {describe, test} from 'node:test';
import {decodeLease, type LeaseRecord, leaseKey} from '../../src/keyspace/lease.ts';
import {type Answer, connectTo, must} from '../harness/call.ts';
import {checkTable, untilSettled} from '../harness/check-table.ts';
import {type FaultProxy, type Strike, startFaultProxy} from '../harness/fault-proxy.ts';
import {type ServingProcess, sleep, startServer} from '../harness/server-process.ts';
import {noPostgres, noSinglePostgres, sharedPostgres} from '../postgres/shared-postgres.ts';
import {type Postgres, startPostgres} from '../postgres/start-postgres.ts';
import {type Load, openBank, startMixedLoad} from './mixed-load.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 17;
const isLong = process.env.STATOR_TEST_LONG === '1';
/** How long the line is down: with STATOR_TEST_LONG for longer than a statement may take. */
const downMs = isLong ? 13_000 : 1_500;
/** Five seconds of waiting for PostgreSQL, three for a connection, ten for a statement, and some for a busy machine. */
const answerMsMax = 22_000;

const TableName = 'struck';
const key = (p: string) => ({p: {S: p}});
const codeOf = ({status, body}: Answer) => (status === 200 ? 'done' : `${status} ${body.__type.split('#')[1]}`);

describe('a connection is cut at one message', {skip: noSinglePostgres()}, () => {
  test('what was not applied is not acknowledged, what was is found; a token counts once, and reads are asked again', async t => {
    const {url, socket} = await sharedPostgres();
    const proxy = await startFaultProxy(t, socket);
    const server = await startServer(t, ['--store', proxy.url()]);
    const other = await startServer(t, ['--store', url]);
    const node = connectTo(server.endpoint);
    const witness = connectTo(other.endpoint);
    await must(witness.call, 'CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    });
    await untilSettled(witness.call, TableName);
    const counterOf = async (p: string) => {
      const {Item} = await must(witness.call, 'GetItem', {TableName, Key: key(p), ConsistentRead: true});
      return Number(Item?.n.N ?? '0');
    };
    const increment = (p: string) => ({
      TableName,
      Key: key(p),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: {':one': {N: '1'}},
    });
    const struck = async (strike: Strike, operation: string, input: object) => {
      const striking = proxy.strike(strike);
      const answer = await node.call(operation, input);
      await striking;
      return codeOf(answer);
    };
    for (const when of ['before', 'amid', 'after'] as const) {
      const commit = (holding: string): Strike => ({message: {runs: 'commit'}, holding, when});
      const applied = when === 'after' ? 1 : 0;

      const counter = `counter ${when}`;
      assert.equal(await struck(commit(counter), 'UpdateItem', increment(counter)), '500 InternalServerError', when);
      assert.equal(await counterOf(counter), applied, `a counter cut ${when}`);
      await must(node.call, 'UpdateItem', increment(counter));
      assert.equal(await counterOf(counter), applied + 1, when);

      const once = {
        TableName,
        Item: {...key(`once ${when}`), n: {N: '1'}},
        ConditionExpression: 'attribute_not_exists(p)',
      };
      assert.equal(await struck(commit(`once ${when}`), 'PutItem', once), '500 InternalServerError', when);
      const again = codeOf(await node.call('PutItem', once));
      assert.equal(again, applied ? '400 ConditionalCheckFailedException' : 'done', when);

      const names = [`one ${when}`, `two ${when}`];
      const transaction = {
        ClientRequestToken: randomUUID(),
        TransactItems: names.map(name => ({Update: increment(name)})),
      };
      assert.equal(await struck(commit(names[0]!), 'TransactWriteItems', transaction), '500 InternalServerError', when);
      for (let tries = 0; tries < 2; tries++) await must(node.call, 'TransactWriteItems', transaction);
      await must(witness.call, 'TransactWriteItems', transaction);
      assert.deepEqual(await Promise.all(names.map(counterOf)), [1, 1], `a token cut ${when}`);

      // Nothing is written yet, or ever: nobody notices.
      const quiet = `quiet ${when}`;
      const asked = (runs: string): Strike => ({message: {runs}, when});
      assert.equal(await struck(asked('read-versions'), 'UpdateItem', increment(quiet)), 'done');
      assert.equal(await counterOf(quiet), 1);
      assert.equal(await struck(asked('read'), 'GetItem', {TableName, Key: key(quiet)}), 'done');
      assert.equal(await struck(asked('scan-forward'), 'Scan', {TableName}), 'done');
    }
    node.close();
    witness.close();
    for (const {output} of [server, other]) assert.doesNotMatch(output.stderr, /fault of ours/);
  });
});

interface Line {
  server: ServingProcess;
  proxy: FaultProxy;
}

/** What befalls the lines of three nodes to their database, all or that of one. */
const befalls: [string, (lines: readonly Line[], load: Load) => Promise<void>][] = [
  [
    'all lines are cut, again and again',
    async lines => {
      for (let i = 0; i < 10; i++) {
        for (const {proxy} of lines) proxy.cut();
        await sleep(80);
      }
    },
  ],
  [
    'one line loses everything; the other nodes go on',
    async ([one], load) => {
      one!.proxy.set({toServer: false, toClient: false});
      await load.untilServed(100);
      await sleep(downMs);
      await load.untilServed(100);
      one!.proxy.heal();
    },
  ],
  [
    'all lines lose everything, then what was on its way arrives late',
    async lines => {
      for (const {proxy} of lines) proxy.set({toServer: false, toClient: false});
      await sleep(downMs);
      for (const {proxy} of lines) proxy.heal();
    },
  ],
  [
    'all lines lose everything, and connections are gone with it',
    async lines => {
      for (const {proxy} of lines) proxy.set({toServer: false, toClient: false});
      await sleep(downMs);
      for (const {proxy} of lines) {
        proxy.cut();
        proxy.heal();
      }
    },
  ],
  [
    'statements arrive, answers do not',
    async lines => {
      for (const {proxy} of lines) proxy.set({toClient: false});
      await sleep(downMs);
      for (const {proxy} of lines) proxy.heal();
    },
  ],
  [
    'answers arrive, statements do not',
    async lines => {
      for (const {proxy} of lines) proxy.set({toServer: false});
      await sleep(downMs);
      for (const {proxy} of lines) proxy.heal();
    },
  ],
  [
    'lines are slow: 50, 100 and 200 ms',
    async (lines, load) => {
      lines.forEach(({proxy}, at) => {
        proxy.set({latencyMs: 50 * 2 ** at});
      });
      await load.untilServed(40);
      for (const {proxy} of lines) proxy.heal();
    },
  ],
  [
    'lines are narrow: 10 KB a second',
    async (lines, load) => {
      for (const {proxy} of lines) proxy.set({bytesPerSecond: 10_000});
      await load.untilServed(10);
      for (const {proxy} of lines) proxy.heal();
    },
  ],
];

/** Who holds the lease of the jobs, and how often it was renewed. */
async function leaseOf({query}: Postgres): Promise<LeaseRecord | undefined> {
  const [row] = await query(
    `select value from stator.entry where partition || sort = '\\x${leaseKey('jobs').toString('hex')}'`,
  ).catch(() => []);
  return row && decodeLease(row.value as Buffer);
}

async function untilLease(postgres: Postgres, isSo: (lease: LeaseRecord) => boolean): Promise<LeaseRecord> {
  for (let tries = 0; tries < 600; tries++) {
    const lease = await leaseOf(postgres);
    if (lease && isSo(lease)) return lease;
    await sleep(50);
  }
  throw new Error('the lease did not come to be so');
}

const indexDefinition = (attribute: string) => ({
  AttributeDefinitions: [{AttributeName: attribute, AttributeType: 'S'}],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: `by-${attribute}`,
        KeySchema: [{AttributeName: attribute, KeyType: 'HASH'}],
        Projection: {ProjectionType: 'ALL'},
      },
    },
  ],
});

describe('the node that does the jobs is cut off', {skip: noPostgres()}, () => {
  test('another does them within seconds; what the first sent before comes late and counts for nothing; it can again later', async t => {
    const postgres = await startPostgres();
    t.after(() => postgres.remove());
    const proxy = await startFaultProxy(t, postgres.socket);
    await startServer(t, ['--store', proxy.url()]).then(({endpoint}) =>
      must(connectTo(endpoint).call, 'ListTables', {}),
    );
    const first = await untilLease(postgres, () => true);
    const other = await startServer(t, ['--store', postgres.url]);
    const {call, close} = connectTo(other.endpoint);
    await must(call, 'CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    });
    for (let i = 0; i < 20; i++) {
      await must(call, 'PutItem', {TableName, Item: {...key(`${i}`), a: {S: 'all'}, b: {S: `${i % 3}`}}});
    }
    // It has read its lease, and the line is down when it writes that it still holds it.
    await proxy.strike({message: {runs: 'commit'}, holding: first.holder, when: 'late'});
    const cutMs = Date.now();
    await must(call, 'UpdateTable', {TableName, ...indexDefinition('a')});
    await untilSettled(call, TableName);
    assert.ok(Date.now() - cutMs < 15_000);
    const second = await untilLease(postgres, ({holder}) => holder !== first.holder);

    // Every record of the lease from now on is of who holds it now, and goes up.
    proxy.heal();
    let renewals = second.renewals;
    for (let i = 0; i < 40; i++) {
      const lease = (await leaseOf(postgres))!;
      assert.equal(lease.holder, second.holder);
      assert.ok(lease.renewals >= renewals);
      ({renewals} = lease);
      await sleep(50);
    }
    await must(call, 'UpdateTable', {TableName, ...indexDefinition('b')});
    await untilSettled(call, TableName);
    assert.equal((await checkTable(call, TableName)).length, 20);
    close();
    await other.killAll();
    await untilLease(postgres, ({holder}) => holder === first.holder);
  });
});

describe('the network between three nodes and PostgreSQL under a mixed load', {skip: noPostgres()}, () => {
  test('answers are success or what SDKs try again, in bounded time; nothing acknowledged is lost, and service returns', async t => {
    const postgres = await startPostgres();
    t.after(() => postgres.remove());
    const lines: Line[] = [];
    for (let i = 0; i < 3; i++) {
      const proxy = await startFaultProxy(t, postgres.socket);
      lines.push({proxy, server: await startServer(t, ['--store', proxy.url()])});
    }
    await openBank(lines[0]!.server.endpoint);
    const load = startMixedLoad(t, () => lines.map(({server}) => server.endpoint), seed, answerMsMax);
    const powerCuts: [string, () => Promise<void>][] = (['fast', 'immediate', 'killed'] as const).map(how => [
      `PostgreSQL is stopped (${how}) and started again`,
      async () => {
        await postgres.stop(how);
        await postgres.start();
      },
    ]);
    for (const [name, befall] of [...befalls, ...powerCuts]) {
      await load.untilServed(20);
      const before = {...load.seen};
      load.seen.longestGapMs = 0;
      await befall(lines, load);
      const overMs = Date.now();
      await load.untilServed(20);
      const {acknowledged, unknown, unavailable, longestGapMs} = load.seen;
      t.diagnostic(
        `${name}: ${acknowledged - before.acknowledged} done, ${unknown - before.unknown} unknown, ` +
          `${unavailable - before.unavailable} refused, nothing done for ${longestGapMs} ms; ` +
          `20 more were done ${Date.now() - overMs} ms after it was over`,
      );
    }
    await load.check();
    t.diagnostic(`the slowest answer took ${load.seen.slowestMs} ms`);
    for (const {server} of lines) assert.doesNotMatch(server.output.stderr, /fault of ours/);
  });
});
