/** What one run found out; written as JSON, and the source of every table. */
export interface BenchResult {
  readonly at: string;
  readonly machine: {cpu: string; cores: number; node: string; pinned: boolean; flushesPerSecond: number};
  readonly settings: {seconds: number; rounds: number};
  readonly servers: ServerNote[];
  readonly loads: {server: string; items: number; seconds: number; perSecond: number}[];
  readonly cells: Cell[];
  readonly starts: StartUp[];
}

export interface ServerNote {
  readonly id: string;
  readonly title: string;
  readonly durability: string;
  /** Why the server, or one size or scenario of it, has no numbers. */
  readonly missing: string[];
}

/** One server doing one thing: medians over the rounds. */
export interface Cell {
  readonly server: string;
  readonly scenario: string;
  readonly items: number;
  readonly concurrency: number;
  readonly perSecond: number;
  readonly perSecondOfRounds: readonly number[];
  readonly p50Us: number;
  readonly p99Us: number;
  /** CPU time of the server for each request; null where the system does not tell. */
  readonly serverCpuUs: number | null;
  /** Highest over the rounds, 0 to 1. */
  readonly generatorCpu: number;
  /** Answers that were not 200 or too short, over all rounds. */
  readonly errors: number;
  /** The generator was busy while the server was not: the number is too low for the server. */
  readonly generatorBound: boolean;
}

export interface StartUp {
  readonly server: string;
  /** Median, from spawn to the end of the first answer. */
  readonly firstAnswerMs: number;
  readonly idleRssMb: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function findCell(result: BenchResult, server: string, scenario: string, items: number, concurrency: number) {
  return result.cells.find(
    cell =>
      cell.server === server && cell.scenario === scenario && cell.items === items && cell.concurrency === concurrency,
  );
}
