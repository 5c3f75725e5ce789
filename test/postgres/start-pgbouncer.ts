import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import pg from 'pg';
import {idsOf, type Postgres} from './start-postgres.ts';

const program = 'pgbouncer';

/** For `skip` of a test: why there is no PgBouncer here; false when there is one. */
export function noPgBouncer(): string | false {
  return spawnSync(program, ['--version'], {stdio: 'ignore'}).status === 0 ? false : 'no PgBouncer here';
}

export interface PgBouncer {
  /** For `--store`: the same database by way of the pool. */
  url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** A PgBouncer in front of a server, on a socket in a temporary folder. */
export async function startPgBouncer(postgres: Postgres, settings: readonly string[]): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'stator-pgbouncer-'));
  const owner = process.getuid?.() === 0 ? idsOf('nobody') : undefined;
  chmodSync(folder, 0o755);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const port = 6432;
  const configuration = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${dirname(postgres.socket)} user=postgres`,
    '[pgbouncer]',
    'listen_addr =',
    `listen_port = ${port}`,
    `unix_socket_dir = ${folder}`,
    'auth_type = any',
    ...settings,
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const url = `postgres://postgres@localhost:${port}/postgres?host=${encodeURIComponent(folder)}`;
  let pool: ChildProcess | undefined;

  async function start(): Promise<void> {
    const child = spawn(program, [configuration], {cwd: folder, ...owner, stdio: ['ignore', 'ignore', 'pipe']});
    pool = child;
    let output = '';
    child.stderr!.setEncoding('utf8').on('data', text => {
      output = (output + text).slice(-5_000);
    });
    for (const endMs = Date.now() + 10_000; ; ) {
      if (child.exitCode !== null) throw new Error(`PgBouncer ended at its start: ${output}`);
      const client = new pg.Client(url);
      client.on('error', () => {});
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > endMs) throw error;
        await new Promise(resolve => setTimeout(resolve, 30));
      }
    }
  }

  async function kill(): Promise<void> {
    if (!pool || pool.exitCode !== null || pool.signalCode !== null) return;
    const ended = once(pool, 'exit');
    pool.kill('SIGKILL');
    await ended;
    // What a killed one leaves behind keeps the next from starting.
    rmSync(join(folder, `.s.PGSQL.${port}`), {force: true});
  }

  const atExit = () => {
    pool?.kill('SIGKILL');
    rmSync(folder, {recursive: true, force: true});
  };
  process.once('exit', atExit);
  await start();
  return {
    url,
    start,
    kill,
    async remove() {
      await kill();
      process.off('exit', atExit);
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
