/** `npm run mutants`: plants one bug after the other under the engine, and tells which check of the simulation finds it. */
import {makeProgram} from './make-program.ts';
import {type Mutant, mutants} from './mutant.ts';
import {runProgram} from './run-program.ts';

const seedsMax = 100;

/** By what a problem says. */
const layers: [RegExp, string][] = [
  [/stream: \d+ changes|stream: recorded/, 'records of a commit, beside the model'],
  [/stream: /, 'answers of stream readers, beside the model'],
  [/totals of/, 'counts and sizes, added up'],
  [/is not the projection|stays CREATING/, 'relation: index = projection of its table'],
  [/joined are not the whole/, 'relation: pages joined = the whole'],
  [/replayed onto nothing/, 'relation: log replayed = table'],
  [/is left|are left|are stored|stays:|stays /, 'relation: nothing is left behind'],
  [/^job|deleted an item/, 'commits of jobs, beside the model'],
  [/past a transaction under way/, 'calls of the store, beside the transactions under way'],
  [/conflict|without a reason|left undone/, 'conflicts, beside the transactions under way'],
  [/although it should have refused|nothing was written/, 'commits of requests, beside the model'],
  [/fault|answered 500/, 'assertions in the engine'],
  [/expected|whole|as it should be/, 'answers of requests, beside the model'],
];

async function seedThatFinds(mutant: Mutant): Promise<{seed: number; problem: string} | undefined> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const {problem} = await runProgram(makeProgram(seed, 2), mutant);
    if (problem !== undefined) return {seed, problem};
  }
  return undefined;
}

let survivors = 0;
for (const mutant of mutants) {
  const found = await seedThatFinds(mutant);
  if (!found) survivors++;
  const layer = found && layers.find(([pattern]) => pattern.test(found.problem))?.[1];
  console.log(
    found
      ? `caught  ${mutant.name}: by ${layer ?? 'another check'} (seed ${found.seed})\n          ${found.problem.slice(0, 160)}`
      : `MISSED  ${mutant.name}: not in ${seedsMax} seeds`,
  );
}
process.exit(survivors === 0 ? 0 : 1);
