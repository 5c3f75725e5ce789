import type {TestContext} from 'node:test';
import {Session} from '../../src/storage/postgres/session.ts';

/** Names of the statements that the stores of this process run while `work` is done. */
export async function statementsRun(t: TestContext, work: () => Promise<unknown>): Promise<string[]> {
  const run = t.mock.method(Session.prototype, 'run');
  await work();
  run.mock.restore();
  return run.mock.calls.map(call => call.arguments[0].name);
}
