import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The repository's root, seen from dist/test/clients. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const startMsMax = 120_000;
const stopMsMax = 20_000;

export interface RunningServer {
  /** Without a slash at its end: `http://127.0.0.1:8000`. */
  readonly endpoint: string;
  /** Ends it as a supervisor or a terminal would, and holds it to a clean exit. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<void>;
}

/**
 * Starts what a newcomer starts: `npm start`, on a free port, keeping nothing. `STATOR_TEST_ENDPOINT` names a server that
 * runs already, so that the same tests can be held against AWS or any peer; that one is not stopped.
 */
export async function startServer(): Promise<RunningServer> {
  const given = process.env.STATOR_TEST_ENDPOINT;
  if (given) return {endpoint: given, stop: async () => {}};
  const windows = process.platform === 'win32';
  const npm = spawn(windows ? 'npm.cmd' : 'npm', ['start', '--', '--port', '0', '--in-memory'], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
  });
  const output = {text: ''};
  npm.stderr.setEncoding('utf8').on('data', text => {
    output.text += text;
  });
  // A test process that dies early leaves no server behind.
  const kill = () => npm.kill('SIGTERM');
  process.once('exit', kill);
  try {
    return {
      endpoint: await waitForEndpoint(npm, output),
      stop: signal => stop(npm, signal ?? 'SIGTERM', output).finally(() => process.off('exit', kill)),
    };
  } catch (error) {
    kill();
    throw error;
  }
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  // The options under test are those on the command line; and node:test's own variable would change what node prints.
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('STATOR_') && name !== 'NODE_TEST_CONTEXT') env[name] = value;
  }
  return env;
}

function waitForEndpoint(npm: ChildProcess, output: {text: string}): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no endpoint in ${startMsMax} ms:\n${output.text}`)), startMsMax);
    npm.once('error', reject);
    npm.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new Error(`npm start ended early (${signal ?? code}):\n${output.text}`));
    });
    npm.stdout!.setEncoding('utf8').on('data', text => {
      output.text += text;
      // A chunk may end amid the port, so something must follow it.
      const found = /(http:\/\/127\.0\.0\.1:\d+)\D/.exec(output.text);
      if (!found) return;
      clearTimeout(late);
      resolve(found[1]!);
    });
  });
}

async function stop(npm: ChildProcess, signal: NodeJS.Signals, output: {text: string}): Promise<void> {
  const late = setTimeout(() => npm.kill('SIGKILL'), stopMsMax);
  if (npm.exitCode === null && npm.signalCode === null) {
    const ended = once(npm, 'exit');
    npm.kill(signal);
    await ended;
  }
  clearTimeout(late);
  assert.deepEqual({code: npm.exitCode, signal: npm.signalCode}, {code: 0, signal: null}, output.text);
  assert.doesNotMatch(output.text, /npm (error|ERR!)/);
}
