import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {Random} from '../../src/base/random.ts';
import {checkNoLeftovers} from '../harness/check-bytes.ts';
import {childrenOf, type Owner, sleep} from '../harness/server-process.ts';
import {type Postgres, startPostgres} from '../postgres/start-postgres.ts';
import {type NodesOptions, startNodes} from './nodes.ts';
import type {SoakOptions} from './options.ts';
import type {Fault, System} from './system.ts';

const fileName = 'data.mdb';

/** Starts what the options ask for, with data of its own that goes with it. */
export function startSystem(owner: Owner, options: SoakOptions, random: Random): Promise<System> {
  const {workers, pauseMs, cuts} = options;
  const streams = [
    ...['--stream-shards', '2', '--stream-roll', String(options.rollSeconds)],
    ...['--stream-retention', String(options.retentionSeconds)],
  ];
  const common: NodesOptions = {count: 1, args: streams, workers, isDurable: true, random, pauseMs, cuts};
  if (options.store === 'postgres') return onPostgres(owner, {...common, count: options.nodes});
  if (options.store === 'memory')
    return inMemory(owner, {...common, args: ['--in-memory', ...streams], isDurable: false});
  return onLmdb(owner, common);
}

async function onLmdb(owner: Owner, options: NodesOptions): Promise<System> {
  const directory = mkdtempSync(join(tmpdir(), 'stator-soak-'));
  owner.after(() => rmSync(directory, {recursive: true, force: true}));
  const nodes = await startNodes(owner, {...options, args: ['--data', directory, ...options.args]});
  return {
    ...nodes,
    graceMs: 3_000,
    handlesMore: 5,
    // What is allocated: the file may have holes.
    dataBytes: async () => statSync(join(directory, fileName)).blocks * 512,
    async end() {
      await nodes.stop();
      await checkNoLeftovers(directory);
    },
  };
}

async function inMemory(owner: Owner, options: NodesOptions): Promise<System> {
  const nodes = await startNodes(owner, options);
  return {...nodes, graceMs: 3_000, handlesMore: 5, dataBytes: async () => undefined, end: nodes.stop};
}

async function onPostgres(owner: Owner, options: NodesOptions): Promise<System> {
  const postgres = await startPostgres(['autovacuum_naptime=10s', 'max_connections=100', 'max_wal_size=512MB']);
  owner.after(() => void postgres.remove());
  const nodes = await startNodes(owner, {...options, args: ['--store', postgres.url, ...options.args]});
  return {
    ...nodes,
    faults: [...nodes.faults, ...faultsOf(postgres, options.pauseMs)],
    graceMs: 10_000,
    // The connections to PostgreSQL, which come as they are needed.
    handlesMore: 45,
    async dataBytes() {
      try {
        const [row] = await postgres.query('select pg_database_size(current_database()) as bytes');
        return Number(row!.bytes);
      } catch {
        return undefined; // Something is being done to it.
      }
    },
    async end() {
      await nodes.stop();
      await postgres.remove();
    },
  };
}

function faultsOf(postgres: Postgres, pauseMs: number): Fault[] {
  const fault = (name: string, bring: () => Promise<void>): Fault => ({name, isRestart: false, isNoticed: true, bring});
  return [
    fault('backends of PostgreSQL are killed', async () => {
      for (let times = 0; times < 5; times++) {
        await postgres.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stator'",
        );
        await sleep(200);
      }
    }),
    fault('PostgreSQL is restarted', async () => {
      await postgres.stop('fast');
      await postgres.start();
    }),
    fault('PostgreSQL loses its power', async () => {
      await postgres.stop('immediate');
      await sleep(500);
      await postgres.start();
    }),
    fault('PostgreSQL is paused', async () => {
      const pidFile = join(dirname(postgres.socket), 'data', 'postmaster.pid');
      const postmaster = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
      const all = [postmaster, ...childrenOf(postmaster)];
      const signal = (name: NodeJS.Signals) => {
        for (const pid of all) {
          try {
            process.kill(pid, name);
          } catch {
            // It has ended.
          }
        }
      };
      signal('SIGSTOP');
      await sleep(pauseMs);
      signal('SIGCONT');
    }),
  ];
}
