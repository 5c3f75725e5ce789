import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {connectTo, must} from '../harness/call.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {openBank, startMixedLoad} from './mixed-load.ts';
import {noReplicas, promoteBest, startReplicated} from './replicated-postgres.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 11;
const isLong = process.env.STATOR_TEST_LONG === '1';

describe('a primary with two synchronous standbys', {skip: noReplicas()}, () => {
  test('the primary is killed under load and a standby promoted: all that was acknowledged is there, and nodes go on', async t => {
    const cluster = await startReplicated(t);
    const args = ['--store', cluster.url];
    const servers = [await startServer(t, args), await startServer(t, args)];
    await openBank(servers[0]!.endpoint);
    const load = startMixedLoad(t, () => servers.map(({endpoint}) => endpoint), seed);
    await sleep(1_500);
    const before = load.seen.acknowledged;
    await cluster.a.stop('killed');
    // Nobody is the primary for a while; with STATOR_TEST_LONG for longer than requests wait.
    await sleep(isLong ? 9_000 : 1_000);
    const atMs = Date.now();
    const primary = await promoteBest(cluster);
    await load.untilServed(1);
    t.diagnostic(`service returned ${Date.now() - atMs} ms after the promotion was asked for`);
    await load.untilServed(100);
    assert.ok(before > 50, `${before} before`);
    await load.check();
    t.diagnostic(JSON.stringify(load.seen));

    // The old primary comes back, and does not know that it is none any more.
    await cluster.a.start();
    const {call, close} = connectTo(servers[0]!.endpoint);
    await must(call, 'PutItem', {TableName: 'bank', Item: {p: {S: 'after'}}});
    await primary.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stator'");
    const third = await startServer(t, args);
    const other = connectTo(third.endpoint);
    for (const client of [call, other.call]) {
      const got = await must(client, 'GetItem', {TableName: 'bank', Key: {p: {S: 'after'}}, ConsistentRead: true});
      assert.ok(got.Item, 'nobody reads from what was left behind');
    }
    if (isLong) assert.ok(load.seen.unavailable > 0);
    for (const server of [...servers, third]) assert.doesNotMatch(server.output.stderr, /fault of ours/);
    other.close();
    close();
  });

  test('a standby is promoted while the primary runs on and takes connections: nodes leave it within seconds', async t => {
    const cluster = await startReplicated(t);
    const args = ['--store', cluster.url];
    const servers = [await startServer(t, args), await startServer(t, args)];
    await openBank(servers[0]!.endpoint);
    const load = startMixedLoad(t, () => servers.map(({endpoint}) => endpoint), seed);
    await load.untilServed(100);
    // Nobody confirms what the old primary commits; a tool that promotes would see to that.
    await cluster.standbys[1]!.stop('fast');
    await cluster.standbys[0]!.query('select pg_promote(true, 30)');
    const atMs = Date.now();
    const [old] = await cluster.a.query('select pg_is_in_recovery() as recovering');
    assert.deepEqual(old, {recovering: false});
    await cluster.standbys[0]!.query("alter system set synchronous_standby_names = ''");
    await cluster.standbys[0]!.query('select pg_reload_conf()');
    await load.untilServed(100);
    const tookMs = Date.now() - atMs;
    t.diagnostic(`service returned ${tookMs} ms after the promotion`);
    assert.ok(tookMs < 6_000, `${tookMs} ms`);
    await load.check();
    for (const server of servers) assert.doesNotMatch(server.output.stderr, /fault of ours/);
  });
});
