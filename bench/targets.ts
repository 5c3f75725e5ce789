import {type BenchResult, type Cell, findCell} from './result.ts';

export interface Verdict {
  readonly target: string;
  /** What was measured, in words; or why there is no number. */
  readonly found: string;
  readonly reached: boolean | undefined;
}

const memory = 'stator-memory';
const durable = 'stator-durable';

/** The numbers that Stator sets out to reach, on the smallest table of the run at its highest concurrency. */
export function judgeTargets(result: BenchResult): Verdict[] {
  const sizes = [...new Set(result.cells.map(({items}) => items))].sort((a, b) => a - b);
  const small = sizes[0] ?? 0;
  const large = sizes.at(-1) ?? 0;
  const concurrency = Math.max(0, ...result.cells.map(cell => cell.concurrency));
  const rate = (server: string, scenario: string) => findCell(result, server, scenario, small, concurrency)?.perSecond;

  const c = `concurrency ${concurrency}, ${small} items`;
  const cellAt = (server: string, items: number) => findCell(result, server, 'GetItem', items, concurrency);
  const atLeast = (target: string, value: number | undefined, base: number | undefined, factor: number): Verdict => {
    if (value === undefined || base === undefined) return {target, found: 'not measured', reached: undefined};
    const found = `${(value / base).toFixed(2)} × (${Math.round(value)} against ${Math.round(base)} /s)`;
    return {target, found, reached: value >= factor * base};
  };
  const below = (target: string, pick: 'firstAnswerMs' | 'idleRssMb', unit: string, limit: number): Verdict => {
    const starts = result.starts.filter(({server}) => server === memory || server === durable);
    const worst = Math.max(...starts.map(start => start[pick]));
    if (!Number.isFinite(worst)) return {target, found: 'not measured', reached: undefined};
    const found = starts.map(start => `${start.server} ${Math.round(start[pick])} ${unit}`).join(', ');
    return {target, found, reached: worst < limit};
  };
  const recording = (server: string): Verdict => {
    const target = `PutItem with a stream and 2 global indexes costs at most 2.5 × a plain one (${server}, ${c})`;
    const at = (scenario: string) => findCell(result, server, scenario, small, concurrency);
    return costOf(target, at('PutItem'), at('PutItem + stream + 2 indexes'), 2.5);
  };
  const growth = (server: string): Verdict => {
    const sizes = small === large ? 'a large table' : `${large} items`;
    const target = `GetItem on ${sizes} costs at most 1.25 × one on ${small} (${server})`;
    const [before, after] = [cellAt(server, small), cellAt(server, large)];
    // The sizes are measured minutes apart, in which the machine may have become slower for everyone: the floor, whose work
    // does not depend on the size, tells by how much.
    const [floorBefore, floorAfter] = [cellAt('floor', small)?.serverCpuUs, cellAt('floor', large)?.serverCpuUs];
    const machine = floorBefore && floorAfter ? floorAfter / floorBefore : 1;
    return costOf(target, small === large ? undefined : before, after, 1.25, machine);
  };
  return [
    atLeast(
      `GetItem at least 3 × Dynoxide (memory, ${c})`,
      rate(memory, 'GetItem'),
      rate('dynoxide-memory', 'GetItem'),
      3,
    ),
    atLeast(
      `GetItem at least 3 × Dynoxide (on disk, ${c})`,
      rate(durable, 'GetItem'),
      rate('dynoxide-file', 'GetItem'),
      3,
    ),
    atLeast(`GetItem at least 0.40 × the floor (${c})`, rate(memory, 'GetItem'), rate('floor', 'GetItem'), 0.4),
    atLeast(
      `PutItem in memory at least 2 × Dynoxide (${c})`,
      rate(memory, 'PutItem'),
      rate('dynoxide-memory', 'PutItem'),
      2,
    ),
    atLeast(
      `PutItem flushed at least 4 × Dynoxide with a file (${c})`,
      rate(durable, 'PutItem'),
      rate('dynoxide-file', 'PutItem'),
      4,
    ),
    atLeast(
      `Query of 20 at least 4 × Dynoxide (memory, ${c})`,
      rate(memory, 'Query 20'),
      rate('dynoxide-memory', 'Query 20'),
      4,
    ),
    atLeast(
      `TransactWriteItems of 4 at least 3 × Dynoxide (memory, ${c})`,
      rate(memory, 'TransactWriteItems 4'),
      rate('dynoxide-memory', 'TransactWriteItems 4'),
      3,
    ),
    atLeast(
      `TransactWriteItems of 4 flushed at least 3 × Dynoxide with a file (${c})`,
      rate(durable, 'TransactWriteItems 4'),
      rate('dynoxide-file', 'TransactWriteItems 4'),
      3,
    ),
    recording(memory),
    recording(durable),
    below('spawn to first answer under 250 ms', 'firstAnswerMs', 'ms', 250),
    below('idle memory under 90 MB', 'idleRssMb', 'MB', 90),
    growth(memory),
    growth(durable),
  ];
}

/** What one request costs against another. `machine`: how much more everything cost by then. */
function costOf(
  target: string,
  before: Cell | undefined,
  after: Cell | undefined,
  costMax: number,
  machine = 1,
): Verdict {
  if (!before || !after) return {target, found: 'not measured', reached: undefined};
  // The two are measured far apart in time, so what other work on the machine takes must not count: CPU time, if known.
  const byTime = before.perSecond / after.perSecond;
  const byCpu = (after.serverCpuUs ?? Number.NaN) / (before.serverCpuUs ?? Number.NaN);
  const cost = (Number.isFinite(byCpu) ? byCpu : byTime) / machine;
  const found = `${byCpu.toFixed(2)} × in CPU, ${byTime.toFixed(2)} × in time`;
  if (machine === 1) return {target, found, reached: cost <= costMax};
  return {
    target,
    found: `${cost.toFixed(2)} × (${found}; the floor ${machine.toFixed(2)} × in CPU)`,
    reached: cost <= costMax,
  };
}
