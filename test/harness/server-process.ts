import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';

/** What is installed and what `npm start` starts; `npm test` and `npm run build` make it. */
const program = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));
const startMsMax = 60_000;

/** A test, or whatever else ends what was started for it. */
export type Owner = Pick<TestContext, 'after'>;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ServerProcess {
  child: ChildProcess;
  pid: number;
  /** What it printed so far. */
  output: {stdout: string; stderr: string};
  ended: Promise<Ended>;
  /** Kills every process of it, at once. */
  killAll(): Promise<Ended>;
}

/** Runs the built program itself. It is killed, with all its workers, at the end of the test. */
export function runProgram(t: Owner, args: readonly string[], environment: Record<string, string> = {}): ServerProcess {
  const env: NodeJS.ProcessEnv = {};
  // The options under test are those given here; and node:test's own variable would change what node prints.
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('STATOR_') && name !== 'NODE_TEST_CONTEXT') env[name] = value;
  }
  const child = spawn(process.execPath, [program, ...args], {
    env: {...env, ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its workers can be killed with it.
    detached: true,
  });
  const output = {stdout: '', stderr: ''};
  child.stdout!.setEncoding('utf8').on('data', text => {
    output.stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', text => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({code, signal, ...output}) as Ended);
  const killGroup = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
  };
  t.after(killGroup);
  const killAll = () => {
    killGroup();
    return ended;
  };
  return {child, pid: child.pid!, output, ended, killAll};
}

export interface ServingProcess extends ServerProcess {
  endpoint: string;
}

/** Runs the program on a free port, and waits until it says where. */
export async function startServer(
  t: Owner,
  args: readonly string[],
  environment?: Record<string, string>,
): Promise<ServingProcess> {
  const server = runProgram(t, ['--port', '0', ...args], environment);
  const endpoint = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no endpoint in time: ${JSON.stringify(server.output)}`)),
      startMsMax,
    );
    const look = () => {
      // A chunk may end amid the port, so something must follow it.
      const found = /(http:\/\/\S+:\d+)\s/.exec(server.output.stdout);
      if (!found) return;
      clearTimeout(late);
      resolve(found[1]!);
    };
    server.child.stdout!.on('data', look);
    server.ended.then(end => {
      clearTimeout(late);
      reject(new Error(`the server ended at its start: ${JSON.stringify(end)}`));
    });
  });
  return {...server, endpoint};
}

/** The processes that a process started. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** A directory that goes with the test. */
export function temporaryDirectory(t: Owner): string {
  const directory = mkdtempSync(join(tmpdir(), 'stator-test-'));
  const remove = () => rmSync(directory, {recursive: true, force: true});
  t.after(() => {
    try {
      remove();
    } catch {
      // A process that a later hook ends still writes there. A hook that throws keeps those after it from running.
      process.once('exit', remove);
    }
  });
  return directory;
}

export const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
