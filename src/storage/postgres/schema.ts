import {StoreOpenError} from '../store-open-error.ts';
import {distributeTables, mustBeUsable} from './citus/distribute.ts';
import {citusFunctionsOf} from './citus/functions.ts';
import type {Connection} from './connections.ts';
import {functionsOf} from './functions.ts';

/**
 * What the tables look like. On disk: a new number when that changes. Functions carry a number of their own, since nodes of
 * two versions may run side by side.
 */
const formats = {
  /** All rows lie in the server that nodes connect to. */
  together: 1,
  /** Citus spreads them over its workers, by partition. */
  spread: 2,
} as const;

export type Layout = keyof typeof formats;

const isFormat = (found: number | undefined): found is 1 | 2 => found === formats.together || found === formats.spread;

/**
 * `entry` holds what callers put and append; `counter` sums, each in several rows, so that writers of one counter need not
 * wait for each other; `log_tail` the next position of each log. All are keyed by partition first, so that they can be
 * distributed by it. Pages keep room for a new version of a row, so that it needs no other page and no change of the index.
 */
function createTables(schema: string, layout: Layout): string {
  return `
create schema if not exists ${schema};
create table ${schema}.entry (
  partition bytea not null, sort bytea not null, value bytea not null, primary key (partition, sort)) with (fillfactor = 80);
create table ${schema}.counter (
  partition bytea not null, sort bytea not null, slot integer not null, sums bigint[] not null,
  primary key (partition, sort, slot)) with (fillfactor = 50);
create table ${schema}.log_tail (
  partition bytea not null, sort bytea not null, next bigint not null, primary key (partition, sort)) with (fillfactor = 50);
create table ${schema}.format (format integer not null);
insert into ${schema}.format values (${formats[layout]});
do $$ begin
  -- Far cheaper than the built-in compression, but not in every build.
  alter table ${schema}.entry alter column value set compression lz4;
exception when others then null;
end $$;
-- Rows of these change all the time.
alter table ${schema}.counter set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table ${schema}.log_tail set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);`;
}

/** One for all schemas of a server: making one is rare. */
const schemaLock = '6008193347100431';

export interface SchemaOptions {
  schema: string;
  /** Refuse a database in which there is no such schema. */
  mustExist: boolean;
  /** Over how many shards a new schema is spread where Citus is there. */
  shards: number;
}

/**
 * Makes the tables when there are none, and refuses those of a newer version. Any number of nodes may do so at once.
 * @throws StoreOpenError
 */
export async function prepareSchema(
  connection: Connection,
  {schema, mustExist, shards}: SchemaOptions,
): Promise<Layout> {
  if ((await formatOf(connection, schema)) === undefined) {
    if (mustExist) throw new StoreOpenError(`there is no data in the database: no schema ${schema}; name another`);
    await connection.script(`begin; select pg_advisory_xact_lock(${schemaLock});`);
    if ((await formatOf(connection, schema)) === undefined) await makeTables(connection, schema, shards);
    await connection.script('commit');
  }
  const found = await formatOf(connection, schema);
  if (!isFormat(found)) {
    throw new StoreOpenError(
      `can't use the database: schema ${schema} has format ${found}, written by a newer version of Stator than this one ` +
        '(it knows 1 and 2); install the newer version, or choose another database',
    );
  }
  const layout = found === formats.together ? 'together' : 'spread';
  if (layout === 'spread') await mustBeUsable(connection);
  const functions = layout === 'together' ? functionsOf(schema) : citusFunctionsOf(schema);
  // Another node may replace them at this moment, which PostgreSQL refuses ("tuple concurrently updated") without the lock.
  await connection.script(`begin; select pg_advisory_xact_lock(${schemaLock}); ${functions.join('\n')} commit`);
  return layout;
}

async function makeTables(connection: Connection, schema: string, shards: number): Promise<void> {
  const citus = await connection.script(`select from pg_extension where extname = 'citus'`);
  if (citus.length === 0) {
    await connection.script(createTables(schema, 'together'));
    return;
  }
  await mustBeUsable(connection);
  await connection.script(`${createTables(schema, 'spread')} ${distributeTables(schema, shards)}`);
}

async function formatOf(connection: Connection, schema: string): Promise<number | undefined> {
  // Not `to_regclass`: it may answer from what this connection remembers of a moment ago.
  const there = await connection.script(
    `select from pg_tables where schemaname = '${schema}' and tablename = 'format'`,
  );
  if (there.length === 0) return undefined;
  const [row] = await connection.script(`select format from ${schema}.format`);
  return row === undefined ? undefined : Number(row[0]);
}
