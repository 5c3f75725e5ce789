import {parsers} from '../parsers/all-parsers.ts';
import type {InputsReport} from './run-inputs.ts';
import {watchInputs} from './watch-inputs.ts';

export interface ParsersRun {
  inputs: number;
  seed: number;
  from: number;
  /** Names of parsers; empty: all. */
  only: readonly string[];
}

/** Feeds one parser after the other and says how it goes on. True if none failed. */
export async function fuzzParsers({inputs, seed, from, only}: ParsersRun): Promise<boolean> {
  const unknown = only.filter(name => !parsers.some(parser => parser.name === name));
  if (unknown.length > 0) throw new Error(`no such parsers: ${unknown}; there are ${parsers.map(({name}) => name)}`);
  const module = new URL('../parsers/all-parsers.js', import.meta.url).href;
  let failed = 0;
  for (const {name} of parsers) {
    if (only.length > 0 && !only.includes(name)) continue;
    try {
      const onProgress = (report: InputsReport) => console.log(`       ${line(name, report)}`);
      console.log(`ok     ${line(name, await watchInputs({module, name, seed, from, inputs, onProgress}))}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${(error as Error).message}`);
    }
  }
  return failed === 0;
}

function line(name: string, {inputs, accepted, kinds, slowestMs, heapBytes, ms}: InputsReport): string {
  const share = ((100 * accepted) / inputs).toFixed(1);
  const each = ((1_000 * ms) / inputs).toFixed(1);
  const megabytes = heapBytes.map(bytes => (bytes / 1e6).toFixed(1)).join(' to ');
  return (
    `${name.padEnd(13)} ${inputs} inputs, ${share} % accepted, ${kinds} kinds of refusals, ` +
    `slowest ${slowestMs.toFixed(1)} ms, ${each} µs each, ${megabytes} MB`
  );
}
