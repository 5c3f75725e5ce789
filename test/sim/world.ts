import {createHash} from 'node:crypto';
import {createHandler} from '../../src/api/handle.ts';
import type {WireAnswer, WireRequest} from '../../src/api/wire.ts';
import type {Clock} from '../../src/base/clock.ts';
import {type Random, seededRandom} from '../../src/base/random.ts';
import {createEngine, type Engine} from '../../src/engine/engine.ts';
import {allJobs} from '../../src/jobs/all-jobs.ts';
import type {Job} from '../../src/jobs/job.ts';
import {startJobs} from '../../src/jobs/start-jobs.ts';
import type {TableId} from '../../src/keyspace/table-record.ts';
import {StoreUnavailableError} from '../../src/storage/store-unavailable-error.ts';
import {requestHeaders} from '../harness/call.ts';
import {itemKeyText, itemsOf, newConflicts} from './conflicts.ts';
import {type Answer, judge} from './judge.ts';
import {keyOf, type Model, newModel} from './model.ts';
import type {Mutant} from './mutant.ts';
import {type Judged, newOracle, region} from './oracle.ts';
import {type Op, type Program, startMs} from './program.ts';
import {type Actor, type Call, simulatedStore} from './simulated-store.ts';
import type {WireCall} from './wire.ts';

/** `lost`: the node died before it answered. */
export type Outcome = Answer | 'lost';

export interface World {
  model: Model;
  nowMs(): number;
  /** Asks a node, and holds its answer to the model, or to the verdict that comes along. */
  send(
    client: string,
    node: number,
    asked: Op | {op: 'free'} | Judged,
    call: WireCall,
    service?: 'streams',
  ): Promise<Outcome>;
  sleepUntil(client: string, atMs: number): Promise<void>;
  fail(problem: string): void;
  random: Random;
  rawStore: ReturnType<typeof simulatedStore>['inner'];
}

export interface RunResult {
  /** What is wrong; undefined when nothing is. */
  problem: string | undefined;
  /** Of everything that happened, in order: the same for equal runs. */
  digest: string;
  events: number;
  requests: number;
  simulatedMs: number;
  crashes: number;
  /** Answers that tell of a conflict with a transaction under way. */
  conflicts: number;
  /** The last things that happened. */
  history: string[];
}

interface Node {
  engine: Engine;
  handler: (request: WireRequest) => WireAnswer | Promise<WireAnswer>;
  alive: {yes: boolean};
  /** Clients that wait for an answer of it. */
  waiting: Set<() => void>;
}

interface Timer {
  dueMs: number;
  isJob: boolean;
  alive: {yes: boolean};
  run(): void;
}

const eventsMax = 400_000;
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/**
 * Runs a program: the real api, engine and jobs, on a store and a clock that do nothing by themselves. One thing happens
 * at a time, chosen by the seed: a call of the store is done or answered, a timer runs, a client goes on, a node dies.
 * Before the next one, everything that follows at once has followed. `clients` are told when each of the program's
 * clients begins and return when it is done; `after` runs when all are, without faults, and looks at what is left.
 */
export async function runWorld(
  program: Program,
  startClients: (world: World) => Promise<void>[],
  after: (world: World) => Promise<void>,
  mutant?: Mutant,
): Promise<RunResult> {
  const random = seededRandom(program.seed);
  const hash = createHash('sha256');
  const history: string[] = [];
  let problem: string | undefined;
  let nowMs = startMs;
  let calls: Call[] = [];
  const timers = new Set<Timer>();
  let actor: Actor = {name: 'nobody'};
  let {faults} = program;
  let events = 0;
  let requests = 0;
  let crashes = 0;

  const fail = (text: string) => {
    problem ??= `${actor.name}: ${text}`;
  };
  const note = (text: string) => {
    const line = `${nowMs - startMs} ${text}`;
    hash.update(`${line}\n`);
    history.push(line);
    if (history.length > 400) history.splice(0, 200);
  };
  const upTo = (below: number) => Math.floor(random.fraction() * below);

  const model = newModel(program.lifecycle.timeToLiveFixedMs ?? 0);
  const oracle = newOracle(model, fail);
  const conflicts = newConflicts(fail);
  // Each node goes by a clock of its own.
  const aheadOf = (node: number) => program.aheadMs[node] ?? 0;
  const timesOf = ({issuedMs, node}: Call) => ({issuedMs: issuedMs + aheadOf(node), nowMs: nowMs + aheadOf(node)});
  const store = simulatedStore(
    {
      nowMs: () => nowMs,
      actor: () => actor,
      submit(call) {
        calls.push(call);
        if (call.actor.judged) conflicts.calls(call.actor.judged, call.kind, call.itemKeys);
      },
      before: call => {
        const {judged} = call.actor;
        if (!judged) return;
        notePart(judged, call);
        oracle.before(judged, call.kind, timesOf(call));
      },
      committed: (call, writes, oldItems) => {
        note(`${call.actor.name} commits ${writes.length}`);
        oracle.committed(call.actor.judged, call.actor.name, writes, oldItems, timesOf(call));
      },
      failsNow: () => random.fraction() < faults.unavailable,
      random,
    },
    program.faults.discard,
    mutant,
  );

  function clockOf(alive: {yes: boolean}, aheadMs: number, onWait: (judged: Judged) => void): Clock {
    return {
      now: () => nowMs + aheadMs,
      after(delayMs, run) {
        const mine = actor;
        // The only thing that a request waits for.
        if (mine.judged) onWait(mine.judged);
        const goOn = () => {
          actor = mine;
          run();
        };
        const timer: Timer = {dueMs: nowMs + delayMs, isJob: true, alive, run: goOn};
        timers.add(timer);
        return () => timers.delete(timer);
      },
    };
  }

  /** The keys of a transaction's items, in tables as the node knows them at this moment. */
  function keysOf(engine: Engine, op: Judged['op']): string[] {
    return itemsOf(op as Op).flatMap(({table, item}) => {
      const known = engine.tableCache.get(region)?.get(table);
      return known ? [itemKeyText(known.record.id, keyOf(table, item))] : [];
    });
  }

  /** What of a batch is in the commit: the other items are in conflict. */
  function notePart(judged: Judged, {kind, itemKeys}: Call): void {
    if (judged.op.op !== 'batchWrite' || judged.applied) return;
    delete judged.part;
    if (kind !== 'commit') return;
    const {writes} = judged.op;
    const keys = new Set(itemKeys);
    const inCommit = writes.filter(({table, put, key}) => {
      const known = model.tables.get(table);
      return known && keys.has(itemKeyText(known.id as TableId, keyOf(table, put ?? key!)));
    });
    // None: it was planned with tables that are no more, and will not write.
    judged.part = {op: 'batchWrite', writes: inCommit.length > 0 ? inCommit : writes};
  }

  function startNode(at: number): Node {
    const alive = {yes: true};
    const clock = clockOf(alive, aheadOf(at), judged => conflicts.underWay(judged, keysOf(engine, judged.op)));
    const engine = createEngine({store: store.storeOf(at), clock, random}, program.lifecycle, program.streams);
    mutant?.underWay?.(engine.underWay);
    const onFault = (fault: unknown) => {
      if (!(fault instanceof StoreUnavailableError)) fail(`fault: ${fault instanceof Error ? fault.stack : fault}`);
    };
    const handler = createHandler({engine, region, onFault});
    startJobs(
      engine,
      allJobs.map(job => watched(job, at)),
    );
    return {engine, handler, alive, waiting: new Set()};
  }

  /** The job in the name of an actor of its own, now and then failing before its step. */
  function watched(job: Job, node: number): Job {
    const ahead = mutant?.clockAheadMs?.job === job.name ? mutant.clockAheadMs.byMs : 0;
    const shifted = new WeakMap<Engine, Engine>();
    return {
      ...job,
      step: async engine => {
        actor = {name: `job ${job.name} of ${node}`};
        const mine = actor;
        if (random.fraction() < faults.jobFails) return false;
        let used = engine;
        if (ahead > 0) {
          used = shifted.get(engine) ?? {...engine, clock: {...engine.clock, now: () => engine.clock.now() + ahead}};
          shifted.set(engine, used);
        }
        try {
          return await job.step(used);
        } catch (fault) {
          if (!mine.faulted) fail(`the job failed: ${fault instanceof Error ? fault.stack : fault}`);
          return false;
        }
      },
    };
  }

  const nodes = Array.from({length: program.nodes}, (_, at) => startNode(at));

  function crash(): void {
    const at = upTo(nodes.length);
    const {alive, waiting} = nodes[at]!;
    crashes++;
    note(`node ${at} dies`);
    alive.yes = false;
    for (const timer of timers) if (timer.alive === alive) timers.delete(timer);
    const lost = calls.filter(call => call.node === at);
    calls = calls.filter(call => call.node !== at);
    // What was under way either happened or not; who asked never learns.
    for (const call of lost) {
      if (call.done || call.kind !== 'commit' || random.fraction() < 0.5) continue;
      actor = call.actor;
      call.run();
    }
    for (const tell of waiting) timers.add({dueMs: nowMs, isJob: false, alive: {yes: true}, run: tell});
    if (mutant?.losesLastCommit) store.undoLast();
    nodes[at] = startNode(at);
  }

  const world: World = {
    model,
    nowMs: () => nowMs,
    random,
    fail,
    rawStore: store.inner,
    sleepUntil: (client, atMs) =>
      new Promise(resolve => {
        const run = () => {
          actor = {name: client};
          resolve();
        };
        timers.add({dueMs: Math.max(atMs, nowMs), isJob: false, alive: {yes: true}, run});
      }),
    send: (client, at, asked, {operation, input}, service) =>
      new Promise(resolve => {
        const node = nodes[at % nodes.length]!;
        const judged: Judged = 'verdict' in asked ? asked : newlyJudged(asked, nowMs + aheadOf(at % nodes.length));
        const {op} = judged;
        const mine: Actor = {name: `${client} ${op.op}`, judged};
        requests++;
        conflicts.asked(judged, at % nodes.length);
        note(`${mine.name} asks ${operation} ${JSON.stringify(input)}`);
        const tell = () => {
          actor = {name: client};
          note(`${mine.name} is lost`);
          conflicts.ended(judged);
          resolve('lost');
        };
        node.waiting.add(tell);
        actor = mine;
        Promise.resolve(node.handler(requestOf(operation, input, service))).then(raw => {
          if (!node.alive.yes) return;
          node.waiting.delete(tell);
          const answer = {status: raw.status, body: JSON.parse(textOf(raw))};
          note(`${mine.name} is answered ${answer.status} ${JSON.stringify(answer.body)}`);
          if (answer.status >= 500) {
            if (!mine.faulted) fail(`answered ${answer.status} without a fault`);
          } else {
            const wrong = conflicts.problemWithAnswer(judged, answer, nowMs + aheadOf(at % nodes.length));
            const isLeftUndone = judged.op.op === 'batchWrite' && judged.part === undefined;
            if (wrong) fail(`${wrong}; asked ${operation} ${JSON.stringify(input)}`);
            else if (judged.verdict.effect && !judged.applied && !isLeftUndone && answer.status === 200) {
              fail(`answered, but nothing was written; asked ${operation} ${JSON.stringify(input)}`);
            }
          }
          conflicts.ended(judged);
          resolve(answer);
        });
      }),
  };

  function newlyJudged(op: Op | {op: 'free'}, atMs: number): Judged {
    const verdict = op.op === 'free' ? {expected: () => undefined} : judge(model, op, {issuedMs: atMs, nowMs: atMs});
    return {op, verdict, applied: false};
  }

  /** One thing happens. False when nothing is left to happen until time passes. */
  function happen(): boolean {
    const due: Timer[] = [];
    for (const timer of timers) if (timer.dueMs <= nowMs) due.push(timer);
    const choices = calls.length + due.length;
    if (choices === 0) return false;
    let choice = upTo(choices);
    const ofJob = choice < calls.length && calls[choice]!.actor.judged === undefined;
    if (ofJob && random.fraction() < faults.jobWaits) choice = upTo(choices);
    if (choice >= calls.length) {
      const timer = due[choice - calls.length]!;
      timers.delete(timer);
      timer.run();
      return true;
    }
    const call = calls[choice]!;
    actor = call.actor;
    if (!call.done) call.run();
    else {
      calls.splice(choice, 1);
      if (call.actor.judged && call.kind === 'commit') conflicts.settled(call.actor.judged);
      call.answer();
    }
    return true;
  }

  /** Time passes until something is due; now and then so much that timers are late. */
  function passTime(): boolean {
    let next = Number.POSITIVE_INFINITY;
    let nextClient = Number.POSITIVE_INFINITY;
    for (const {dueMs, isJob} of timers) {
      next = Math.min(next, dueMs);
      if (!isJob) nextClient = Math.min(nextClient, dueMs);
    }
    if (next === Number.POSITIVE_INFINITY) return false;
    nowMs = Math.max(nowMs, nextClient < Number.POSITIVE_INFINITY && random.fraction() < 0.1 ? nextClient : next);
    return true;
  }

  async function runUntil(done: () => boolean): Promise<void> {
    while (!done() && problem === undefined) {
      if (++events > eventsMax) return fail('it does not end');
      if (random.fraction() < faults.crash && calls.length > 0) crash();
      else if (!happen()) {
        if (!passTime()) return fail('nothing is left to happen, but somebody waits');
        continue;
      }
      await turn();
      nowMs += random.fraction() < 0.02 ? upTo(300) : upTo(3);
    }
  }

  async function finish(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    work.then(
      () => {
        isDone = true;
      },
      thrown => fail(`the simulation failed: ${thrown instanceof Error ? thrown.stack : thrown}`),
    );
    await turn();
    await runUntil(() => isDone);
  }

  await finish(Promise.all(startClients(world)));
  const simulatedMs = nowMs - startMs;
  faults = {...faults, crash: 0, unavailable: 0, jobFails: 0};
  if (problem === undefined) await finish(after(world));
  for (const node of nodes) node.alive.yes = false;
  return {
    problem,
    digest: hash.digest('hex'),
    events,
    requests,
    simulatedMs,
    crashes,
    conflicts: conflicts.count(),
    history,
  };
}

function requestOf(operation: string, input: object, service: 'streams' | undefined): WireRequest {
  const headers = Object.fromEntries(
    Object.entries(requestHeaders(operation)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (service === 'streams') headers['x-amz-target'] = `DynamoDBStreams_20120810.${operation}`;
  return {method: 'POST', url: '/', header: name => headers[name], body: Buffer.from(JSON.stringify(input))};
}

function textOf({body}: WireAnswer): string {
  return body.map(part => part.toString()).join('');
}
