/**
 * `npm run sim -- --seed 1 --seeds 1000 --hours 2`: simulated runs, one for each seed. Of what fails it prints the seed and
 * the smallest program that still fails, and keeps that in test/regressions/, where a test runs it from then on.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {systemClock} from '../../src/base/clock.ts';
import {makeProgram} from './make-program.ts';
import type {Program} from './program.ts';
import {runProgram} from './run-program.ts';
import {shrink} from './shrink.ts';

const {values} = parseArgs({
  options: {
    seed: {type: 'string', default: '1'},
    seeds: {type: 'string', default: '1'},
    hours: {type: 'string', default: '2'},
    requests: {type: 'string', default: '240'},
    /** How often a failing program is run to make it smaller. */
    shrink: {type: 'string', default: '400'},
  },
});
const [first, seeds, hours, requests] = [values.seed, values.seeds, values.hours, values.requests].map(Number) as [
  number,
  number,
  number,
  number,
];
const regressions = fileURLToPath(new URL('../../../test/regressions/', import.meta.url));
const linesShown = 40;
const progressMs = 10_000;

const startedMs = systemClock.now();
let shownMs = startedMs;
const sums = {requests: 0, events: 0, crashes: 0, conflicts: 0, simulatedMs: 0};
let failed = 0;

for (let seed = first; seed < first + seeds; seed++) {
  const program = makeProgram(seed, hours, requests);
  const result = await runProgram(program);
  for (const name of ['requests', 'events', 'crashes', 'conflicts', 'simulatedMs'] as const) sums[name] += result[name];
  if (result.problem !== undefined) {
    failed++;
    await report(seed, program, result.problem);
  }
  if (systemClock.now() - shownMs > progressMs) showProgress(seed - first + 1);
}
showProgress(seeds);
process.exit(failed === 0 ? 0 : 1);

function showProgress(done: number): void {
  shownMs = systemClock.now();
  const seconds = (shownMs - startedMs) / 1000;
  const simulated = sums.simulatedMs / 3_600_000;
  console.log(
    `${done} of ${seeds} seeds, ${failed} failed: ${simulated.toFixed(0)} simulated hours in ${seconds.toFixed(0)} s ` +
      `(${((simulated * 60) / seconds).toFixed(0)} a minute), ${sums.requests} requests, ${sums.events} events, ` +
      `${sums.crashes} crashes, ${sums.conflicts} conflicts`,
  );
}

async function report(seed: number, program: Program, problem: string): Promise<void> {
  console.log(
    `seed ${seed} failed: ${problem}\n  (npm run sim -- --seed ${seed} --hours ${hours} --requests ${requests})`,
  );
  const small = await shrink(program, undefined, Number(values.shrink));
  const again = await runProgram(small);
  mkdirSync(regressions, {recursive: true});
  const path = join(regressions, `seed-${seed}.json`);
  writeFileSync(path, `${JSON.stringify({problem: again.problem, program: small}, null, 2)}\n`);
  const steps = small.clients.reduce((sum, client) => sum + client.steps.length, 0);
  console.log(`made smaller: ${steps} requests, in ${path}: ${again.problem}`);
  console.log(again.history.slice(-linesShown).join('\n'));
}
