import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {seededRandom} from '../../base/random.ts';
import {checkWritten} from './check-written.ts';
import {openLmdbStore} from './lmdb-store.ts';
import {temporaryDirectory} from './temporary-directory.ts';

const writerProgram = fileURLToPath(new URL('writer-process.js', import.meta.url));

for (const [durability, rounds] of [
  ['commit', 14],
  ['relaxed', 6],
] as const) {
  test(`lmdb, ${durability}: a process killed while it writes loses nothing that it acknowledged`, async t => {
    const directory = temporaryDirectory(t);
    const random = seededRandom(20);
    const acknowledged = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      // Two at once and only one killed: the other must get the lock that the dead one may have held.
      const doomed = startWriter(t, directory, durability, `${round}a`, 1_000_000, acknowledged);
      const other = startWriter(t, directory, durability, `${round}b`, 40, acknowledged);
      await once(doomed.child.stdout!, 'data');
      await new Promise(resolve => setTimeout(resolve, random.fraction() * 80));
      doomed.child.kill('SIGKILL');
      await Promise.all([doomed.closed, other.closed]);
      assert.equal(other.child.exitCode, 0);
      const store = await openLmdbStore({directory, durability});
      checkWritten(store, acknowledged);
      await store.close();
    }
  });
}

test('lmdb: processes on one directory serialize their commits and see each other at once', async t => {
  const directory = temporaryDirectory(t);
  const store = await openLmdbStore({directory, durability: 'commit'});
  const acknowledged = new Set<string>();
  const writers = ['x', 'y'].map(name => startWriter(t, directory, 'commit', name, 150, acknowledged));
  let checks = 0;
  for (const writer of writers) {
    writer.child.stdout!.on('data', () => {
      const [total] = store.read([Buffer.from('total')]) as Buffer[];
      assert.ok(Number(total) >= acknowledged.size, 'what another process acknowledged is read');
      checks++;
    });
  }
  let running = true;
  const own = (async () => {
    for (let i = 0; i < 50; i++) await store.commit([], () => ({result: 0, writes: [add('own')]}));
  })();
  // Reads all the time, so that a snapshot kept too long would be found out.
  (async () => {
    while (running) {
      store.read([Buffer.from('total')]);
      await new Promise(resolve => setImmediate(resolve));
    }
  })();
  await Promise.all([...writers.map(writer => writer.closed), own]);
  running = false;
  assert.ok(checks > 0);
  assert.equal(acknowledged.size, 300);
  assert.deepEqual(store.counters([Buffer.from('own')]), [[50]]);
  checkWritten(store, acknowledged);
  await store.close();
});

test('lmdb: many processes may make one new directory theirs at the same moment', async t => {
  const directory = temporaryDirectory(t);
  const acknowledged = new Set<string>();
  const writers = ['p', 'q', 'r', 's'].map(name => startWriter(t, directory, 'commit', name, 5, acknowledged));
  await Promise.all(writers.map(writer => writer.closed));
  assert.deepEqual(
    writers.map(writer => writer.child.exitCode),
    [0, 0, 0, 0],
  );
  const store = await openLmdbStore({directory, durability: 'commit'});
  checkWritten(store, acknowledged);
  assert.equal(acknowledged.size, 20);
  await store.close();
});

const add = (counter: string) => ({kind: 'add' as const, counter: Buffer.from(counter), amounts: [1]});

function startWriter(
  t: TestContext,
  directory: string,
  durability: string,
  name: string,
  commits: number,
  acknowledged: Set<string>,
): {child: ChildProcess; closed: Promise<unknown>} {
  const child = spawn(process.execPath, [writerProgram, directory, durability, name, String(commits)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let rest = '';
  child.stdout!.on('data', chunk => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) acknowledged.add(line);
  });
  // Not `exit`: what the process had printed must have arrived.
  return {child, closed: once(child, 'close')};
}

test('lmdb: a full disk fails the commits that did not fit, whole, and the store goes on', {
  skip: process.platform !== 'linux' && 'limits the size of files with the shell',
}, async t => {
  const program = `
    import {openLmdbStore} from ${JSON.stringify(new URL('lmdb-store.js', import.meta.url).href)};
    const store = await openLmdbStore({directory: ${JSON.stringify(temporaryDirectory(t))}, durability: 'commit'});
    const add = {kind: 'add', counter: Buffer.from('c'), amounts: [1]};
    const put = (key, value) => store.commit([], () => ({result: 'stored', writes: [{kind: 'put', key: Buffer.from(key), value}, add]}));
    const tried = ['small', 'large', 'large', 'small'].map(key => () => put(key, Buffer.alloc(key === 'large' ? 4e6 : 9)));
    const outcomes = [];
    for (const attempt of tried) outcomes.push(await attempt().catch(() => 'failed'));
    const values = store.read([Buffer.from('small'), Buffer.from('large')]);
    await store.close();
    console.log(JSON.stringify([outcomes, values.map(value => value?.length ?? null)]));
  `;
  const shell = `trap '' XFSZ; ulimit -f 2000; exec "$0" --input-type=module -e "$1"`;
  const child = spawn('sh', ['-c', shell, process.execPath, program], {stdio: ['ignore', 'pipe', 'pipe']});
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  child.stderr.resume();
  await once(child, 'close');
  assert.deepEqual(JSON.parse(output), [
    ['stored', 'failed', 'failed', 'stored'],
    [9, null],
  ]);
});
