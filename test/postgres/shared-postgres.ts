import {randomBytes} from 'node:crypto';
import {after} from 'node:test';
import {findBinaries} from './find-binaries.ts';
import {type Citus, startCitus} from './start-citus.ts';
import {type Postgres, startPostgres} from './start-postgres.ts';

let found: string | undefined | null = null;
const binaries = () => {
  if (found === null) found = findBinaries();
  return found;
};

/** For `skip` of a test: why there is no PostgreSQL here; false when there is one. */
export function noPostgres(): string | false {
  if (process.platform === 'win32') return 'starts PostgreSQL on Unix only';
  return binaries() ? false : 'no PostgreSQL here, and none to be had from npm';
}

/** With STATOR_TEST_CITUS=1 all of it is done on Citus, where that is installed. */
export const onCitus = process.env.STATOR_TEST_CITUS === '1';

/** The same for tests that take the shared server to be one alone. */
export const noSinglePostgres = () => noPostgres() || (onCitus && 'takes the server to be one alone');

let shared: Promise<Postgres> | undefined;
let sharedCluster: Promise<Citus> | undefined;

/** One server for all tests of a file; gone after them. */
export function sharedPostgres(): Promise<Postgres> {
  shared ??= onCitus ? sharedCitus().then(coordinatorWithDatabase) : startPostgres();
  return shared;
}

/** The same of Citus. */
export function sharedCitus(): Promise<Citus> {
  sharedCluster ??= startCitus();
  return sharedCluster;
}

/** As a server that has one database: there, one of all workers. */
async function coordinatorWithDatabase({coordinator, makeDatabase}: Citus): Promise<Postgres> {
  const name = freshSchema();
  const url = await makeDatabase(name);
  return {...coordinator, url, query: (text, database = name) => coordinator.query(text, database)};
}

// Of the whole file: within a test, `after` would mean the end of that test.
after(async () => {
  const running = await shared?.catch(() => undefined);
  if (!onCitus) await running?.remove();
  const cluster = await sharedCluster?.catch(() => undefined);
  await cluster?.remove();
});

/** A name that no other test uses. */
export function freshSchema(): string {
  return `t${randomBytes(8).toString('hex')}`;
}

/** The URL of an empty database on the server that this file's tests share. */
export async function freshDatabase(): Promise<string> {
  const name = freshSchema();
  if (onCitus) return (await sharedCitus()).makeDatabase(name);
  const {url, query} = await sharedPostgres();
  await query(`create database ${name}`);
  return url.replace('/postgres?', `/${name}?`);
}
