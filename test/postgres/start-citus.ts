import {existsSync} from 'node:fs';
import {dirname} from 'node:path';
import {findBinaries} from './find-binaries.ts';
import {type Postgres, startPostgres} from './start-postgres.ts';

/** A coordinator, which is what a node connects to, and its workers. */
export interface Citus {
  coordinator: Postgres;
  workers: readonly Postgres[];
  /** Makes an empty database on all of them, and answers its URL. */
  makeDatabase(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Is Citus installed beside the PostgreSQL that tests use? No package registry that tests may ask has it. */
export function hasCitus(): boolean {
  const bin = findBinaries();
  // Debian's layout; elsewhere it is not looked for.
  const version = bin && /\/postgresql\/(\d+)\/bin$/.exec(bin)?.[1];
  return version !== undefined && existsSync(`/usr/share/postgresql/${version}/extension/citus.control`);
}

const settings = ['shared_preload_libraries=citus', 'max_prepared_transactions=200', 'citus.recover_2pc_interval=2s'];

/** They find each other by their sockets: no port is listened on. */
export async function startCitus(workersCount = 2): Promise<Citus> {
  const started: Postgres[] = [];
  for (let at = 0; at <= workersCount; at++) started.push(await startPostgres(settings));
  const [coordinator, ...workers] = started as [Postgres, ...Postgres[]];
  for (const server of started) {
    // A server that copies a shard connects to itself, by TCP unless told otherwise.
    await server.query(`alter system set citus.local_hostname = '${dirname(server.socket)}'`);
    await server.query('select pg_reload_conf()');
  }

  async function makeDatabase(name: string): Promise<string> {
    for (const server of started) {
      await server.query(`create database ${name}`);
      await server.query('create extension citus', name);
    }
    await coordinator.query(`select citus_set_coordinator_host('${dirname(coordinator.socket)}', 5432)`, name);
    for (const worker of workers) {
      await coordinator.query(`select citus_add_node('${dirname(worker.socket)}', 5432)`, name);
    }
    return coordinator.url.replace('/postgres?', `/${name}?`);
  }

  return {
    coordinator,
    workers,
    makeDatabase,
    async remove() {
      for (const server of started) await server.remove();
    },
  };
}
