import cluster, {type Worker} from 'node:cluster';
import type {Settings} from './flags.ts';
import {onceAskedToStop, startFromSettings, welcome} from './serve.ts';

/** What a worker tells the first process. */
type WorkerMessage = {kind: 'ready'; port: number} | {kind: 'failed'; reason: string};

/**
 * Several processes share one port and one LMDB environment: the first process only starts them, passes connections on,
 * and starts another when one dies. All state that matters is in the store, so any of them can answer anything.
 */
export async function serveWithWorkers(settings: Settings): Promise<void> {
  if (cluster.isPrimary) await supervise(settings);
  else await work(settings);
}

async function work(settings: Settings): Promise<void> {
  const tell = (message: WorkerMessage) => process.send?.(message);
  try {
    const server = await startFromSettings(settings);
    tell({kind: 'ready', port: server.port});
    onceAskedToStop(() => server.close());
  } catch (error) {
    const {describeStartFailure} = await import('./describe-start-failure.ts');
    tell({kind: 'failed', reason: describeStartFailure(error)});
    process.exitCode = 1;
    process.disconnect();
  }
}

/** A worker that dies is replaced, but not faster than this, so that one which always dies does not burn a core. */
const restartDelayMs = 1_000;

async function supervise(settings: Settings): Promise<void> {
  let stopping = false;
  const fork = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const worker: Worker = cluster.fork();
      let ready = false;
      worker.on('message', (message: WorkerMessage) => {
        ready ||= message.kind === 'ready';
        if (message.kind === 'ready') resolve(message.port);
        else reject(new Error(message.reason));
      });
      worker.on('exit', (code, signal) => {
        reject(new Error(`a worker ended at its start (${signal ?? code})`));
        if (stopping || !ready) return;
        console.error(`stator: a worker ended (${signal ?? code}); starting another`);
        setTimeout(() => !stopping && fork().catch(error => console.error(`stator: ${error.message}`)), restartDelayMs);
      });
    });
  // The first one alone, so that it makes the data folder and a failure is told once.
  const port = await fork();
  await Promise.all(Array.from({length: settings.workers - 1}, fork));
  console.log(`${welcome(settings, port)}\n  workers  ${settings.workers}`);
  onceAskedToStop(async () => {
    stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined);
    await Promise.all(
      workers.map(worker => new Promise(resolve => worker.once('exit', resolve) && worker.process.kill('SIGTERM'))),
    );
  });
}
