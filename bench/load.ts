import {type Connection, openConnection} from './connection.ts';

export interface LoadPlan {
  readonly port: number;
  readonly concurrency: number;
  readonly seconds: number;
  /** Sent in turn, over and over. */
  readonly requests: readonly Buffer[];
  /** An answer with a shorter body counts as an error: a 200 without the data is no answer. */
  readonly bodyBytesMin: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** This process's own use of its core while measuring, 0 to 1: near 1 the generator was the limit, not the server. */
  readonly generatorCpu: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const latenciesMax = 1 << 21;
const drainSecondsMax = 20;
const reconnectsMax = 100;
const latencies = new Float64Array(latenciesMax);

/**
 * Closed loop: every connection sends its next request when the answer to the last one is complete. What is under way when
 * the time is over is still awaited and counted, with the time that it takes, so that slow requests are measured as
 * exactly as fast ones.
 */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const {requests, bodyBytesMin} = plan;
  const connections: Connection[] = [];
  let cursor = Math.floor((performance.now() * 7919) % requests.length);
  let completed = 0;
  let errors = 0;
  let reconnects = 0;
  let deadline = 0;
  let lastAnswerAt = 0;
  let running = plan.concurrency;
  let onAllDone = () => {};
  const leave = () => {
    if (--running === 0) onAllDone();
  };

  /** Opens a connection and gives the function that starts its loop. */
  async function openSlot(): Promise<() => void> {
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      connection.send(requests[cursor]!);
      cursor = cursor + 1 === requests.length ? 0 : cursor + 1;
    };
    const connection = await openConnection(plan.port, {
      keepBody: false,
      onResponse: ({status, bodyBytes}) => {
        lastAnswerAt = performance.now();
        if (status !== 200 || bodyBytes < bodyBytesMin) errors++;
        if (completed < latenciesMax) latencies[completed] = lastAnswerAt - sentAt;
        completed++;
        if (lastAnswerAt < deadline) send();
        else leave();
      },
      onLost: () => {
        errors++;
        if (performance.now() < deadline && reconnects++ < reconnectsMax) openSlot().then(start => start(), leave);
        else leave();
      },
    });
    connections.push(connection);
    return send;
  }

  const starts = await Promise.all(Array.from({length: plan.concurrency}, openSlot));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  lastAnswerAt = startedAt;
  deadline = startedAt + plan.seconds * 1000;
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, (plan.seconds + drainSecondsMax) * 1000);
    onAllDone = () => {
      clearTimeout(timer);
      resolve();
    };
    for (const start of starts) start();
  });
  const cpu = process.cpuUsage(cpuBefore);
  for (const connection of connections) connection.close();

  const seconds = (lastAnswerAt - startedAt) / 1000;
  const sorted = latencies.slice(0, Math.min(completed, latenciesMax)).sort();
  const percentileUs = (share: number) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 1000);
  return {
    requests: completed,
    errors,
    seconds,
    generatorCpu: (cpu.user + cpu.system) / 1e6 / seconds,
    p50Us: percentileUs(0.5),
    p99Us: percentileUs(0.99),
  };
}
