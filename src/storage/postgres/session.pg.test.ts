import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import pg from 'pg';
import {freshSchema, noPostgres, sharedPostgres} from '../../../test/postgres/shared-postgres.ts';
import {NoAnswerError} from './failures.ts';
import {openPostgresStore} from './postgres-store.ts';
import {Session} from './session.ts';

async function newSession(t: TestContext): Promise<Session> {
  const {url} = await sharedPostgres();
  const client = new pg.Client(url);
  await client.connect();
  t.after(() => client.end());
  return new Session(client as pg.PoolClient);
}

describe('a session', {skip: noPostgres()}, () => {
  test('has one statement at a time, and is not to be used again once one failed', async t => {
    const session = await newSession(t);
    const divide = {name: 'divide', text: 'select 6 / $1::integer'};
    assert.deepEqual(await session.run(divide, ['2']), [['3']]);
    assert.deepEqual(await session.run(divide, [3]), [['2']]);
    const first = session.script('select 1');
    await assert.rejects(session.script('select 2'), /one statement at a time/);
    assert.deepEqual(await first, [['1']]);
    assert.equal(session.isBroken, false);
    await assert.rejects(session.run(divide, ['0']), {code: '22012'});
    assert.equal(session.isBroken, true);
  });

  test('that is given up is told so, whatever comes later', async t => {
    const session = await newSession(t);
    const slow = session.script('select pg_sleep(0.2)');
    session.giveUp('another server has taken over');
    await assert.rejects(
      slow,
      (error: Error) => error instanceof NoAnswerError && /another server/.test(error.message),
    );
    await session.client.query('select 1');
  });

  test('nodes know each other whatever name the URL gives them', async () => {
    const {url} = await sharedPostgres();
    const named = `${url}&application_name=mine`;
    const options = {schema: freshSchema(), partitionBytesOf: () => 3};
    const node = await openPostgresStore({url: named, ...options});
    const copy = await openPostgresStore({url: named, applicationName: 'stator copy', ...options});
    assert.equal((await copy.otherUsers()).length, 1);
    await node.close();
    for (let tries = 0; (await copy.otherUsers()).length > 0; tries++) assert.ok(tries < 1_000, 'nobody is left');
    await copy.close();
  });
});
