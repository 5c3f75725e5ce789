import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Call, connectTo, must} from '../harness/call.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {startPostgres} from '../postgres/start-postgres.ts';
import {noReplicas, untilTrue} from './replicated-postgres.ts';

const Key = {p: {S: 'x'}};
const definition = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    {AttributeName: 'p', AttributeType: 'S'},
    {AttributeName: 'g', AttributeType: 'S'},
  ],
  KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
  GlobalSecondaryIndexes: [
    {IndexName: 'by-g', KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}], Projection: {ProjectionType: 'ALL'}},
  ],
});
const put = (call: Call, TableName: string, n: number) =>
  must(call, 'PutItem', {TableName, Item: {...Key, g: {S: 'g'}, n: {N: `${n}`}}});

/** What each kind of read answers. */
async function readAll(call: Call, TableName: string, ConsistentRead: boolean): Promise<Record<string, string>> {
  const got = await must(call, 'GetItem', {TableName, Key, ConsistentRead});
  const batch = await must(call, 'BatchGetItem', {RequestItems: {[TableName]: {Keys: [Key], ConsistentRead}}});
  const scan = await must(call, 'Scan', {TableName, ConsistentRead});
  const query = (of: object) =>
    must(call, 'Query', {
      TableName,
      ExpressionAttributeValues: {':v': {S: 'x'}},
      KeyConditionExpression: 'p = :v',
      ConsistentRead,
      ...of,
    });
  const ofIndex = {IndexName: 'by-g', KeyConditionExpression: 'g = :v', ExpressionAttributeValues: {':v': {S: 'g'}}};
  return {
    get: got.Item.n.N,
    batch: batch.Responses[TableName][0].n.N,
    scan: scan.Items[0].n.N,
    query: (await query({})).Items[0].n.N,
    index: (await query({...ofIndex, ConsistentRead: false})).Items[0].n.N,
  };
}

const all = (n: string) => ({get: n, batch: n, scan: n, query: n, index: n});

test('--read-store: eventually consistent reads go to a standby, consistent ones never, and all go on without it', {
  skip: noReplicas(),
}, async t => {
  const primary = await startPostgres();
  t.after(() => primary.remove());
  const standby = await startPostgres([], {primary, name: 'b'});
  t.after(() => standby.remove());
  const server = await startServer(t, ['--store', primary.url, '--read-store', standby.url]);
  const {call, close} = connectTo(server.endpoint);
  t.after(close);
  await must(call, 'CreateTable', definition('old'));
  await put(call, 'old', 1);
  const caughtUp = async () => {
    const [row] = await primary.query('select pg_current_wal_lsn() as at');
    await untilTrue(standby, `select pg_last_wal_replay_lsn() >= '${row!.at}' as yes`);
  };
  await caughtUp();
  await readAll(call, 'old', false);
  await sleep(5_500); // In which a standby that had not heard of the schema yet was left alone.
  assert.deepEqual(await readAll(call, 'old', false), all('1'));

  // The standby stands still.
  await standby.query('select pg_wal_replay_pause()');
  await put(call, 'old', 2);
  assert.deepEqual(await readAll(call, 'old', true), {...all('2'), index: '1'});
  assert.deepEqual(await readAll(call, 'old', false), all('1'));
  const {Responses} = await must(call, 'TransactGetItems', {TransactItems: [{Get: {TableName: 'old', Key}}]});
  assert.equal(Responses[0].Item.n.N, '2');
  // A table that the standby does not know is there all the same, and one that it knows as it was is read as it is.
  await must(call, 'CreateTable', definition('new'));
  await put(call, 'new', 3);
  assert.deepEqual(await readAll(call, 'new', false), all('3'));
  await must(call, 'DeleteTable', {TableName: 'old'});
  assert.equal((await call('GetItem', {TableName: 'old', Key})).status, 400);
  await must(call, 'CreateTable', definition('old'));
  await put(call, 'old', 4);
  assert.deepEqual(await readAll(call, 'old', false), all('4'));

  await standby.query('select pg_wal_replay_resume()');
  await caughtUp();
  assert.deepEqual(await readAll(call, 'old', false), all('4'));
  await standby.stop('killed');
  await put(call, 'old', 5);
  const startMs = Date.now();
  assert.deepEqual(await readAll(call, 'old', false), all('5'));
  assert.ok(Date.now() - startMs < 5_000);
  await standby.start();
  assert.doesNotMatch(server.output.stderr, /fault of ours/);
});
