import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {makeProgram} from './make-program.ts';
import {mutants} from './mutant.ts';
import type {Program} from './program.ts';
import {runProgram} from './run-program.ts';

const regressions = fileURLToPath(new URL('../../../test/regressions/', import.meta.url));

test('what once failed fails no more', async () => {
  const files = existsSync(regressions) ? readdirSync(regressions).filter(name => name.endsWith('.json')) : [];
  for (const file of files) {
    const {program} = JSON.parse(readFileSync(join(regressions, file), 'utf8')) as {program: Program};
    const {problem} = await runProgram(program);
    assert.equal(problem, undefined, file);
  }
});

test('the same seed gives the same run, bit for bit', async () => {
  const digests = new Set<string>();
  for (let times = 0; times < 2; times++) digests.add((await runProgram(makeProgram(7, 2))).digest);
  assert.equal(digests.size, 1);
  digests.add((await runProgram(makeProgram(8, 2))).digest);
  assert.equal(digests.size, 2);
});

test('simulated runs agree with the model', async t => {
  let simulatedMs = 0;
  let conflicts = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const result = await runProgram(makeProgram(seed, 2));
    assert.equal(result.problem, undefined, `npm run sim -- --seed ${seed} --hours 2`);
    simulatedMs += result.simulatedMs;
    conflicts += result.conflicts;
  }
  assert.ok(conflicts > 0, 'requests meet transactions under way');
  t.diagnostic(`${(simulatedMs / 3_600_000).toFixed(0)} simulated hours`);
});

test('planted bugs are found', async t => {
  for (const mutant of mutants) {
    let found: string | undefined;
    for (let seed = 1; seed <= 40 && found === undefined; seed++) {
      found = (await runProgram(makeProgram(seed, 2), mutant)).problem;
    }
    assert.ok(found, `a store that ${mutant.name}`);
    t.diagnostic(`${mutant.name}: ${found.slice(0, 100)}`);
  }
});
