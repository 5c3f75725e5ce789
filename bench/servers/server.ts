import {type AddressInfo, createServer} from 'node:net';
import {exchange} from '../connection.ts';
import {serverCore, spawnPinned} from '../pinned-process.ts';
import {wireRequest} from '../wire-request.ts';

/** A server that can be measured. One file each in this folder. */
export interface BenchServer {
  /** What `--servers` names; a prefix is enough. */
  readonly id: string;
  readonly title: string;
  /** Whether acknowledged means flushed to disk, and where that is known from. */
  readonly durability: string;
  /** Only these scenarios, by name; all when absent. */
  readonly only?: readonly string[];
  /** Gets what the program needs onto this machine. Rejects with the reason when it cannot be had. */
  prepare(): Promise<void>;
  /** The command for one start on an empty folder. */
  command(launch: {port: number; dataDir: string}): {program: string; args: readonly string[]; cwd?: string};
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** From spawn to the end of the first answer. */
  readonly startMs: number;
  stop(): Promise<void>;
}

const startSecondsMax = 30;
const stopSecondsMax = 15;
const logCharsMax = 2000;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const {port} = probe.address() as AddressInfo;
  await new Promise(resolve => probe.close(resolve));
  return port;
}

/** Starts a server on its core and waits for its first answer to a signed request. */
export async function startServer(server: BenchServer, dataDir: string): Promise<RunningServer> {
  const port = await freePort();
  const {program, args, cwd} = server.command({port, dataDir});
  const spawnedAt = performance.now();
  const child = spawnPinned(serverCore, program, args, {stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && {cwd})});
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill); // a benchmark that is broken off leaves no server behind
  let log = '';
  let exited = false;
  const gone = new Promise<void>(resolve => {
    const end = () => {
      exited = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', chunk => {
      if (log.length < logCharsMax) log += chunk;
    });
  }
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, stopSecondsMax * 1000);
    await gone;
    clearTimeout(timer);
    process.off('exit', kill);
  };
  const first = wireRequest('ListTables', {});
  while (!exited && performance.now() - spawnedAt < startSecondsMax * 1000) {
    const answer = await exchange(port, first).catch(() => undefined);
    if (answer?.status === 200) return {pid: child.pid!, port, startMs: performance.now() - spawnedAt, stop};
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  await stop();
  throw new Error(`did not start: ${log.trim().split('\n').slice(-3).join(' | ') || 'no output'}`);
}
