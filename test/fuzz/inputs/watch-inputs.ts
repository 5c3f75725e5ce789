import {Worker} from 'node:worker_threads';
import {pause} from '../../../src/base/clock.ts';
import type {InputNews, InputWork} from './input-worker.ts';
import type {InputsReport} from './run-inputs.ts';

export interface WatchedRun extends Omit<InputWork, 'place'> {
  onProgress(report: InputsReport): void;
  /** How long one input may take before it counts as endless. */
  stuckMs?: number;
}

/** Runs a parser's inputs in a thread of their own, so that one that never comes to an end is told, too. */
export async function watchInputs({onProgress, stuckMs = 20_000, ...work}: WatchedRun): Promise<InputsReport> {
  const place = new Int32Array(new SharedArrayBuffer(8)).fill(-1);
  const worker = new Worker(new URL('./input-worker.js', import.meta.url), {
    workerData: {...work, place},
    // Nearly all that an input makes is garbage at once: fewer and cheaper collections.
    resourceLimits: {maxYoungGenerationSizeMb: 96},
  });
  let outcome: {report: InputsReport} | {problem: string} | undefined;
  worker.on('message', (news: InputNews) => {
    if (news.kind === 'failed') outcome = {problem: news.message};
    else if (news.kind === 'done') outcome = {report: news.report};
    else onProgress(news.report);
  });
  worker.on('error', error => {
    outcome = {problem: `${work.name} ends its thread with --seed ${work.seed} --from ${place[0]}: ${error.stack}`};
  });
  const polls = 20;
  let lastBegun = place[1]!;
  let idlePolls = 0;
  // Polls are counted, not time: while the whole process is stopped, none are made.
  while (!outcome) {
    await pause(stuckMs / polls);
    idlePolls = place[1] === lastBegun ? idlePolls + 1 : 0;
    lastBegun = place[1]!;
    if (idlePolls <= polls || outcome || place[0]! < 0) continue;
    outcome = {problem: `${work.name} comes to no end with --seed ${work.seed} --from ${place[0]}`};
  }
  await worker.terminate();
  if ('problem' in outcome) throw new Error(outcome.problem);
  return outcome.report;
}
