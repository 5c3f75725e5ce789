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

/** Closed loop: every connection sends its next request when the answer to the last one is complete. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const {requests, bodyBytesMin} = plan;
  const connections: Connection[] = [];
  let cursor = Math.floor((performance.now() * 7919) % requests.length);
  let completed = 0;
  let errors = 0;
  let reconnects = 0;
  let deadline = Number.POSITIVE_INFINITY;
  let pending = plan.concurrency;
  let onDrained = () => {};

  async function openSlot(start: boolean): Promise<() => void> {
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      connection.send(requests[cursor]!);
      cursor = cursor + 1 === requests.length ? 0 : cursor + 1;
    };
    const connection = await openConnection(plan.port, {
      keepBody: false,
      onResponse: ({status, bodyBytes}) => {
        const now = performance.now();
        if (now >= deadline) {
          if (--pending === 0) onDrained();
          return;
        }
        if (status !== 200 || bodyBytes < bodyBytesMin) errors++;
        if (completed < latenciesMax) latencies[completed] = now - sentAt;
        completed++;
        send();
      },
      onLost: () => {
        errors++;
        if (performance.now() < deadline && reconnects++ < reconnectsMax) openSlot(true).catch(lose);
        else lose();
      },
    });
    connections.push(connection);
    if (start) send();
    return send;
  }
  const lose = () => {
    if (--pending === 0) onDrained();
  };

  const starts = await Promise.all(Array.from({length: plan.concurrency}, () => openSlot(false)));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const measured = new Promise<{cpu: NodeJS.CpuUsage; seconds: number; count: number; failed: number}>(resolve => {
    setTimeout(() => {
      deadline = performance.now();
      const seconds = (deadline - startedAt) / 1000;
      resolve({cpu: process.cpuUsage(cpuBefore), seconds, count: completed, failed: errors});
    }, plan.seconds * 1000);
  });
  const drained = new Promise<void>(resolve => {
    onDrained = resolve;
  });
  for (const start of starts) start();

  const {cpu, seconds, count, failed} = await measured;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, drainSecondsMax * 1000);
  });
  await Promise.race([drained, late]);
  clearTimeout(timer);
  for (const connection of connections) connection.close();
  const sorted = latencies.slice(0, Math.min(count, latenciesMax)).sort();
  const percentileUs = (share: number) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 1000);
  return {
    requests: count,
    errors: failed,
    seconds,
    generatorCpu: (cpu.user + cpu.system) / 1e6 / seconds,
    p50Us: percentileUs(0.5),
    p99Us: percentileUs(0.99),
  };
}
