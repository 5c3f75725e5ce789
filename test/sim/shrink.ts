import type {Mutant} from './mutant.ts';
import type {Client, Faults, Program} from './program.ts';
import {runProgram} from './run-program.ts';

/**
 * Leaves out of a failing program what is not needed for it to fail: kinds of faults, clients, runs of steps, single steps.
 * Whatever fails is kept, whether or not it is the same failure. `runsMax` bounds the time.
 */
export async function shrink(program: Program, mutant?: Mutant, runsMax = 400): Promise<Program> {
  let best = program;
  let runs = 0;
  const keepIfFails = async (smaller: Program): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs++;
    const {problem} = await runProgram(smaller, mutant);
    if (problem === undefined) return false;
    best = smaller;
    return true;
  };

  for (const fault of Object.keys(best.faults) as (keyof Faults)[]) {
    if (best.faults[fault] > 0) await keepIfFails({...best, faults: {...best.faults, [fault]: 0}});
  }
  await keepIfFails({...best, lifecycle: {}});
  for (let at = best.clients.length - 1; at >= 0; at--) {
    await keepIfFails({...best, clients: best.clients.filter((_, other) => other !== at)});
  }
  for (let length = 64; length >= 1; length = Math.floor(length / 2)) {
    for (let at = 0; at < best.clients.length; at++) {
      for (let from = best.clients[at]!.steps.length; from > 0; from -= length) {
        await keepIfFails({...best, clients: without(best.clients, at, Math.max(0, from - length), from)});
      }
    }
  }
  return best;
}

function without(clients: readonly Client[], at: number, from: number, to: number): Client[] {
  return clients.map((client, other) =>
    other === at ? {...client, steps: client.steps.filter((_, step) => step < from || step >= to)} : client,
  );
}
