/** The only source of time. Tests hand in one that stands still until told. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, no sooner than `delayMs` from now, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    // Waiting work must not keep a process alive that has nothing else to do.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** For work that somebody waits for: unlike `after`, it keeps the process alive until then. */
export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** A clock for tests: time passes only in `advance`, which runs what falls due, in order. */
export class ManualClock implements Clock {
  #now: number;
  #waiting: {dueMs: number; run: () => void}[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const entry = {dueMs: this.#now + delayMs, run};
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter(other => other !== entry);
    };
  }

  advance(byMs: number): void {
    const endMs = this.#now + byMs;
    for (;;) {
      const next = this.#waiting.filter(entry => entry.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.#waiting = this.#waiting.filter(other => other !== next);
      this.#now = Math.max(this.#now, next.dueMs);
      next.run();
    }
    this.#now = endMs;
  }
}
