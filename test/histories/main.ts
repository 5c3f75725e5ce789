/**
 * `npm run histories -- --runs 10 --store lmdb --faults`: lets clients crowd real servers, records what they were told, and
 * checks that. Prints a line for each run; what is wrong is explained, and the history kept as JSON. `--check FILE` looks at
 * one again.
 */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {systemClock} from '../../src/base/clock.ts';
import {startStator} from '../../src/server/library.ts';
import {type Postgres, startPostgres} from '../postgres/start-postgres.ts';
import {checkHistory} from './check-history.ts';
import {type History, historyFromJson, historyToJson, type Problem} from './history.ts';
import {lmdbPlace, lmdbWorkersPlace, type Place, postgresPlace} from './places.ts';
import {recordHistory} from './record-history.ts';

const {values} = parseArgs({
  options: {
    runs: {type: 'string', default: '1'},
    seed: {type: 'string', default: '1'},
    seconds: {type: 'string', default: '3'},
    clients: {type: 'string', default: '12'},
    store: {type: 'string', default: 'lmdb'},
    faults: {type: 'boolean', default: false},
    /** A folder for every history, right or wrong. */
    keep: {type: 'string'},
    check: {type: 'string'},
  },
});
const failures = fileURLToPath(new URL('../../histories/', import.meta.url));
const problemsShown = 5;

/** What is to be undone at the end of a run, last things first; also when the program is broken off. */
function newOwner() {
  const undo: (() => unknown)[] = [];
  const end = () => {
    process.off('exit', end);
    for (const work of undo.splice(0).reverse()) work();
  };
  process.once('exit', end);
  return {
    after: (work?: unknown) => {
      undo.push(work as () => unknown);
    },
    end,
  };
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

let postgres: Postgres | undefined;
async function newDatabase(name: string): Promise<string> {
  postgres ??= await startPostgres();
  await postgres.query(`create database ${name}`);
  return postgres.url.replace('/postgres?', `/${name}?`);
}

async function memoryPlace(): Promise<Place> {
  const server = await startStator({streams: {shardsMin: 2, rollMs: 1_000}});
  const none = async () => {
    throw new Error('what is in memory does not outlive its process');
  };
  return {endpoints: () => [server.endpoint], strike: none, end: server.close};
}

const places: Record<string, (owner: ReturnType<typeof newOwner>, seed: number) => Promise<Place>> = {
  memory: memoryPlace,
  lmdb: owner => lmdbPlace(owner),
  lmdb4: owner => lmdbWorkersPlace(owner),
  postgres: async (owner, seed) => {
    const url = await newDatabase(`h${seed}x${systemClock.now()}`);
    return postgresPlace(owner, url, 3, postgres);
  },
};

async function record(store: string, seed: number): Promise<History> {
  const owner = newOwner();
  try {
    const place = await places[store]!(owner, seed);
    try {
      return await recordHistory({
        seed,
        store: values.faults ? `${store}, with kills` : store,
        endpoints: place.endpoints,
        clients: Number(values.clients),
        forMs: Number(values.seconds) * 1_000,
        strike: values.faults ? place.strike : undefined,
      });
    } finally {
      await place.end();
    }
  } finally {
    owner.end();
  }
}

function line({seed, store, operations, stream}: History, problems: readonly Problem[], checkMs: number): string {
  const count = (outcome: string) => operations.filter(operation => operation.outcome === outcome).length;
  return (
    `${problems.length === 0 ? 'ok    ' : 'FAILED'} seed ${seed}, ${store}: ${operations.length} operations ` +
    `(${count('done')} done, ${count('refused')} refused, ${count('unknown')} unknown), ${stream.records.length} records in ` +
    `${stream.shards.length} shards, checked in ${(checkMs / 1000).toFixed(1)} s`
  );
}

/** Whether it is without a problem. */
function check(history: History): boolean {
  const startMs = systemClock.now();
  const problems = checkHistory(history);
  console.log(line(history, problems, systemClock.now() - startMs));
  for (const {text} of problems.slice(0, problemsShown)) console.log(text);
  if (problems.length > problemsShown) console.log(`… and ${problems.length - problemsShown} more`);
  return problems.length === 0;
}

/** The path of its file. */
function keep(folder: string, history: History): string {
  mkdirSync(folder, {recursive: true});
  const path = join(folder, `${history.store.replaceAll(/\W+/g, '-')}-seed-${history.seed}.json`);
  writeFileSync(path, historyToJson(history));
  return path;
}

const wanted = values.store.split(',').flatMap(name => (name === 'all' ? ['lmdb', 'lmdb4', 'postgres'] : [name]));
for (const name of wanted)
  if (!Object.hasOwn(places, name)) throw new Error(`--store is one of ${Object.keys(places)}, or all`);

let failed = 0;
if (values.check !== undefined) {
  if (!check(historyFromJson(readFileSync(values.check, 'utf8')))) failed++;
} else {
  try {
    for (let run = 0; run < Number(values.runs); run++) {
      for (const store of wanted) {
        const history = await record(store, Number(values.seed) + run);
        const isSound = check(history);
        if (values.keep !== undefined) keep(values.keep, history);
        if (isSound) continue;
        failed++;
        console.log(`the history is in ${keep(failures, history)}`);
      }
    }
  } finally {
    await postgres?.remove();
  }
}
process.exit(failed === 0 ? 0 : 1);
