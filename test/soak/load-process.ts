import {fork} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {Owner} from '../harness/server-process.ts';
import type {FaultWindow} from './ask.ts';
import type {LoadOptions} from './load.ts';
import type {LoadQuestion} from './load-program.ts';
import type {LoadSample} from './stats.ts';

/** The load, in a process of its own. */
export interface LoadProcess {
  tell(window: FaultWindow): Promise<void>;
  sample(): Promise<LoadSample>;
  verify(): Promise<void>;
  end(): Promise<Record<string, number>>;
}

export async function startLoadProcess(owner: Owner, options: LoadOptions): Promise<LoadProcess> {
  const child = fork(fileURLToPath(new URL('load-program.js', import.meta.url)), {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  owner.after(() => child.kill('SIGKILL'));
  const waiting = new Map<number, {resolve(result: unknown): void; reject(error: Error): void}>();
  let lastId = 0;
  child.on('message', ({id, result, failure}: {id: number; result?: unknown; failure?: string}) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (failure) asked?.reject(new Error(failure));
    else asked?.resolve(result);
  });
  child.on('exit', (code, signal) => {
    for (const {reject} of waiting.values()) reject(new Error(`the load ended (${signal ?? code})`));
  });

  function ask<T>(question: LoadQuestion): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, {resolve: result => resolve(result as T), reject});
      child.send({id, question}, error => error && reject(error));
    });
  }
  await ask({kind: 'start', options});
  return {
    tell: window => ask({kind: 'tell', window}),
    sample: () => ask({kind: 'sample'}),
    verify: () => ask({kind: 'verify'}),
    async end() {
      const done = await ask<Record<string, number>>({kind: 'end'});
      child.disconnect();
      return done;
    },
  };
}
