import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {TestContext} from 'node:test';
import {sleep} from '../harness/server-process.ts';
import {findBinaries} from '../postgres/find-binaries.ts';
import {noPostgres} from '../postgres/shared-postgres.ts';
import {type Postgres, startPostgres} from '../postgres/start-postgres.ts';

/** For `skip` of a test: the binaries from npm have no pg_basebackup. */
export function noReplicas(): string | false {
  return noPostgres() || (!existsSync(join(findBinaries()!, 'pg_basebackup')) && 'no pg_basebackup here');
}

/** As in docs/scaling.md; each names itself, too, which does no harm: after a failover the same line is right. */
const settings = [
  'synchronous_standby_names=ANY 1 (a, b, c)',
  'synchronous_commit=on',
  'hot_standby=on',
  'wal_retrieve_retry_interval=200ms',
  'wal_receiver_timeout=5s',
];

export interface Replicated {
  a: Postgres;
  standbys: Postgres[];
  /** For `--store`: all three. */
  url: string;
}

/** A primary with two synchronous standbys, of which one must have a commit before it is acknowledged. */
export async function startReplicated(t: TestContext, more: readonly string[] = []): Promise<Replicated> {
  const a = await startPostgres([...settings, ...more]);
  t.after(() => a.remove());
  const b = await startPostgres([...settings, ...more], {primary: a, name: 'b'});
  t.after(() => b.remove());
  const c = await startPostgres([...settings, ...more], {primary: a, name: 'c'});
  t.after(() => c.remove());
  const folders = [a, b, c].map(({socket}) => dirname(socket));
  // Whichever is the primary then, so that a standby goes on with the one that is promoted.
  for (const [standby, name] of [
    [b, 'b'],
    [c, 'c'],
  ] as const) {
    const conninfo = `host=${folders.join()} user=postgres application_name=${name} target_session_attrs=read-write connect_timeout=2`;
    await standby.query(`alter system set primary_conninfo = '${conninfo}'`);
    await standby.query('select pg_reload_conf()');
  }
  await untilTrue(
    a,
    "select count(*) = 2 as yes from pg_stat_replication where state = 'streaming' and sync_state = 'quorum'",
  );
  return {
    a,
    standbys: [b, c],
    url: `postgres://postgres@localhost/postgres?host=${folders.join()}&target_session_attrs=read-write`,
  };
}

/** Promotes the standby that has received most: with `ANY 1` it has every commit that was acknowledged. */
export async function promoteBest({standbys}: Replicated): Promise<Postgres> {
  const received = await Promise.all(
    standbys.map(async standby => {
      const [row] = await standby.query("select pg_last_wal_receive_lsn() - '0/0' as bytes");
      return Number(row!.bytes);
    }),
  );
  const best = standbys[received[0]! >= received[1]! ? 0 : 1]!;
  await best.query('select pg_promote(true, 30)');
  return best;
}

export async function untilTrue(postgres: Postgres, query: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const [row] = await postgres.query(query).catch(() => []);
    if (row?.yes === true) return;
    await sleep(50);
  }
  throw new Error(`it did not become so: ${query}`);
}
