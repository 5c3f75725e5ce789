/**
 * The floor for Stator on PostgreSQL: as many loops as it is told, each with one statement at a time through the same
 * client, prepared, one row by its key: what a program does that talks to PostgreSQL itself.
 *
 *     node postgres-program.js <url> read|upsert|counter <concurrency> <seconds> <rows> <process of PostgreSQL>
 */
import pg from 'pg';
import {treeCpuSeconds} from './process-tree.ts';

const [url, kind, concurrencyText, secondsText, rowsText, pidText] = process.argv.slice(2);
const concurrency = Number(concurrencyText);
const rows = Number(rowsText);
const pool = new pg.Pool({connectionString: url!, max: concurrency});
const value = Buffer.alloc(650, 'x');
const keyOf = (row: number) => {
  const key = Buffer.alloc(29);
  // Spread as hashes are.
  key.writeUInt32BE(Math.imul(row, 2_654_435_761) >>> 0, 0);
  key.writeUInt32BE(row, 4);
  return key;
};
const sort = Buffer.from('order#000001');

const statements = {
  read: {name: 'read', text: 'select value from floor_entry where partition = $1 and sort = $2'},
  upsert: {
    name: 'upsert',
    text: 'insert into floor_entry values ($1, $2, $3) on conflict (partition, sort) do update set value = excluded.value',
  },
  counter: {name: 'counter', text: 'update floor_entry set hits = hits + 1 where partition = $1 and sort = $2'},
};
const statement = statements[kind as keyof typeof statements];

await pool.query(
  'create table if not exists floor_entry (partition bytea, sort bytea, value bytea, hits bigint not null default 0, primary key (partition, sort))',
);
const {rows: counted} = await pool.query('select count(*) from floor_entry');
if (Number(counted[0].count) < rows) {
  for (let from = 0; from < rows; from += 500) {
    const keys = Array.from({length: Math.min(500, rows - from)}, (_, at) => keyOf(from + at));
    await pool.query('insert into floor_entry select k, $2, $3 from unnest($1::bytea[]) k on conflict do nothing', [
      keys,
      sort,
      value,
    ]);
  }
  await pool.query('vacuum analyze floor_entry');
}

const latencies: number[] = [];
let next = 1;
async function loop(untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    next = (next * 1_103_515_245 + 12_345) & 0x7fffffff;
    const parameters = [keyOf(next % rows), sort, ...(kind === 'upsert' ? [value] : [])];
    const startMs = performance.now();
    await pool.query({...statement, values: parameters});
    latencies.push(performance.now() - startMs);
  }
}

async function run(seconds: number): Promise<number> {
  latencies.length = 0;
  const startMs = performance.now();
  await Promise.all(Array.from({length: concurrency}, () => loop(startMs + seconds * 1000)));
  return (performance.now() - startMs) / 1000;
}

await run(1);
const before = treeCpuSeconds(Number(pidText));
const seconds = await run(Number(secondsText));
const databaseUs = ((treeCpuSeconds(Number(pidText)) - before) * 1e6) / latencies.length;
latencies.sort((a, b) => a - b);
const at = (share: number) => Math.round(latencies[Math.floor((latencies.length - 1) * share)]! * 1000);
console.log(JSON.stringify({perSecond: latencies.length / seconds, databaseUs, p50Us: at(0.5), p99Us: at(0.99)}));
await pool.end();
