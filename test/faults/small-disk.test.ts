import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {type Call, connectTo, must} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {runProgram, startServer} from '../harness/server-process.ts';

const run = (command: string, ...args: string[]) => spawnSync(command, args, {stdio: 'ignore'}).status === 0;

const skip = (process.platform !== 'linux' || process.getuid?.() !== 0) && 'makes a disk of its own, as root on Linux';

/** Undefined where it may not be made. */
function smallDisk(t: TestContext, megabytes: number): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'stator-disk-'));
  const isMounted = run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk);
  t.after(() => {
    if (isMounted) run('umount', '-l', disk);
    rmdirSync(disk);
  });
  if (isMounted) return disk;
  t.skip('may not mount here');
  return undefined;
}

const item = (number: number) => ({p: {S: `${number}`}, g: {S: `${number % 5}`}, text: {S: 'x'.repeat(100_000)}});

async function fill(
  call: Call,
  from: number,
): Promise<{until: number; refused: {status: number; body: {__type: string}}}> {
  for (let number = from; number < from + 1_000; number++) {
    const answer = await call('PutItem', {TableName: 'full', Item: item(number)});
    if (answer.status !== 200) return {until: number, refused: answer};
  }
  throw new Error('the disk is never full');
}

test('a full disk: writes get 503, reads go on, deletes make room, and service returns with more of it', {
  skip,
}, async t => {
  const disk = smallDisk(t, 8);
  if (disk === undefined) return;
  const data = join(disk, 'data');
  const server = await startServer(t, ['--data', data]);
  const {call, close} = connectTo(server.endpoint);
  await must(call, 'CreateTable', {
    TableName: 'full',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['p', 'g'].map(AttributeName => ({AttributeName, AttributeType: 'S'})),
    KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-g',
        KeySchema: [{AttributeName: 'g', KeyType: 'HASH'}],
        Projection: {ProjectionType: 'KEYS_ONLY'},
      },
    ],
  });
  const {until, refused} = await fill(call, 0);
  assert.ok(until > 20, `${until}`);
  assert.deepEqual([refused.status, refused.body.__type.split('#')[1]], [503, 'ServiceUnavailable']);
  assert.equal((await checkTable(call, 'full')).length, until);

  // Beside writers that find no room.
  let going = true;
  const writers = [1, 2, 3].map(async writer => {
    while (going) await call('PutItem', {TableName: 'full', Item: item(1_000 * writer)});
  });
  const deleted = 10;
  for (let number = 0; number < deleted; number++) {
    for (let tries = 0; ; tries++) {
      const {status} = await call('DeleteItem', {TableName: 'full', Key: {p: {S: `${number}`}}});
      if (status === 200) break;
      assert.ok(tries < 100, 'a delete finds room in the end');
    }
  }
  going = false;
  await Promise.all(writers);
  const held = await checkTable(call, 'full');
  for (let number = deleted; number < until; number++)
    assert.ok(held.some(({p}) => (p as {S: string}).S === `${number}`));
  await must(call, 'PutItem', {TableName: 'full', Item: item(0)});

  // A process that starts on a full disk serves what is there.
  await fill(call, 10_000);
  const there = (await checkTable(call, 'full')).length;
  close();
  await server.killAll();
  const again = await startServer(t, ['--data', data]);
  const second = connectTo(again.endpoint);
  assert.equal((await checkTable(second.call, 'full')).length, there);
  assert.ok(run('mount', '-o', 'remount,size=32m', disk));
  await must(second.call, 'PutItem', {TableName: 'full', Item: item(20_000)});
  assert.equal((await checkTable(second.call, 'full')).length, there + 1);
  second.close();
  again.child.kill('SIGTERM');
  assert.equal((await again.ended).code, 0);
  assert.doesNotMatch(server.output.stderr + again.output.stderr, /fault of ours/);
  // LMDB itself has met nothing.
  assert.doesNotMatch(server.output.stderr + again.output.stderr, /Write error|do_write error|mdb_/);
});

test('a full disk: a table is deleted, which makes room for another', {skip}, async t => {
  const disk = smallDisk(t, 8);
  if (disk === undefined) return;
  const server = await startServer(t, ['--data', join(disk, 'data')]);
  const {call, close} = connectTo(server.endpoint);
  const create = (TableName: string) =>
    call('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    });
  const until = async (ask: () => Promise<{status: number}>) => {
    for (let tries = 0; (await ask()).status !== 200; tries++) {
      assert.ok(tries < 1_000, 'in the end');
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  };
  assert.equal((await create('full')).status, 200);
  // So often that what each round takes from the end of the file would add up to all there is.
  for (let round = 0; round < 12; round++) {
    await fill(call, 0);
    await until(() => call('DeleteTable', {TableName: 'full'}));
    await until(() => create('full'));
    await until(() => call('PutItem', {TableName: 'full', Item: item(round)}));
  }
  close();
  server.child.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.doesNotMatch(server.output.stderr, /fault of ours|Write error|do_write error|mdb_/);
});

test('a read-only disk: the start is refused with one line', {skip}, async t => {
  const disk = smallDisk(t, 8);
  if (disk === undefined) return;
  const data = join(disk, 'data');
  const server = await startServer(t, ['--data', data]);
  server.child.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.ok(run('mount', '-o', 'remount,ro', disk));
  for (const options of [
    ['--data', data],
    ['--data', data, '--workers', '2'],
    ['--data', join(disk, 'new')],
  ]) {
    const {code, stdout, stderr} = await runProgram(t, ['--port', '0', ...options]).ended;
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^stator: can't use the data directory .*: no permission to write there; .*\n$/);
  }
});
