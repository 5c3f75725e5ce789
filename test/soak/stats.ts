import {quantile} from './fit.ts';

/** What the load has to tell of the time since it was asked last. */
export interface LoadSample {
  requests: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  slowest: number;
  /** Requests that failed while something was being done to the servers. */
  excused: number;
  /** By how much the oldest item that has expired is late, in milliseconds; undefined: nobody has looked. */
  expiryLateMs: number | undefined;
  /** Items with a time to live. */
  expiring: number | undefined;
  /** Age of the oldest record that the stream still gives. */
  oldestRecordMs: number | undefined;
  /** Age of the record that the reader of the stream came to last, where there was one. */
  readerBehindMs: number | undefined;
  /** How long the filling of an index took that was added. */
  fillMs: number | undefined;
  problems: string[];
  problemCount: number;
}

export interface Stats {
  excused: number;
  measured: Partial<Pick<LoadSample, 'expiryLateMs' | 'expiring' | 'oldestRecordMs' | 'readerBehindMs' | 'fillMs'>>;
  /** By what was done: how often. */
  done: Record<string, number>;
  answered(ms: number): void;
  problem(text: string): void;
  take(): LoadSample;
}

const problemsMax = 50;

export function newStats(): Stats {
  let latencies: number[] = [];
  let fresh: string[] = [];
  let count = 0;
  const stats: Stats = {
    excused: 0,
    measured: {},
    done: {},
    answered: ms => void latencies.push(ms),
    problem(text) {
      count++;
      if (count <= problemsMax) fresh.push(`${new Date().toISOString()} ${text.slice(0, 1_000)}`);
    },
    take() {
      const sample: LoadSample = {
        requests: latencies.length,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
        slowest: latencies.reduce((most, one) => Math.max(most, one), 0),
        excused: stats.excused,
        expiryLateMs: undefined,
        expiring: undefined,
        oldestRecordMs: undefined,
        readerBehindMs: undefined,
        fillMs: undefined,
        ...stats.measured,
        problems: fresh,
        problemCount: count,
      };
      latencies = [];
      fresh = [];
      stats.excused = 0;
      stats.measured = {};
      return sample;
    },
  };
  return stats;
}
