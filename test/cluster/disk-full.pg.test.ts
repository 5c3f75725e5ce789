import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {connectTo, must} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {noPostgres} from '../postgres/shared-postgres.ts';
import {startPostgres} from '../postgres/start-postgres.ts';

const run = (command: string, ...args: string[]) => spawnSync(command, args, {stdio: 'ignore'}).status === 0;

function noSmallDisk(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'makes a small disk as root on Linux';
  return noPostgres();
}

const item = (number: number) => ({p: {S: `item ${number}`}, g: {S: `${number % 5}`}, text: {S: 'x'.repeat(300_000)}});

test('a full disk refuses writes, not reads; what was acknowledged is there, and service returns with the room', {
  skip: noSmallDisk(),
}, async t => {
  const postgres = await startPostgres();
  // Where the server's own user may go.
  const disk = join(dirname(postgres.socket), 'disk');
  mkdirSync(disk);
  const isMounted = run('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk);
  t.after(async () => {
    if (isMounted) run('umount', '-l', disk);
    await postgres.remove();
  });
  if (!isMounted) return t.skip('may not mount here');
  const folder = join(disk, 'space');
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  run('chown', `--reference=${join(dirname(postgres.socket), 'data')}`, folder);
  await postgres.query(`create tablespace small location '${folder}'`);
  await postgres.query('create database small tablespace small');
  const server = await startServer(t, ['--store', postgres.url.replace('/postgres?', '/small?')]);
  const {call, close} = connectTo(server.endpoint);
  await must(call, 'CreateTable', {
    TableName: 'full',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: 'p', AttributeType: 'S'},
      {AttributeName: 'g', AttributeType: 'S'},
    ],
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-g',
        KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}],
        Projection: {ProjectionType: 'KEYS_ONLY'},
      },
    ],
  });
  // Text of one letter would be compressed to nothing.
  const filled = (number: number) => {
    const letters = Array.from({length: 30_000}, (_, i) => ((i * 2_654_435_761 + number * 7_919) >>> 0).toString(36));
    return {...item(number), text: {S: letters.join('').slice(0, 200_000)}};
  };
  let acknowledged = 0;
  let refused: {status: number; body: {__type: string}} | undefined;
  for (let number = 0; !refused && number < 500; number++) {
    const answer = await call('PutItem', {TableName: 'full', Item: filled(number)});
    if (answer.status === 200) acknowledged++;
    else refused = answer;
  }
  assert.ok(acknowledged > 3, `${acknowledged}`);
  assert.deepEqual([refused?.status, refused?.body.__type.split('#')[1]], [503, 'ServiceUnavailable']);
  assert.equal((await checkTable(call, 'full')).length, acknowledged);

  assert.ok(run('mount', '-o', 'remount,size=64m', disk));
  await sleep(100);
  await must(call, 'PutItem', {TableName: 'full', Item: filled(acknowledged)});
  assert.equal((await checkTable(call, 'full')).length, acknowledged + 1);
  close();
  assert.doesNotMatch(server.output.stderr, /fault of ours/);
});
