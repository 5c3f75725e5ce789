import {systemClock} from '../../../src/base/clock.ts';
import {chanceFrom} from '../chance.ts';
import {heapBytes} from '../heap-bytes.ts';
import type {ParserFuzz} from '../parsers/parser-fuzz.ts';
import {messageKind} from './message-kind.ts';
import {prototypesNow} from './prototypes.ts';
import {shrunk} from './smaller.ts';

export interface InputsReport {
  inputs: number;
  accepted: number;
  /** Kinds of refusals, none counted beyond `kindsMax`. */
  kinds: number;
  slowestMs: number;
  /** After a tenth of the inputs, by when caches are full, and at the end. */
  heapBytes: [number, number];
  ms: number;
}

export interface InputsRun {
  seed: number;
  inputs: number;
  /** The first input's number; 0 unless one is to be tried again. */
  from?: number;
  /** How much processor time one input may take; 100 unless told. */
  msMax?: number;
  /** Called before each input, and each smaller form of one that fails, with its number. */
  onInput?(at: number): void;
  onProgress?(report: InputsReport): void;
}

const defaultMsMax = 100;
const heapGrowthMax = 24e6;
const kindsMax = 10_000;
const progressMs = 10_000;

/** The input of this number is always the same, whatever was tried before it. */
export function inputAt<Input>(parser: ParserFuzz<Input>, seed: number, at: number): Input {
  return parser.generate(chanceFrom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b)));
}

/**
 * Feeds a parser. Throws, with the seed and the input made small, where it breaks a promise of its own, takes more
 * processor time for one input than it may, changes what all objects inherit, or keeps memory.
 */
export function runInputs<Input>(parser: ParserFuzz<Input>, run: InputsRun): InputsReport {
  const {seed, inputs, from = 0, msMax = defaultMsMax, onInput, onProgress} = run;
  const startMs = systemClock.now();
  let saidMs = startMs;
  const kinds = new Set<string>();
  const prototypes = prototypesNow();
  const report: InputsReport = {inputs: 0, accepted: 0, kinds: 0, slowestMs: 0, heapBytes: [0, 0], ms: 0};

  const fail = (at: number, input: Input, problem: (input: Input) => unknown): never => {
    // Less of the input may fail in another way, which is not what was found.
    const wanted = kindOf(problem(input));
    const small = shrunk(input, candidate => {
      onInput?.(at);
      return kindOf(problem(candidate)) === wanted;
    });
    const cause = problem(small);
    const text = JSON.stringify(small);
    throw new Error(`${parser.name} fails with --seed ${seed} --from ${at}: ${text.slice(0, 6_000)}\n${cause}`, {
      cause,
    });
  };

  for (let at = from; at < from + inputs; at++) {
    onInput?.(at);
    const input = inputAt(parser, seed, at);
    const before = performance.now();
    let refusal: string | undefined;
    try {
      refusal = parser.check(input);
    } catch {
      fail(at, input, candidate => thrownBy(parser, candidate));
    }
    const ms = performance.now() - before;
    if (ms > report.slowestMs) {
      // The machine may have done something else meanwhile.
      const usedMs = Math.min(ms, processorMs(parser, input, msMax));
      if (usedMs > msMax) fail(at, input, candidate => tooSlow(parser, candidate, msMax));
      report.slowestMs = Math.max(report.slowestMs, usedMs);
    }
    if (refusal === undefined) report.accepted++;
    else if (kinds.size < kindsMax) kinds.add(messageKind(refusal));
    for (const name in {}) fail(at, input, () => `${name} is inherited by all objects`);
    report.inputs++;
    if (at - from === Math.floor(inputs / 10)) report.heapBytes[0] = heapBytes();
    if ((report.inputs & 1023) !== 0) continue;
    if (prototypesNow() !== prototypes)
      fail(at, input, () => 'what all objects inherit was changed, by this or one of the 1,023 inputs before');
    const nowMs = systemClock.now();
    if (nowMs - saidMs < progressMs) continue;
    saidMs = nowMs;
    onProgress?.({...report, kinds: kinds.size, ms: nowMs - startMs});
  }
  report.heapBytes[1] = heapBytes();
  const growth = report.heapBytes[1] - report.heapBytes[0];
  if (growth > heapGrowthMax) throw new Error(`${parser.name} keeps ${growth} bytes of memory, with --seed ${seed}`);
  return {...report, kinds: kinds.size, ms: systemClock.now() - startMs};
}

function kindOf(problem: unknown): string | undefined {
  return problem === undefined ? undefined : messageKind(`${problem}`.split('\n', 1)[0]!);
}

function thrownBy<Input>(parser: ParserFuzz<Input>, input: Input): unknown {
  try {
    parser.check(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error) : `${error}`;
  }
}

/** The less of two tries. */
function processorMs<Input>(parser: ParserFuzz<Input>, input: Input, msMax: number): number {
  const once = () => {
    const before = process.cpuUsage();
    thrownBy(parser, input);
    const {user, system} = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  const ms = once();
  return ms > msMax ? Math.min(ms, once()) : ms;
}

function tooSlow<Input>(parser: ParserFuzz<Input>, input: Input, msMax: number): string | undefined {
  const ms = processorMs(parser, input, msMax);
  return ms > msMax ? `took ${ms} ms` : undefined;
}
