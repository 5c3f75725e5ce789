import assert from 'node:assert/strict';
import {createHandler} from '../../src/api/handle.ts';
import {operations} from '../../src/api/registry.ts';
import type {WireAnswer} from '../../src/api/wire.ts';
import {ManualClock} from '../../src/base/clock.ts';
import {seededRandom} from '../../src/base/random.ts';
import {createEngine, type Engine} from '../../src/engine/engine.ts';
import {defaultLimits} from '../../src/http/limits.ts';
import {allJobs} from '../../src/jobs/all-jobs.ts';
import {memoryStore} from '../../src/storage/memory/memory-store.ts';
import {type Answer, type Call, must, requestHeaders} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {type Chance, chanceFrom} from './chance.ts';
import {creationOf, fuzzTables} from './fuzz-tables.ts';
import {heapBytes} from './heap-bytes.ts';
import {mutated, mutatedText} from './mutate.ts';
import {plausible} from './random-requests.ts';
import {shapedInput} from './random-shape.ts';

export interface FuzzReport {
  requests: number;
  /** How often each answer came: `200`, or the name of the error. */
  answers: Map<string, number>;
  slowest: {ms: number; request: string};
  /** Bytes in use after each check, with every table dropped. */
  heapBytes: number[];
}

const requestMsMax = 1_000;
const requestsPerCheck = 1_000;

/**
 * Sends random requests through the whole handler, on a store that throws commits away and decides again, with the jobs
 * running in between. Fails on an answer of 500, on one that takes too long or is no JSON, and when the data no longer
 * agree with themselves. What it did is repeated by the same seed.
 */
export async function fuzzServer(seed: number, requests: number, goOn = () => true): Promise<FuzzReport> {
  const chance = chanceFrom(seed);
  const random = seededRandom(seed + 1);
  const clock = new ManualClock();
  const engine = createEngine({store: memoryStore({discard: {random, chance: 0.05}}), clock, random});
  let fault: unknown;
  const handler = createHandler({
    engine,
    region: 'us-east-1',
    onFault: error => {
      fault = error;
    },
  });
  const report: FuzzReport = {requests: 0, answers: new Map(), slowest: {ms: 0, request: ''}, heapBytes: []};

  async function send(operation: string, body: Buffer): Promise<Answer> {
    const headers = new Map(
      Object.entries(requestHeaders(operation)).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const request = {method: 'POST', url: '/', header: (name: string) => headers.get(name), body};
    const answer: WireAnswer = await handler(request);
    const parts = answer.body.map(part => (typeof part === 'string' ? Buffer.from(part) : part));
    const text = Buffer.concat(parts).toString();
    return {status: answer.status, body: text === '' ? {} : JSON.parse(text)};
  }
  const call: Call = (operation, input) => send(operation, Buffer.from(JSON.stringify(input)));

  async function tryOne(): Promise<void> {
    const {operation, body} = randomRequest(chance);
    // The front door lets no more in.
    if (body.length > defaultLimits.bodyBytesMax) return;
    const describe = () => `seed ${seed}, request ${report.requests}: ${operation} ${body.subarray(0, 4_000)}`;
    fault = undefined;
    const before = process.cpuUsage();
    let answer: Answer;
    try {
      answer = await send(operation, body);
    } catch (cause) {
      throw new Error(`no answer in JSON: ${describe()}`, {cause});
    }
    const {user, system} = process.cpuUsage(before);
    const ms = (user + system) / 1_000;
    if (answer.status === 500 || fault) throw new Error(`a fault of ours: ${describe()}`, {cause: fault});
    if (ms > requestMsMax) throw new Error(`took ${ms} ms: ${describe()}`);
    if (ms > report.slowest.ms) report.slowest = {ms, request: describe()};
    const kind = answer.status === 200 ? '200' : String(answer.body.__type).replace(/^.*#/, '');
    report.answers.set(kind, (report.answers.get(kind) ?? 0) + 1);
    report.requests++;
  }

  while (report.requests < requests && goOn()) {
    do {
      if (chance.maybe(0.02) || report.requests % requestsPerCheck === 0) {
        for (const table of fuzzTables) await call('CreateTable', creationOf(table));
      }
      await tryOne();
      clock.advance(chance.upTo(50));
      if (chance.maybe(0.05)) await chance.pick(allJobs).step(engine);
    } while (report.requests % requestsPerCheck !== 0 && report.requests < requests);
    await runJobs(engine);
    await checkAndDropAll(call, engine, `seed ${seed}, before request ${report.requests}`);
    report.heapBytes.push(heapBytes());
  }
  return report;
}

const operationNames = [...operations.keys()];
const plausibleNames = operationNames.filter(name => Object.hasOwn(plausible, name));
/** Lasting changes to tables are rare, so that there is something in them. */
const common = plausibleNames.filter(name => !/Table$/.test(name));

function randomRequest(chance: Chance): {operation: string; body: Buffer} {
  const isShaped = chance.maybe(0.15);
  const operation = chance.pick(isShaped ? operationNames : chance.maybe(0.9) ? common : plausibleNames);
  let input: unknown = isShaped ? shapedInput(chance, operation) : plausible[operation]!(chance);
  while (chance.maybe(0.25)) input = mutated(chance, input);
  const text = JSON.stringify(input);
  return {operation, body: chance.maybe(0.04) ? mutatedText(chance, text) : Buffer.from(text)};
}

async function runJobs(engine: Engine): Promise<void> {
  for (const job of allJobs) {
    for (let steps = 0; await job.step(engine); steps++) assert.ok(steps < 10_000, `${job.name} comes to an end`);
  }
}

async function checkAndDropAll(call: Call, engine: Engine, when: string): Promise<void> {
  let first: string | undefined;
  do {
    const page = await must(call, 'ListTables', {...(first && {ExclusiveStartTableName: first})});
    for (const TableName of page.TableNames) {
      try {
        await checkTable(call, TableName);
      } catch (cause) {
        throw new Error(`data that disagree with themselves (${when})`, {cause});
      }
      await call('UpdateTable', {TableName, DeletionProtectionEnabled: false});
      await must(call, 'DeleteTable', {TableName});
    }
    first = page.LastEvaluatedTableName;
  } while (first);
  // Past the life of request tokens.
  (engine.clock as ManualClock).advance(3_600_000);
  await runJobs(engine);
}
