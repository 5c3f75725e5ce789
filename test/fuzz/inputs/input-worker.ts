import {parentPort, workerData} from 'node:worker_threads';
import type {ParserFuzz} from '../parsers/parser-fuzz.ts';
import {type InputsReport, runInputs} from './run-inputs.ts';

/** What this thread is told. */
export interface InputWork {
  /** A module whose `parsers` hold one of this name. */
  module: string;
  name: string;
  seed: number;
  from: number;
  inputs: number;
  msMax?: number;
  /** The number of the input under way, and how many were begun (one that fails is tried in smaller forms). */
  place: Int32Array;
}

export type InputNews =
  | {kind: 'progress'; report: InputsReport}
  | {kind: 'done'; report: InputsReport}
  | {kind: 'failed'; message: string};

const work = workerData as InputWork;
const {parsers} = (await import(work.module)) as {parsers: readonly ParserFuzz<unknown>[]};
const tell = (news: InputNews) => parentPort!.postMessage(news);
try {
  const report = runInputs(parsers.find(({name}) => name === work.name)!, {
    ...work,
    onInput: at => {
      work.place[0] = at;
      work.place[1]!++;
    },
    onProgress: report => tell({kind: 'progress', report}),
  });
  tell({kind: 'done', report});
} catch (error) {
  tell({kind: 'failed', message: `${(error as Error).message}`});
}
