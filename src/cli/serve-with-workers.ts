import cluster, {type Worker} from 'node:cluster';
import {once} from 'node:events';
import {type AddressInfo, createServer} from 'node:net';
import type {Settings} from './flags.ts';
import {onceAskedToStop, startFromSettings, welcome} from './serve.ts';

/** What a worker tells the first process. */
type WorkerMessage = {kind: 'ready'} | {kind: 'failed'; reason: string};

/**
 * Several processes share one port and one LMDB environment: the first process only starts them, and starts another when
 * one dies. All state that matters is in the store, so any of them can answer anything.
 */
export async function serveWithWorkers(settings: Settings): Promise<void> {
  if (cluster.isPrimary) await supervise(settings);
  else await work(settings);
}

async function work(settings: Settings): Promise<void> {
  const tell = (message: WorkerMessage) => process.send?.(message);
  try {
    const server = await startFromSettings(settings);
    tell({kind: 'ready'});
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
  // The workers' shared socket is gone when none of them lives, and the next ones must come back on the same port.
  const port = settings.port === 0 ? await freePort(settings.host) : settings.port;
  // Each worker accepts for itself. Were this process to pass connections on, one that is on its way to a worker when that
  // dies would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({args: [...process.argv.slice(2), '--port', String(port)]});
  // Until all of them serve, one that ends is a failure of the start; later on it is replaced, however often.
  let serving = false;
  let stopping = false;
  const fork = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker: Worker = cluster.fork();
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') resolve();
        else reject(new Error(message.reason));
      });
      worker.on('exit', (code, signal) => {
        reject(new Error(`a worker ended at its start (${signal ?? code})`));
        if (serving && !stopping) replace(signal ?? code);
      });
    });
  const replace = (reason: string | number) => {
    console.error(`stator: a worker ended (${reason}); starting another`);
    setTimeout(() => {
      if (stopping) return;
      fork().then(
        () => console.error('stator: the other worker serves'),
        error => console.error(`stator: ${error.message}`),
      );
    }, restartDelayMs);
  };
  // The first one alone, so that it makes the data folder and a failure is told once.
  await fork();
  await Promise.all(Array.from({length: settings.workers - 1}, fork));
  serving = true;
  onceAskedToStop(async () => {
    stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined);
    await Promise.all(
      workers.map(worker => new Promise(resolve => worker.once('exit', resolve) && worker.process.kill('SIGTERM'))),
    );
  });
  console.log(`${welcome(settings, port)}\n  workers  ${settings.workers}`);
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
