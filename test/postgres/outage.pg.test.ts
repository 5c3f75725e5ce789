import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {startStator} from '../../src/server/library.ts';
import {connectTo, must} from '../harness/call.ts';
import {sleep} from '../harness/server-process.ts';
import {noPostgres} from './shared-postgres.ts';
import {startPostgres} from './start-postgres.ts';

describe('PostgreSQL goes away and comes back', {skip: noPostgres()}, () => {
  test('requests are told to try again, in time; then all is as before, and a node can stop meanwhile', async t => {
    const postgres = await startPostgres();
    t.after(() => postgres.remove());
    const server = await startStator({store: postgres.url});
    const other = await startStator({store: postgres.url});
    const {call, close} = connectTo(server.endpoint);
    const Item = {p: {S: '1'}, n: {N: '1'}};
    await must(call, 'CreateTable', {
      TableName: 'kept',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    });
    await must(call, 'PutItem', {TableName: 'kept', Item});
    await postgres.stop('immediate');
    const startMs = Date.now();
    const requests = [
      call('GetItem', {TableName: 'kept', Key: {p: {S: '1'}}, ConsistentRead: true}),
      call('PutItem', {TableName: 'kept', Item: {...Item, n: {N: '2'}}}),
      call('Scan', {TableName: 'kept'}),
      call('ListTables', {}),
    ];
    for (const {status, body} of await Promise.all(requests)) {
      assert.equal(status, 503);
      assert.match(body.__type, /#ServiceUnavailable$/);
    }
    assert.ok(Date.now() - startMs < 12_000);
    await other.close();
    await postgres.start();
    for (let tries = 0; (await call('ListTables', {})).status !== 200; tries++) {
      assert.ok(tries < 20);
      await sleep(100);
    }
    const {Item: found} = await must(call, 'GetItem', {TableName: 'kept', Key: {p: {S: '1'}}});
    assert.deepEqual(found, Item);
    close();
    await server.close();
  });
});
