import type {AnswerBytes} from './answer-bytes.ts';

/** An answer in its place in the order of requests; `bytes` is undefined while it is awaited. */
export interface Slot {
  bytes: AnswerBytes | undefined;
}

/** The answers of one connection, in the order of its requests: what is ready to go out, and what waits for one before it. */
export class AnswerQueue {
  readonly #slots: Slot[] = [];
  #slotBytes = 0;
  #ready: AnswerBytes[] = [];
  #readyBytes = 0;

  /** How many wait, for themselves or for one before them. */
  get waiting(): number {
    return this.#slots.length;
  }

  get bytes(): number {
    return this.#slotBytes + this.#readyBytes;
  }

  add(bytes: AnswerBytes): void {
    if (this.#slots.length > 0) {
      this.#slots.push({bytes});
      this.#slotBytes += bytes.length;
    } else {
      this.#ready.push(bytes);
      this.#readyBytes += bytes.length;
    }
  }

  /** Keeps a place for an answer that is awaited. */
  reserve(): Slot {
    const slot: Slot = {bytes: undefined};
    this.#slots.push(slot);
    return slot;
  }

  /** True when the answer is the one that all others wait for. */
  fill(slot: Slot, bytes: AnswerBytes): boolean {
    slot.bytes = bytes;
    this.#slotBytes += bytes.length;
    return this.#slots[0] === slot;
  }

  /** Everything that may go out now. */
  takeReady(): AnswerBytes[] {
    const slots = this.#slots;
    const out = this.#ready;
    let filled = 0;
    for (let bytes = slots[0]?.bytes; bytes; bytes = slots[filled]?.bytes) {
      filled++;
      this.#slotBytes -= bytes.length;
      out.push(bytes);
    }
    if (filled > 0) slots.splice(0, filled);
    if (out.length > 0) {
      this.#ready = [];
      this.#readyBytes = 0;
    }
    return out;
  }

  clear(): void {
    this.#slots.length = 0;
    this.#slotBytes = 0;
    this.#ready = [];
    this.#readyBytes = 0;
  }
}
