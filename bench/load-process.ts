import {fileURLToPath} from 'node:url';
import type {LoadResult} from './load.ts';
import {loadCore, spawnPinned} from './pinned-process.ts';

export type LoadJob =
  | {kind: 'fill'; port: number; items: number; secondsMax: number}
  | {
      kind: 'run';
      port: number;
      items: number;
      scenario: string;
      prepared: string;
      concurrency: number;
      seconds: number;
    };

export type LoadReply =
  | {kind: 'progress'; share: number}
  | {kind: 'filled'}
  | {kind: 'measured'; result: LoadResult}
  | {kind: 'failed'; problem: string};

export interface LoadProcess {
  fill(job: Omit<LoadJob & {kind: 'fill'}, 'kind'>, onProgress: (share: number) => void): Promise<void>;
  run(job: Omit<LoadJob & {kind: 'run'}, 'kind'>): Promise<LoadResult>;
  stop(): void;
}

/** Starts the generator on its core. One job at a time. */
export function startLoadProcess(): LoadProcess {
  const program = fileURLToPath(new URL('load-program.js', import.meta.url));
  const child = spawnPinned(loadCore, process.execPath, [program], {stdio: ['ignore', 'inherit', 'inherit', 'ipc']});

  function ask(job: LoadJob, onProgress: (share: number) => void): Promise<LoadReply> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        child.off('message', onMessage);
        child.off('exit', onExit);
        done();
      };
      const onExit = () => settle(() => reject(new Error('the load generator ended')));
      const onMessage = (message: unknown) => {
        const reply = message as LoadReply;
        if (reply.kind === 'progress') onProgress(reply.share);
        else if (reply.kind === 'failed') settle(() => reject(new Error(reply.problem)));
        else settle(() => resolve(reply));
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(job);
    });
  }

  return {
    fill: async (job, onProgress) => void (await ask({kind: 'fill', ...job}, onProgress)),
    run: async job => {
      const reply = await ask({kind: 'run', ...job}, () => {});
      if (reply.kind !== 'measured') throw new Error(`unexpected reply ${reply.kind}`);
      return reply.result;
    },
    stop: () => child.disconnect(),
  };
}
