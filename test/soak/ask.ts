import assert from 'node:assert/strict';
import {type Client, connectTo, isConflict} from '../harness/call.ts';
import {brief} from './content.ts';
import type {Stats} from './stats.ts';

/** What is done to the servers now, or was last. */
export interface FaultWindow {
  startMs: number;
  endMs: number | undefined;
  /** Requests may fail meanwhile. */
  isNoticed: boolean;
}

/** What a caller shares with all others. */
export interface Surroundings {
  endpoints: readonly string[];
  stats: Stats;
  window: FaultWindow | undefined;
  /** How long after a fault requests may still fail. */
  graceMs: number;
}

export type Outcome =
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  | {kind: 'done'; body: any}
  /** 400, with one of the errors that the caller named. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  | {kind: 'refused'; type: string; body: any}
  /** 503: promised not to be done. Or in conflict with a transaction under way. */
  | {kind: 'nothing'}
  | {kind: 'unknown'};

export interface Caller {
  /** `refusals`: names of the errors that the caller reckons with. Any other is a problem, and so is a fault at a quiet time. */
  ask(operation: string, input: object, refusals?: readonly string[]): Promise<Outcome>;
  close(): void;
}

const requestsOfConnection = 300;

/** A caller who holds on to one node for a while, or until it fails, and asks for one thing at a time: leaving a node ends what is under way. */
export function createCaller(around: Surroundings, first = 0): Caller {
  let at = first;
  let client: Client | undefined;
  let asked = 0;
  let isAsking = false;
  const drop = () => {
    client?.close();
    client = undefined;
    at++;
  };

  function isExcused(startMs: number): boolean {
    const {window, graceMs} = around;
    return window?.isNoticed === true && (window.endMs === undefined || startMs <= window.endMs + graceMs);
  }

  async function ask(operation: string, input: object, refusals: readonly string[] = []): Promise<Outcome> {
    const {stats, endpoints} = around;
    assert.ok(!isAsking, `${operation} would share a connection`);
    isAsking = true;
    const startMs = Date.now();
    const from = performance.now();
    const complain = (what: string) => {
      if (isExcused(startMs)) stats.excused++;
      else stats.problem(`${operation}: ${what}`);
    };
    // So that nodes that were away are used again.
    if (++asked % requestsOfConnection === 0) drop();
    try {
      client ??= connectTo(endpoints[at % endpoints.length]!);
      const {status, body} = await client.call(operation, input);
      stats.answered(performance.now() - from);
      if (status === 200) return {kind: 'done', body};
      const type = String(body.__type).replace(/^.*#/, '');
      if (isConflict({status, body})) {
        // A lane meets only its own transactions: those that it gave up. Under their tokens they may still be done.
        complain(`in conflict ${brief(body)}`);
        return operation === 'TransactWriteItems' ? {kind: 'unknown'} : {kind: 'nothing'};
      }
      if (status === 400) {
        if (!refusals.includes(type)) stats.problem(`${operation} was refused: ${brief(body)}; asked: ${brief(input)}`);
        return {kind: 'refused', type, body};
      }
      complain(`${status} ${brief(body)}`);
      drop();
      return status === 503 ? {kind: 'nothing'} : {kind: 'unknown'};
    } catch (error) {
      complain(`no answer: ${(error as Error).message}`);
      drop();
      return {kind: 'unknown'};
    } finally {
      isAsking = false;
    }
  }
  return {ask, close: drop};
}
