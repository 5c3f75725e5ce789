import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {exchange} from './connection.ts';
import {fillBatches, tableDefinition, tableName} from './dataset.ts';
import type {LoadResult} from './load.ts';
import type {LoadProcess} from './load-process.ts';
import type {BenchOptions} from './options.ts';
import {cpuSecondsOf} from './pinned-process.ts';
import type {Progress} from './progress.ts';
import {type BenchResult, type Cell, median} from './result.ts';
import {type Answer, type Scenario, scenarioRequests, scenarios} from './scenarios.ts';
import {type BenchServer, type RunningServer, startServer} from './servers/server.ts';
import {wireRequest} from './wire-request.ts';

interface Loaded {
  readonly server: BenchServer;
  readonly running: RunningServer;
}

/** A server that answers a scenario rightly, and what the scenario's requests must know of it. */
interface Able extends Loaded {
  readonly prepared: string;
}

type Round = LoadResult & {readonly serverCpu: number};

const warmUpSecondsMax = 1;
const tableSecondsMax = 30;
const busyShare = 0.93;

/** Measures every chosen server on tables of one size and adds what it finds to `result`. */
export async function measureSize(
  items: number,
  options: BenchOptions,
  servers: readonly BenchServer[],
  dataDir: string,
  load: LoadProcess,
  result: BenchResult,
  progress: Progress,
): Promise<void> {
  const loaded: Loaded[] = [];
  const miss = (server: BenchServer, what: string, error: unknown) => {
    const reason = `${what}: ${error instanceof Error ? error.message : error}`;
    result.servers.find(({id}) => id === server.id)!.missing.push(reason);
    progress.line(`  ${server.title}: ${reason}`);
  };
  try {
    for (const server of servers) {
      const dir = join(dataDir, `${server.id}-${items}`);
      mkdirSync(dir, {recursive: true});
      let running: RunningServer | undefined;
      try {
        running = await startServer(server, dir);
        const startedAt = performance.now();
        if (!server.only) await loadTable(server, running, items, options, load, progress);
        loaded.push({server, running});
        if (!server.only) {
          const seconds = (performance.now() - startedAt) / 1000;
          result.loads.push({server: server.id, items, perSecond: (fillBatches(items) * 25) / seconds, seconds});
        }
      } catch (error) {
        await running?.stop();
        miss(server, `${items} items`, error);
      }
    }
    for (const scenario of scenarios.filter(({name}) => options.only.includes(name))) {
      const able: Able[] = [];
      for (const one of loaded.filter(({server}) => !server.only || server.only.includes(scenario.name))) {
        try {
          const prepared = (await scenario.prepare?.(one.running.port)) ?? '';
          await mustAnswer(scenario, one.running, items, prepared);
          able.push({...one, prepared});
        } catch (error) {
          miss(one.server, `${scenario.name}, ${items} items`, error);
        }
      }
      for (const [i, concurrency] of options.concurrency.entries()) {
        const cells = await measureCells(scenario, items, concurrency, i === 0, options, able, load, progress, miss);
        result.cells.push(...cells);
      }
    }
  } finally {
    for (const {running} of loaded) await running.stop();
  }
}

async function loadTable(
  server: BenchServer,
  {port}: RunningServer,
  items: number,
  {loadSecondsMax}: BenchOptions,
  load: LoadProcess,
  progress: Progress,
): Promise<void> {
  const created = await exchange(port, wireRequest('CreateTable', tableDefinition));
  if (created.status !== 200) throw new Error(`CreateTable: ${created.body}`);
  const deadline = performance.now() + tableSecondsMax * 1000;
  for (;;) {
    const {body} = await exchange(port, wireRequest('DescribeTable', {TableName: tableName}));
    if (JSON.parse(body.toString()).Table?.TableStatus === 'ACTIVE') break;
    if (performance.now() > deadline) throw new Error('the table did not become ACTIVE');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  const show = (share: number) =>
    progress.status(`  loading ${items} items into ${server.title}: ${Math.floor(share * 100)} %`);
  show(0);
  await load.fill({port, items, secondsMax: loadSecondsMax}, show);
}

/** Sends the first requests of a scenario and looks at the answers, before anything is measured. */
async function mustAnswer(scenario: Scenario, {port}: RunningServer, items: number, prepared: string): Promise<void> {
  for (const request of scenarioRequests(scenario, items, prepared, 3)) {
    const {status, body} = await exchange(port, request);
    if (status !== 200) throw new Error(`status ${status}: ${body.subarray(0, 300)}`);
    if (body.length < scenario.bodyBytesMin) throw new Error(`only ${body.length} bytes: ${body.subarray(0, 300)}`);
    const problem = scenario.problem(JSON.parse(body.toString()) as Answer);
    if (problem) throw new Error(problem);
  }
}

/**
 * Rounds in turn over the servers, each round beginning with another one; `warmUp` adds an unmeasured round before. A server that breaks
 * is left out of the cells; `onBroken` hears of it.
 */
async function measureCells(
  scenario: Scenario,
  items: number,
  concurrency: number,
  warmUp: boolean,
  {seconds, rounds}: BenchOptions,
  servers: readonly Able[],
  load: LoadProcess,
  progress: Progress,
  onBroken: (server: BenchServer, what: string, error: unknown) => void,
): Promise<Cell[]> {
  const job = {items, scenario: scenario.name, concurrency};
  const label = `${scenario.name}, ${items} items, concurrency ${concurrency}`;
  const found = new Map<Able, Round[]>(servers.map(one => [one, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const one = servers[(turn + Math.max(round, 0)) % servers.length]!;
      const {server, running, prepared} = one;
      if (!found.has(one)) continue;
      progress.status(`  ${label}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}, ${server.title}`);
      const before = cpuSecondsOf(running.pid);
      try {
        const roundSeconds = round < 0 ? Math.min(seconds, warmUpSecondsMax) : seconds;
        const measured = await load.run({...job, prepared, port: running.port, seconds: roundSeconds});
        if (round >= 0) found.get(one)!.push({...measured, serverCpu: cpuSecondsOf(running.pid) - before});
      } catch (error) {
        found.delete(one);
        onBroken(server, label, error);
      }
    }
  }
  const cells = [...found].map(([{server}, measured]) => cellOf(server.id, job, measured));
  const rates = [...found.keys()].map(
    ({server}, i) => `${server.title} ${Math.round(cells[i]!.perSecond)}${cells[i]!.errors ? ' (errors)' : ''}`,
  );
  progress.line(`  ${label}: ${rates.join(', ')} /s`);
  return cells;
}

function cellOf(
  server: string,
  job: {items: number; scenario: string; concurrency: number},
  rounds: readonly Round[],
): Cell {
  const rates = rounds.map(({requests, seconds}) => requests / seconds);
  const cpuUs = median(rounds.map(({requests, serverCpu}) => (serverCpu * 1e6) / requests));
  return {
    server,
    ...job,
    perSecond: median(rates),
    perSecondOfRounds: rates.map(Math.round),
    p50Us: median(rounds.map(({p50Us}) => p50Us)),
    p99Us: median(rounds.map(({p99Us}) => p99Us)),
    serverCpuUs: Number.isFinite(cpuUs) ? cpuUs : null,
    generatorCpu: Math.max(...rounds.map(({generatorCpu}) => generatorCpu)),
    errors: rounds.reduce((sum, {errors}) => sum + errors, 0),
    generatorBound: rounds.some(
      ({generatorCpu, serverCpu, seconds}) => generatorCpu > busyShare && !(serverCpu / seconds > busyShare),
    ),
  };
}
