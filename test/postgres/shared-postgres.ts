import {randomBytes} from 'node:crypto';
import {after} from 'node:test';
import {findBinaries} from './find-binaries.ts';
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

let shared: Promise<Postgres> | undefined;

/** One server for all tests of a file; gone after them. */
export function sharedPostgres(): Promise<Postgres> {
  shared ??= startPostgres();
  return shared;
}

// Of the whole file: within a test, `after` would mean the end of that test.
after(async () => {
  const running = await shared?.catch(() => undefined);
  await running?.remove();
});

/** A name that no other test uses. */
export function freshSchema(): string {
  return `t${randomBytes(8).toString('hex')}`;
}

/** The URL of an empty database on the server that this file's tests share. */
export async function freshDatabase(): Promise<string> {
  const {url, query} = await sharedPostgres();
  const name = freshSchema();
  await query(`create database ${name}`);
  return url.replace('/postgres?', `/${name}?`);
}
