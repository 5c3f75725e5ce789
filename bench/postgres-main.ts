/**
 * `npm run bench:postgres`: Stator on PostgreSQL beside a program that uses the same client without Stator, on a PostgreSQL
 * of its own that flushes every commit. Stator or the program on one core, the load on the other; PostgreSQL on both.
 * Where control groups are to be had (Linux, root), what many ask at once is measured once more with PostgreSQL held to
 * `--database-cpu` of a processor: as where it has a machine of its own, and is what is full.
 * `--grown`: instead, a table with three global indexes while it is empty, and once it holds `--items`.
 */
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {startPostgres} from '../test/postgres/start-postgres.ts';
import {compareGrown} from './compare-grown.ts';
import {exchange} from './connection.ts';
import {tableDefinition} from './dataset.ts';
import {flushesPerSecond} from './disk.ts';
import {limitProcessor, type ProcessorLimit} from './limit-processor.ts';
import {startLoadProcess} from './load-process.ts';
import {root} from './peers.ts';
import {serverCore, spawnPinned} from './pinned-process.ts';
import {treeCpuSeconds, withChildren} from './process-tree.ts';
import {median} from './result.ts';
import {startServer} from './servers/server.ts';
import {statorPostgres} from './servers/stator.ts';
import {wireRequest} from './wire-request.ts';

const {values} = parseArgs({
  options: {
    items: {type: 'string', default: '10000'},
    seconds: {type: 'string', default: '3'},
    rounds: {type: 'string', default: '3'},
    concurrency: {type: 'string', default: '1,64'},
    'database-cpu': {type: 'string', default: '0.5'},
    grown: {type: 'boolean', default: false},
  },
});
const items = Number(values.items);
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const databaseShare = Number(values['database-cpu']);
const concurrencies = values.concurrency.split(',').map(Number);

interface Measured {
  perSecond: number;
  /** What one request costs PostgreSQL. */
  databaseUs: number;
  p50Us: number;
  p99Us: number;
}

const program = fileURLToPath(new URL('postgres-program.js', import.meta.url));

async function runFloor(url: string, kind: string, concurrency: number): Promise<Measured> {
  const args = [program, url, kind, String(concurrency), String(seconds), String(items), String(postgres.pid())];
  const child = spawnPinned(serverCore, process.execPath, args, {stdio: ['ignore', 'pipe', 'inherit']});
  let output = '';
  child.stdout!.on('data', chunk => {
    output += chunk;
  });
  await once(child, 'close');
  return JSON.parse(output) as Measured;
}

const pairs = [
  ['GetItem', 'read'],
  ['PutItem', 'upsert'],
  ['UpdateItem counter', 'counter'],
] as const;

// A large table shall fit into memory, as on a server that is made for it; and its pages be logged in less, and less often.
const forLarge = ['shared_buffers=4GB', 'wal_compression=lz4', 'max_wal_size=16GB', 'checkpoint_timeout=30min'];
const settings = values.grown ? forLarge : ['shared_buffers=512MB'];
const postgres = await startPostgres(['fsync=on', 'max_wal_size=4GB', ...settings]);
const limit = values.grown ? undefined : limitDatabase();
const load = startLoadProcess();
const resultsDir = join(root, 'bench', 'results');
mkdirSync(resultsDir, {recursive: true});
const dataDir = mkdtempSync(join(resultsDir, 'data-'));

async function compareFloor(port: number): Promise<void> {
  await exchange(port, wireRequest('CreateTable', tableDefinition));
  await load.fill({port, items, secondsMax: 1_800}, () => {});
  await postgres.query('vacuum analyze');
  for (const [scenario, kind] of pairs) {
    for (const concurrency of concurrencies) {
      const job = {port, items, scenario, prepared: '', concurrency};
      await compareOnce(`${scenario}, concurrency ${concurrency}`, kind, job);
      if (!limit || concurrency === 1) continue;
      limit.set(databaseShare);
      await compareOnce(
        `${scenario}, concurrency ${concurrency}, PostgreSQL on ${databaseShare} processors`,
        kind,
        job,
      );
      limit.set(undefined);
    }
  }
}

async function compareOnce(title: string, kind: string, job: Omit<Parameters<typeof load.run>[0], 'seconds'>) {
  const floor: Measured[] = [];
  const stator: Measured[] = [];
  await load.run({...job, seconds: 1});
  for (let round = 0; round < rounds; round++) {
    floor.push(await runFloor(postgres.url, kind, job.concurrency));
    const before = treeCpuSeconds(postgres.pid());
    const {requests, seconds: took, errors, p50Us, p99Us} = await load.run({...job, seconds});
    const databaseUs = ((treeCpuSeconds(postgres.pid()) - before) * 1e6) / requests;
    if (errors > 0) console.log(`  ${errors} errors`);
    stator.push({perSecond: requests / took, databaseUs, p50Us, p99Us});
  }
  const middle = (of: Measured[], member: keyof Measured) => median(of.map(one => one[member]));
  const show = (of: Measured[]) =>
    `${Math.round(middle(of, 'perSecond'))} /s, p50 ${middle(of, 'p50Us')} µs, p99 ${middle(of, 'p99Us')} µs, ` +
    `${middle(of, 'databaseUs').toFixed(1)} µs of PostgreSQL's`;
  const ratio = middle(stator, 'perSecond') / middle(floor, 'perSecond');
  const spared = middle(floor, 'databaseUs') / middle(stator, 'databaseUs');
  console.log(`${title}: ${show(stator)}`);
  console.log(`  bare ${kind}: ${show(floor)}`);
  console.log(`  ${ratio.toFixed(2)} ×; ${spared.toFixed(2)} × for each second of PostgreSQL's`);
}

/** Where it can be had. */
function limitDatabase(): ProcessorLimit | undefined {
  try {
    return limitProcessor(withChildren(postgres.pid()));
  } catch (error) {
    console.log(
      `no control groups, so nothing with PostgreSQL on ${databaseShare} processors: ${(error as Error).message}`,
    );
    return undefined;
  }
}

async function compareSizes(large: number): Promise<void> {
  await postgres.query('create database small');
  const small = await startServer(statorPostgres(postgres.url.replace('/postgres?', '/small?')), dataDir);
  try {
    await compareGrown(postgres, load, {small: small.port, large}, {items, seconds, rounds});
  } finally {
    await small.stop();
  }
}

try {
  console.log(`${Math.round(flushesPerSecond(dataDir))} flushes a second on this disk; ${items} items`);
  const server = await startServer(statorPostgres(postgres.url), dataDir);
  try {
    if (values.grown) await compareSizes(server.port);
    else await compareFloor(server.port);
  } finally {
    await server.stop();
  }
} finally {
  load.stop();
  await postgres.remove();
  limit?.remove();
  rmSync(dataDir, {recursive: true, force: true});
}
