import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import pg from 'pg';
import {findBinaries} from './find-binaries.ts';

export interface Postgres {
  /** For `--store`, of the one database that is there. */
  url: string;
  /** The socket that it listens on; there is no port. */
  socket: string;
  /** Of the process that starts all its others. */
  pid(): number;
  /** Runs statements as the superuser, in that one database or another. */
  query(text: string, database?: string): Promise<Record<string, unknown>[]>;
  /** `immediate` is as if the machine had lost its power, but for the disk; `killed` is without any word to its processes. */
  stop(how: 'fast' | 'immediate' | 'killed'): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good, and its folder with it; so does the end of this process. */
  remove(): Promise<void>;
}

const startMsMax = 60_000;

/** A standby begins as a copy of its primary, to which it gives its name. */
export interface StandbyOf {
  primary: Postgres;
  name: string;
}

/** A PostgreSQL of one's own, in a temporary folder. `settings` are such as `fsync=on`. */
export async function startPostgres(settings: readonly string[] = [], standbyOf?: StandbyOf): Promise<Postgres> {
  const found = findBinaries();
  if (found === undefined) throw new Error('no PostgreSQL here, and none to be had from npm');
  const bin: string = found;
  const folder = mkdtempSync(join(tmpdir(), 'stator-pg-'));
  // PostgreSQL refuses to run as root, so another user runs it there.
  const owner = process.getuid?.() === 0 ? idsOf('nobody') : undefined;
  const data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(folder, 0o755);
  if (owner) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid);
  const as = {cwd: folder, ...owner, env: {...process.env, HOME: folder, TZ: 'UTC'}};

  const [program, ...args] = standbyOf
    ? [
        'pg_basebackup',
        '-D',
        data,
        '-d',
        `host=${dirname(standbyOf.primary.socket)} user=postgres application_name=${standbyOf.name}`,
        ...['-R', '-c', 'fast', '--no-sync'],
      ]
    : ['initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(join(bin, program!), args, {...as, encoding: 'utf8'});
  if (made.status !== 0) {
    rmSync(folder, {recursive: true, force: true});
    throw new Error(`${program} failed: ${made.error?.message ?? made.stderr}`);
  }
  // Which a standby must have, and must not let others read.
  chmodSync(data, 0o700);
  let server: ChildProcess | undefined;
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;

  async function query(text: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(url.replace('/postgres?', `/${database}?`));
    client.on('error', () => {});
    await client.connect();
    try {
      const result = await client.query(text);
      return Array.isArray(result) ? [] : result.rows;
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    // What a test kills is the server, not the machine: without fsync it is only faster.
    const options = ['fsync=off', 'listen_addresses=', ...settings].flatMap(setting => ['-c', setting]);
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, ...options], {
      ...as,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server = child;
    let output = '';
    child.stderr!.setEncoding('utf8').on('data', text => {
      output = (output + text).slice(-5_000);
    });
    for (const endMs = Date.now() + startMsMax; ; ) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended at its start: ${output}`);
      try {
        await query('select 1');
        return;
      } catch (error) {
        if (Date.now() > endMs) throw error;
        await new Promise(resolve => setTimeout(resolve, 30));
      }
    }
  }

  async function stop(how: 'fast' | 'immediate' | 'killed'): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    // Its processes notice that it is gone, and end.
    server.kill(({fast: 'SIGINT', immediate: 'SIGQUIT', killed: 'SIGKILL'} as const)[how]);
    await ended;
  }

  const remove = () => rmSync(folder, {recursive: true, force: true});
  const atExit = () => {
    server?.kill('SIGQUIT');
    remove();
  };
  process.once('exit', atExit);
  // Of signals a process dies without `exit`: a run that is broken off would leave the server behind.
  const onSignal = () => process.exit(1);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, onSignal);
  async function end(): Promise<void> {
    process.off('exit', atExit);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, onSignal);
    await stop('immediate');
    remove();
  }
  await start();
  return {url, socket: join(folder, '.s.PGSQL.5432'), pid: () => server!.pid!, query, start, stop, remove: end};
}

export function idsOf(user: string): {uid: number; gid: number} {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(row => row.startsWith(`${user}:`));
  const [, , uid, gid] = (line ?? `${user}:x:65534:65534`).split(':');
  return {uid: Number(uid), gid: Number(gid)};
}
