import type {Clock} from '../../base/clock.ts';

/** With fewer requests than these under way, the next goes at once, by itself. */
const requestsMin = 4;
/** Those under way are waited for no longer than this. */
const waitMs = 2;

/**
 * When a further group may set out while others are under way. Where they take a short time, one large group costs server and
 * node far less than several small ones, and is answered sooner: so those that come meanwhile wait together. Where they take
 * long (a standby in another zone, a lock), the next sets out before they are done.
 */
export class Pace {
  readonly #start: () => void;
  readonly #clock: Clock;
  #underWay = 0;
  #hasWaited = false;
  #stopWaiting: (() => void) | undefined;

  /** `start` is called when what was put off may set out. */
  constructor(start: () => void, clock: Clock) {
    this.#start = start;
    this.#clock = clock;
  }

  /** True if it may now; if not, `start` is called later. */
  startsNow(): boolean {
    if (this.#underWay < requestsMin || this.#hasWaited) return true;
    this.#stopWaiting ??= this.#clock.after(waitMs, () => {
      this.#hasWaited = true;
      this.#start();
    });
    return false;
  }

  started(requests: number): void {
    this.#underWay += requests;
    this.#hasWaited = false;
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  ended(requests: number): void {
    this.#underWay -= requests;
  }
}
