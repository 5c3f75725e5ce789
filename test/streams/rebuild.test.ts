import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {seededRandom} from '../../src/base/random.ts';
import {type Call, connectTo, must, mustInTurn} from '../harness/call.ts';
import {canonical, scanAll} from '../harness/check-table.ts';
import {durablePlaces} from '../harness/durable-places.ts';
import {sleep, startServer, temporaryDirectory} from '../harness/server-process.ts';
import {type Replica, textOf} from './consumer.ts';

const TableName = 'rebuilt';
const program = fileURLToPath(new URL('./consumer-program.js', import.meta.url));
const random = seededRandom(Number(process.env.STATOR_TEST_SEED) || 7);
const below = (count: number) => Math.floor(random.fraction() * count);

/** Writes until the server is gone. Few keys, so that changes of one item meet. */
async function write(call: Call, until: () => boolean): Promise<number> {
  let written = 0;
  try {
    while (!until()) {
      const Key = {p: {S: `p${below(40)}`}, s: {N: `${below(3)}`}};
      const kind = below(10);
      if (kind < 4) {
        const Item = {...Key, n: {N: '0'}, x: {S: 'x'.repeat(below(200))}};
        await mustInTurn(call, 'PutItem', {TableName, Item});
      } else if (kind < 8) {
        const update = {UpdateExpression: 'ADD n :one', ExpressionAttributeValues: {':one': {N: '1'}}};
        await mustInTurn(call, 'UpdateItem', {TableName, Key, ...update});
      } else if (kind < 9) {
        await mustInTurn(call, 'DeleteItem', {TableName, Key});
      } else {
        const Update = {TableName, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: {':one': {N: '1'}}};
        const other = {p: {S: `q${below(40)}`}, s: {N: '0'}};
        const TransactItems = [{Update: {...Update, Key}}, {Update: {...Update, Key: other}}];
        await mustInTurn(call, 'TransactWriteItems', {TransactItems});
      }
      written++;
    }
  } catch (error) {
    // Killed; whether the last write happened is for the stream to tell.
    if (error instanceof assert.AssertionError) throw error;
  }
  return written;
}

function startConsumer(t: TestContext, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {stdio: 'ignore'});
  t.after(() => child.kill('SIGKILL'));
  return child;
}

const readReplica = (file: string): Replica | undefined =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

for (const {name, skip, options: optionsOf} of durablePlaces.slice(1))
  test(`a consumer rebuilds the table from its records, while both it and the server are killed again and again (${name})`, {
    skip,
  }, async t => {
    const file = join(temporaryDirectory(t), 'replica.json');
    const options = [...(await optionsOf(t)), '--stream-shards', '4', '--stream-roll', '1'];
    let streamArn = '';
    let written = 0;
    const rounds = 6;
    for (let round = 0; round < rounds; round++) {
      const server = await startServer(t, options);
      const {call, close} = connectTo(server.endpoint);
      if (round === 0) {
        const {TableDescription} = await must(call, 'CreateTable', {
          TableName,
          AttributeDefinitions: [
            {AttributeName: 'p', AttributeType: 'S'},
            {AttributeName: 's', AttributeType: 'N'},
          ],
          KeySchema: [
            {AttributeName: 'p', KeyType: 'HASH'},
            {AttributeName: 's', KeyType: 'RANGE'},
          ],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
        });
        streamArn = TableDescription.LatestStreamArn;
      }
      let ended = false;
      const writers = Array.from({length: 6}, () => write(call, () => ended));
      // Starting a consumer takes as long as some lives of one.
      for (let life = 0; life < 2; life++) {
        const consumer = startConsumer(t, [server.endpoint, streamArn, file]);
        await sleep(500 + below(600));
        consumer.kill('SIGKILL');
        await once(consumer, 'exit');
      }
      if (round < rounds - 1) await server.killAll();
      ended = true;
      written += (await Promise.all(writers)).reduce((sum, count) => sum + count);
      if (round === rounds - 1) await compare(t, call, server.endpoint, streamArn, file, written);
      close();
    }
  });

async function compare(
  t: TestContext,
  call: Call,
  endpoint: string,
  streamArn: string,
  file: string,
  written: number,
): Promise<void> {
  const consumer = startConsumer(t, [endpoint, streamArn, file]);
  const expected = (await scanAll(call, TableName)).map(textOf).sort();
  let replica: Replica | undefined;
  for (let tries = 0; tries < 900; tries++) {
    await sleep(100);
    replica = readReplica(file);
    if (replica && canonical(Object.values(replica.items).sort()) === canonical(expected)) break;
  }
  consumer.kill('SIGTERM');
  assert.ok(replica);
  assert.deepEqual(replica.problems, []);
  assert.deepEqual(Object.values(replica.items).sort(), expected);
  assert.ok(replica.finished.length >= 4, 'shards rolled meanwhile');
  t.diagnostic(
    `${written} answered writes, ${replica.changes} records, ${replica.finished.length} shards read to the end`,
  );
}
