import assert from 'node:assert/strict';
import {dirname} from 'node:path';
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
    const bystander = await startServer(t, args);
    const {call: read, close: closeReader} = connectTo(bystander.endpoint);
    t.after(closeReader);
    const Key = {p: {S: 'after'}};
    await must(read, 'GetItem', {TableName: 'bank', Key, ConsistentRead: true});
    const load = startMixedLoad(t, () => servers.map(({endpoint}) => endpoint), seed);
    await load.untilServed(100);
    const [b, c] = cluster.standbys;
    await c!.query(`alter system set primary_conninfo = 'host=${dirname(b!.socket)} user=postgres application_name=c'`);
    await c!.stop('fast');
    await b!.query('select pg_promote(true, 30)');
    const atMs = Date.now();
    // From now on it confirms what the new primary commits, and nobody what the old one does.
    await c!.start();
    const [old] = await cluster.a.query('select pg_is_in_recovery() as recovering');
    assert.deepEqual(old, {recovering: false});
    const {call: write, close} = connectTo(servers[0]!.endpoint);
    t.after(close);
    let status = 0;
    while (status !== 200 && Date.now() - atMs < 30_000) {
      ({status} = await write('PutItem', {TableName: 'bank', Item: Key}));
    }
    const tookMs = Date.now() - atMs;
    t.diagnostic(`a write was acknowledged ${tookMs} ms after the promotion`);
    assert.ok(tookMs < 7_000, `${tookMs} ms`);
    const {Item} = await must(read, 'GetItem', {TableName: 'bank', Key, ConsistentRead: true});
    assert.deepEqual(Item, Key, 'nor does one that only reads stay with the old one');
    await must(write, 'DeleteItem', {TableName: 'bank', Key});
    await load.untilServed(100);
    await load.check();
    for (const server of [...servers, bystander]) assert.doesNotMatch(server.output.stderr, /fault of ours/);
  });
});
