import {EventEmitter} from 'node:events';

/** As much of a socket as a lane's connection uses, at once and in memory. */
export class MemorySocket extends EventEmitter {
  /** What came and was not read. */
  waiting: Buffer[] = [];
  #paused = false;

  /** Bytes from the client. */
  receive(bytes: Buffer): void {
    if (bytes.length > 0) this.waiting.push(bytes);
    while (!this.#paused && this.waiting.length > 0) this.emit('data', this.waiting.shift());
  }
  pause(): this {
    this.#paused = true;
    return this;
  }
  resume(): this {
    this.#paused = false;
    return this;
  }
  unshift(bytes: Buffer): void {
    this.waiting.unshift(bytes);
  }
  write(): boolean {
    return true;
  }
  cork(): void {}
  uncork(): void {}
  destroySoon(): void {}
}
