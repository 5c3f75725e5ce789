import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';

export interface ClientRun {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams in the order of arrival, for messages. */
  readonly output: string;
}

/** Settings that every AWS client reads; nothing of the machine's own account or configuration gets in. */
export function clientEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: '',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: 'no-such-file',
    AWS_SHARED_CREDENTIALS_FILE: 'no-such-file',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    ...extra,
  };
}

/** Runs a program to its end. A program that isn't there ends with code 127, as in a shell. */
export function runClient(
  command: string,
  args: readonly string[],
  {cwd, env = {}, timeoutMs = 120_000}: {cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number} = {},
): Promise<ClientRun> {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : {cwd}),
      env: clientEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      output += text;
    });
    child.once('error', error => resolve({code: 127, stdout, output: `${output}${error.message}`}));
    child.once('close', code => resolve({code, stdout, output}));
  });
}

/** What a round trip owes: it ends well, and its last line says so. */
export function assertOk({code, stdout, output}: ClientRun): void {
  assert.equal(code, 0, output);
  assert.equal(stdout.trimEnd().split('\n').at(-1), 'ok', output);
}
