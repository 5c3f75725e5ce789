import {seededRandom} from '../../src/base/random.ts';
import {type Owner, sleep} from '../harness/server-process.ts';
import {startLoadProcess} from './load-process.ts';
import type {SoakOptions} from './options.ts';
import type {Sample, SoakRecord} from './record.ts';
import {startSystem} from './start-system.ts';
import type {Fault, System} from './system.ts';
import {useOf} from './watch-process.ts';

/** After the load is gone, until connections are closed and jobs have nothing left to do. */
const restMs = 4_000;
/** After a fault, until it is held to what was acknowledged, beyond the time in which requests may fail. */
const settleMs = 1_000;
/** Between these shares of the time no process is ended: what its memory does is seen there. */
const steady = {from: 0.25, to: 0.8};

/** Runs all of it, and tells what was seen. Rejects only when it could not be run. */
export async function runSoak(owner: Owner, options: SoakOptions, tell: (line: string) => void): Promise<SoakRecord> {
  const random = seededRandom(options.seed);
  const system = await startSystem(owner, options, random);
  const handlesBefore = Math.max(...system.processes().map(({pid}) => useOf(pid)?.handles ?? 0));
  const load = await startLoadProcess(owner, {
    endpoints: system.endpoints,
    rate: options.rate,
    keys: options.keys,
    seed: options.seed,
    graceMs: system.graceMs,
    churnMs: options.churnMs,
    lifeSecondsMax: options.lifeSecondsMax,
  });
  const startMs = Date.now();
  const endMs = startMs + options.minutes * 60_000;
  const record: SoakRecord = {
    options,
    startMs,
    endMs,
    samples: [],
    faults: [],
    handlesBefore,
    handlesAfter: [],
    handlesMore: system.handlesMore,
    problems: [],
    problemCount: 0,
    done: {},
    complaints: [],
  };
  const fail = (text: string) => {
    record.problems.push(text);
    record.problemCount++;
  };
  let fromLoad = 0;
  const take = async () => {
    const sample = await sampleOf(system, await load.sample());
    record.samples.push(sample);
    for (const problem of sample.load.problems) {
      tell(`PROBLEM ${problem}`);
      record.problems.push(problem);
    }
    record.problemCount += sample.load.problemCount - fromLoad;
    fromLoad = sample.load.problemCount;
  };

  let isOver = false;
  const watching = (async () => {
    for (let at = 1; !isOver; at++) {
      await take();
      if (at % Math.max(1, Math.round(10_000 / options.sampleMs)) === 0) tell(progressOf(record));
      await sleep(options.sampleMs);
    }
  })();
  watching.catch(() => {});

  try {
    const next = inTurn(system.faults);
    while (options.faults && Date.now() + options.faultMs + system.graceMs < endMs) {
      await sleep(options.faultMs);
      const share = (Date.now() - startMs) / (endMs - startMs);
      const fault = next(share < steady.from || share > steady.to);
      const window = {startMs: Date.now(), endMs: undefined as number | undefined, isNoticed: fault.isNoticed};
      await load.tell(window);
      await fault.bring();
      window.endMs = Date.now();
      await load.tell(window);
      record.faults.push({name: fault.name, startMs: window.startMs, endMs: window.endMs});
      await sleep((fault.isNoticed ? system.graceMs : 0) + settleMs);
      await load.verify();
      tell(`${fault.name}: ${((window.endMs - window.startMs) / 1000).toFixed(1)} s, all is there`);
    }
    await sleep(Math.max(0, endMs - Date.now()));
    record.endMs = Date.now();
    isOver = true;
    await watching;
    tell('holding everything to what was acknowledged');
    record.done = await load.end();
    await sleep(restMs);
    record.handlesAfter = system.processes().map(({name, pid}) => ({name, handles: useOf(pid)?.handles ?? 0}));
    await system.end();
  } catch (error) {
    isOver = true;
    record.endMs = Date.now();
    fail(`the run broke off: ${(error as Error).stack}`);
  }
  record.complaints = system.complaints();
  return record;
}

/** Each in its turn, those that end processes only where they may. */
function inTurn(faults: readonly Fault[]): (mayRestart: boolean) => Fault {
  const brought = new Map(faults.map(fault => [fault, 0]));
  return mayRestart => {
    const possible = faults.filter(fault => mayRestart || !fault.isRestart);
    // What ends processes goes first where it may: its time is short.
    const rank = (fault: Fault) => brought.get(fault)! * 2 + (fault.isRestart ? 0 : 1);
    const fault = possible.reduce((least, one) => (rank(one) < rank(least) ? one : least));
    brought.set(fault, brought.get(fault)! + 1);
    return fault;
  };
}

async function sampleOf(system: System, load: Sample['load']): Promise<Sample> {
  const processes = system.processes().flatMap(({name, pid}) => {
    const use = useOf(pid);
    return use ? [{name, pid, use}] : [];
  });
  return {atMs: Date.now(), load, processes, dataBytes: await system.dataBytes()};
}

function progressOf({samples, startMs, endMs, faults, problemCount}: SoakRecord): string {
  const {atMs, load, processes, dataBytes} = samples.at(-1)!;
  const before = samples.at(-6) ?? samples[0]!;
  const requests = samples.slice(-5).reduce((sum, one) => sum + one.load.requests, 0);
  const mega = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  return [
    `${((atMs - startMs) / 60_000).toFixed(1)} of ${((endMs - startMs) / 60_000).toFixed(1)} min`,
    `${Math.round(requests / Math.max(1, (atMs - before.atMs) / 1000))} requests/s`,
    `p99 ${load.p99.toFixed(0)} ms`,
    `memory ${processes.map(({use}) => mega(use.ownBytes)).join(' + ')}`,
    ...(dataBytes === undefined ? [] : [`data ${mega(dataBytes)}`]),
    `${faults.length} faults`,
    `${problemCount} problems`,
  ].join(', ');
}
