// A process of its own, so that neither the load nor those who watch hold up each other.
import type {FaultWindow} from './ask.ts';
import {type Load, type LoadOptions, startLoad} from './load.ts';

/** What this process is asked for, one after the other. */
export type LoadQuestion =
  | {kind: 'start'; options: LoadOptions}
  | {kind: 'tell'; window: FaultWindow}
  | {kind: 'sample'}
  | {kind: 'verify'}
  | {kind: 'end'};

let load: Load | undefined;

async function answer(question: LoadQuestion): Promise<unknown> {
  if (question.kind === 'start') {
    load = await startLoad(question.options);
    return;
  }
  if (!load) throw new Error('the load has not begun');
  switch (question.kind) {
    case 'tell':
      return load.tell(question.window);
    case 'sample':
      return load.sample();
    case 'verify':
      return load.verify();
    case 'end':
      return load.end();
  }
}

process.on('message', ({id, question}: {id: number; question: LoadQuestion}) => {
  answer(question).then(
    result => process.send!({id, result}),
    error => process.send!({id, failure: (error as Error).stack}),
  );
});
process.on('disconnect', () => process.exit());
