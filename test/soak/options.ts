import {parseArgs} from 'node:util';

export interface SoakOptions {
  minutes: number;
  store: 'lmdb' | 'postgres' | 'memory';
  /** Processes of each server that share its port. */
  workers: number;
  /** Servers on one PostgreSQL. */
  nodes: number;
  /** Requests a second. */
  rate: number;
  /** Items that are written again and again. */
  keys: number;
  faults: boolean;
  seed: number;
  /** Where the report goes. */
  out: string;
  /** Between two faults. */
  faultMs: number;
  sampleMs: number;
  churnMs: number;
  rollSeconds: number;
  retentionSeconds: number;
  lifeSecondsMax: number;
  pauseMs: number;
  /** Connections that are cut at a time. */
  cuts: number;
}

export const usage = `npm run soak -- [settings]: a mixed load with faults; watches memory, files, handles and lag

  --minutes M    how long [10]
  --store STORE  lmdb, postgres (a temporary one) or memory [lmdb]
  --workers N    processes of each server [1]
  --nodes K      servers on one PostgreSQL [2]
  --rate R       requests a second [120]
  --keys N       items that are written again and again [2000]
  --no-faults    a load and nothing else
  --seed S       of load and faults [1]
  --out DIR      folder for the report [soak-results]`;

/** Throws with a message for whoever typed it. */
export function parseOptions(args: readonly string[]): SoakOptions {
  const text = (fallback: string) => ({type: 'string', default: fallback}) as const;
  const {values} = parseArgs({
    args: [...args],
    options: {
      minutes: text('10'),
      store: text('lmdb'),
      workers: text('1'),
      nodes: text('2'),
      rate: text('120'),
      keys: text('2000'),
      'no-faults': {type: 'boolean', default: false},
      seed: text('1'),
      out: text('soak-results'),
    },
  });
  const number = (name: 'minutes' | 'workers' | 'nodes' | 'rate' | 'keys' | 'seed', min: number, max: number) => {
    const value = Number(values[name]);
    if (!(value >= min && value <= max)) throw new Error(`--${name} is a number from ${min} to ${max}`);
    return value;
  };
  const {store} = values;
  if (store !== 'lmdb' && store !== 'postgres' && store !== 'memory')
    throw new Error(`--store is lmdb, postgres or memory, not '${store}'`);
  const minutes = number('minutes', 0.1, 10_000);
  const workers = Math.floor(number('workers', 1, 16));
  if (store === 'memory' && workers > 1)
    throw new Error('--store memory keeps the data of one process: leave out --workers');
  return {
    minutes,
    store,
    workers,
    nodes: store === 'postgres' ? Math.floor(number('nodes', 1, 16)) : 1,
    rate: number('rate', 1, 10_000),
    keys: Math.floor(number('keys', 100, 100_000)),
    faults: !values['no-faults'],
    seed: Math.floor(number('seed', 0, 2 ** 31)),
    out: values.out,
    faultMs: Math.min(180_000, Math.max(20_000, (minutes * 60_000) / 12)),
    sampleMs: 2_000,
    churnMs: 20_000,
    rollSeconds: 60,
    retentionSeconds: 120,
    lifeSecondsMax: 20,
    pauseMs: 3_000,
    cuts: 300,
  };
}
