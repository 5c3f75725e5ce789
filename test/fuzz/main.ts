/**
 * `npm run fuzz -- --minutes 10`: every test that draws from chance, again and again with new seeds and many more runs than
 * in `npm test`, until the time is over or one fails. What failed prints its seed.
 *
 * `npm run fuzz -- --inputs 10000000 [--only http-head,partiql] [--seed N]`: so many inputs for each parser, a few
 * microseconds each. What failed is printed with its seed and number; `--from` that number with `--inputs 1` tries it again.
 */
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {systemClock} from '../../src/base/clock.ts';
import {systemRandom} from '../../src/base/random.ts';
import {fuzzParsers} from './inputs/fuzz-parsers.ts';

const options = {
  minutes: {type: 'string', default: '10'},
  runs: {type: 'string', default: '3000'},
  inputs: {type: 'string'},
  only: {type: 'string', default: ''},
  seed: {type: 'string'},
  from: {type: 'string', default: '0'},
} as const;
const {values, positionals} = parseArgs({options, allowPositionals: true});
const anySeed = () => 1 + Math.floor(systemRandom.fraction() * 2 ** 31);
if (values.inputs !== undefined) {
  const only = values.only.split(',').filter(name => name !== '');
  const seed = Number(values.seed ?? anySeed());
  const passed = await fuzzParsers({inputs: Number(values.inputs), seed, from: Number(values.from), only});
  process.exit(passed ? 0 : 1);
}

const built = fileURLToPath(new URL('../..', import.meta.url));

const files = ['src', 'test']
  .flatMap(folder =>
    readdirSync(join(built, folder), {recursive: true, encoding: 'utf8'}).map(name => join(built, folder, name)),
  )
  .filter(file => file.endsWith('.test.js') && /\bfuzzRuns\b|\bSTATOR_FUZZ_RUNS\b/.test(readFileSync(file, 'utf8')))
  .filter(file => positionals.length === 0 || positionals.some(part => file.includes(part)));

const startMs = systemClock.now();
const leftMs = () => startMs + Number(values.minutes) * 60_000 - systemClock.now();
const minutesSoFar = () => ((systemClock.now() - startMs) / 60_000).toFixed(1);
console.log(`${files.length} files, ${values.runs} runs of each property at a time, for ${values.minutes} minutes`);

for (let round = 1; leftMs() > 0; round++) {
  for (const file of files) {
    if (leftMs() <= 0) break;
    const name = relative(built, file).replace(/\.js$/, '.ts');
    const seed = String(anySeed());
    const {status, error, stdout, stderr} = spawnSync(process.execPath, ['--enable-source-maps', '--test', file], {
      env: {...process.env, STATOR_FUZZ_RUNS: values.runs, STATOR_FUZZ_SEED: seed},
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      timeout: Math.max(leftMs(), 1_000),
    });
    const outOfTime = (error as {code?: string} | undefined)?.code === 'ETIMEDOUT';
    console.log(
      `${outOfTime ? 'cut  ' : status === 0 ? 'ok   ' : 'FAILED'} ${minutesSoFar()} min, round ${round}: ${name}`,
    );
    if (status === 0 || outOfTime) continue;
    console.log(`${stdout}\n${stderr}\nwith STATOR_FUZZ_RUNS=${values.runs} STATOR_FUZZ_SEED=${seed}`);
    process.exit(1);
  }
}
