import assert from 'node:assert/strict';
import {test} from 'node:test';
import {connectTo, must} from '../harness/call.ts';
import {checkNoLeftovers} from '../harness/check-bytes.ts';
import {checkTable, untilSettled} from '../harness/check-table.ts';
import {durablePlaces} from '../harness/durable-places.ts';
import {sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {fill} from './fill.ts';
import {type Snapshot, snapshot} from './snapshot.ts';
import {everyShape} from './table-shapes.ts';

for (const place of durablePlaces) {
  test(`a clean restart loses nothing of any table, whatever its shape (${place.name})`, {
    skip: place.skip,
  }, async t => {
    const options = await place.options(t);
    const shapes = everyShape();
    let before = new Map<string, Snapshot>();
    for (let start = 0; start < 3; start++) {
      const server = await startServer(t, options);
      const {call, close} = connectTo(server.endpoint);
      if (start === 0) {
        for (const {definition, items} of shapes) {
          await must(call, 'CreateTable', definition);
          await fill(call, definition, items);
        }
      }
      const now = new Map<string, Snapshot>();
      for (const {definition} of shapes) {
        const name = definition.TableName as string;
        await untilSettled(call, name);
        now.set(name, await snapshot(call, name));
      }
      const listed = (await must(call, 'ListTables', {})).TableNames;
      assert.deepEqual(listed, shapes.map(({definition}) => definition.TableName).sort());
      if (start > 0) assert.deepEqual(now, before);
      before = now;
      close();
      server.child.kill('SIGTERM');
      assert.equal((await server.ended).code, 0);
    }
  });
}

test('a restart amid the filling of an index and the clearing of a table goes on with both', async t => {
  const data = temporaryDirectory(t);
  const plain = {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
  };
  const create = {
    IndexName: 'by-g',
    KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}],
    Projection: {ProjectionType: 'KEYS_ONLY'},
  };
  const first = await startServer(t, ['--data', data]);
  const {call, close} = connectTo(first.endpoint);
  for (const TableName of ['filled', 'dropped']) {
    await must(call, 'CreateTable', {...plain, TableName});
    for (let from = 0; from < 3_000; from += 25) {
      const requests = Array.from({length: 25}, (_, at) => ({
        PutRequest: {Item: {p: {S: `item ${from + at}`}, g: {S: `group ${at}`}, text: {S: 'x'.repeat(100)}}},
      }));
      await must(call, 'BatchWriteItem', {RequestItems: {[TableName]: requests}});
    }
  }
  const half = await Promise.all([
    must(call, 'UpdateTable', {
      TableName: 'filled',
      AttributeDefinitions: [...plain.AttributeDefinitions, {AttributeName: 'g', AttributeType: 'S'}],
      GlobalSecondaryIndexUpdates: [{Create: create}],
    }),
    must(call, 'DeleteTable', {TableName: 'dropped'}),
  ]);
  assert.equal(half[0].TableDescription.GlobalSecondaryIndexes[0].IndexStatus, 'CREATING');
  close();
  first.child.kill('SIGTERM');
  assert.deepEqual([(await first.ended).code, first.output.stderr], [0, '']);

  const second = await startServer(t, ['--data', data]);
  const after = connectTo(second.endpoint);
  assert.deepEqual((await must(after.call, 'ListTables', {})).TableNames, ['filled']);
  await untilSettled(after.call, 'filled');
  assert.equal((await checkTable(after.call, 'filled')).length, 3_000);
  await sleep(1_500);
  after.close();
  second.child.kill('SIGTERM');
  assert.equal((await second.ended).code, 0);
  await checkNoLeftovers(data);
});
