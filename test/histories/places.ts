import type {Chance} from '../fuzz/chance.ts';
import {
  childrenOf,
  type Owner,
  type ServingProcess,
  startServer,
  temporaryDirectory,
} from '../harness/server-process.ts';
import type {Postgres} from '../postgres/start-postgres.ts';

/** Servers of one kind, and what can be done to them. */
export interface Place {
  endpoints(): readonly string[];
  /** kill -9, and a start on the same data. */
  strike(chance: Chance): Promise<void>;
  /** Ends them without a word. */
  end(): Promise<void>;
}

/** Shards that close each second, so that a history goes over several. */
const stream = ['--stream-shards', '2', '--stream-roll', '1'];

async function servers(
  t: Owner,
  count: number,
  args: readonly string[],
  strikeOther?: Place['strike'],
): Promise<Place> {
  const start = () => startServer(t, [...args, ...stream]);
  const running: ServingProcess[] = [];
  for (let at = 0; at < count; at++) running.push(await start());
  return {
    endpoints: () => running.map(({endpoint}) => endpoint),
    async strike(chance) {
      if (strikeOther && chance.maybe(0.25)) return strikeOther(chance);
      const victim = chance.upTo(count);
      const workers = args.includes('--workers') ? childrenOf(running[victim]!.pid) : [];
      if (workers.length > 1 && chance.maybe(0.6)) {
        // The first process starts another.
        process.kill(chance.pick(workers), 'SIGKILL');
        return;
      }
      await running[victim]!.killAll();
      running[victim] = await start();
    },
    async end() {
      await Promise.all(running.map(server => server.killAll()));
    },
  };
}

export const lmdbPlace = (t: Owner) => servers(t, 1, ['--data', temporaryDirectory(t)]);

export const lmdbWorkersPlace = (t: Owner, workers = 4) =>
  servers(t, 1, ['--data', temporaryDirectory(t), '--workers', `${workers}`]);

/** `postgres`: to strike that too. */
export function postgresPlace(t: Owner, url: string, nodes = 3, postgres?: Postgres): Promise<Place> {
  const strikeDatabase = async () => {
    await postgres!.stop('immediate');
    await postgres!.start();
  };
  return servers(t, nodes, ['--store', url], postgres && strikeDatabase);
}
