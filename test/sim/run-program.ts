import {runClient} from './client.ts';
import {checkWhatIsLeft} from './final-checks.ts';
import type {Mutant} from './mutant.ts';
import type {Program} from './program.ts';
import {type RunResult, runWorld} from './world.ts';

/** Runs a program to its end and looks at what is left. The same program gives the same result, bit for bit. */
export function runProgram(program: Program, mutant?: Mutant): Promise<RunResult> {
  return runWorld(
    program,
    world => program.clients.map((client, at) => runClient(world, program, client, `client ${at}`)),
    world => checkWhatIsLeft(world, program),
    mutant,
  );
}
