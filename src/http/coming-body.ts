import type {Holder, Traffic} from './traffic.ts';

/** A longer body gets its memory as it comes, so that a header alone cannot claim 16 MB. */
const bytesAtOnce = 64 * 1024;

/** A body of known length while it comes. When there is no room for it, its bytes are read and dropped. */
export class ComingBody {
  readonly #traffic: Traffic;
  readonly #holder: Holder;
  readonly #length: number;
  #bytes: Buffer | undefined;
  #filled = 0;

  constructor(traffic: Traffic, holder: Holder, length: number) {
    this.#traffic = traffic;
    this.#holder = holder;
    this.#length = length;
    const first = Math.min(length, bytesAtOnce);
    if (traffic.claim(holder, first)) this.#bytes = Buffer.allocUnsafeSlow(first);
  }

  get isWhole(): boolean {
    return this.#filled === this.#length;
  }

  /** All of it, no longer counted; undefined when there was no room. */
  finish(): Buffer | undefined {
    this.#traffic.release(this.#holder);
    return this.#bytes;
  }

  /** Takes what belongs to it from the start of `chunk`; answers how many bytes that were. */
  take(chunk: Buffer): number {
    const taken = Math.min(chunk.length, this.#length - this.#filled);
    const end = this.#filled + taken;
    this.#grow(end);
    this.#bytes?.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), this.#filled);
    this.#filled = end;
    return taken;
  }

  #grow(end: number): void {
    const before = this.#bytes;
    if (!before || end <= before.length) return;
    const size = Math.min(this.#length, Math.max(before.length * 2, end));
    if (!this.#traffic.claim(this.#holder, size - before.length)) {
      this.#bytes = undefined;
      this.#traffic.release(this.#holder);
      return;
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    bytes.set(before.subarray(0, this.#filled));
    this.#bytes = bytes;
  }
}
