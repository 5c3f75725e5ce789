import {assert} from '../../base/assert.ts';

/** Counts what is under way, so that closing can wait for it. */
export class InFlight {
  #count = 0;
  #whenNone: (() => void)[] = [];

  enter(): void {
    this.#count++;
  }

  leave(): void {
    assert(this.#count > 0, 'what leaves has entered');
    this.#count--;
    if (this.#count > 0) return;
    for (const tell of this.#whenNone.splice(0)) tell();
  }

  /** Fulfilled once nothing is under way. */
  async ended(): Promise<void> {
    while (this.#count > 0) await new Promise<void>(resolve => this.#whenNone.push(resolve));
  }
}
