import type {Clock} from '../../base/clock.ts';
import type {Seen} from './decide-group.ts';

interface Slot {
  start: number;
  /** Undefined: nothing is there. */
  bytes: number | undefined;
  version: number | undefined;
}

/** Larger values are read again: what that costs is little beside the rest. */
const valueBytesMax = 32 << 10;
/** Of one generation: keys that hold little or nothing take room, too. */
const slotsMax = 50_000;
const pauseMsMin = 50;
const pauseMsMax = 60_000;

/**
 * What this node's own commits last saw or left behind of some keys, with the versions of that. A commit may be decided on
 * it, since the server looks at the versions before it writes: so that what one node keeps changing takes one round trip
 * instead of two. Where other nodes change the same keys it is wrong too often to be of use; then it is left alone for a while.
 *
 * Versions are those of one server: another one, after a failover, may have given the same to something else.
 */
export class Recall {
  readonly #generationBytes: number;
  readonly #clock: Clock;
  #server = '';
  /** What was kept last; when its room is used up it becomes the old one, and the old one is forgotten. */
  #young: Generation;
  #old: Generation;
  #pauseMs = pauseMsMin;
  #pausedUntilMs = 0;

  /** Keeps about `bytesMax` of values; the room is taken as it is used. */
  constructor(bytesMax: number, clock: Clock) {
    this.#generationBytes = bytesMax >> 1;
    this.#clock = clock;
    this.#young = new Generation(this.#generationBytes);
    this.#old = new Generation(this.#generationBytes);
  }

  /** May what was kept on this server be of use now? */
  isUseful(server: string): boolean {
    return server === this.#server && this.#clock.now() >= this.#pausedUntilMs;
  }

  /** The value is the caller's. */
  find(name: string): Seen | undefined {
    return this.#young.find(name) ?? this.#old.find(name);
  }

  /** On this server, key `name` has held this since the transaction `version`; or it holds nothing. The value is copied. */
  keep(server: string, name: string, value: Buffer | undefined, version: number | undefined): void {
    if (server !== this.#server) this.#forgetAll(server);
    if (value && (version === undefined || value.length > valueBytesMax)) {
      this.forget(name);
      return;
    }
    // What isn't there has no version, whatever took it away.
    const itsVersion = value && version;
    if (this.#young.keep(name, value, itsVersion)) return;
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.clear();
    this.#young.keep(name, value, itsVersion);
  }

  forget(name: string): void {
    this.#young.forget(name);
    this.#old.forget(name);
  }

  /** What was found was as it is. */
  wasRight(): void {
    if (this.#pauseMs > pauseMsMin) this.#pauseMs = Math.max(pauseMsMin, this.#pauseMs * 0.9);
  }

  /** Some of it was not. */
  wasWrong(): void {
    this.#pausedUntilMs = this.#clock.now() + this.#pauseMs;
    this.#pauseMs = Math.min(pauseMsMax, this.#pauseMs * 2);
  }

  #forgetAll(server: string): void {
    this.#server = server;
    this.#young.clear();
    this.#old.clear();
  }
}

/** Values one behind the other in one piece of memory: a buffer each would be one more thing for the collector to follow. */
class Generation {
  readonly #slots = new Map<string, Slot>();
  readonly #bytesMax: number;
  #bytes: Buffer | undefined;
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  find(name: string): Seen | undefined {
    const slot = this.#slots.get(name);
    if (!slot) return undefined;
    const {start, bytes, version} = slot;
    const value = bytes === undefined ? undefined : Buffer.from(this.#bytes!.subarray(start, start + bytes));
    return {value, version, isRecalled: true};
  }

  /** False where there is no more room. */
  keep(name: string, value: Buffer | undefined, version: number | undefined): boolean {
    const slot = this.#slots.get(name);
    const mayStay = slot?.bytes !== undefined && value !== undefined && value.length <= slot.bytes;
    const start = mayStay ? slot.start : this.#used;
    const end = start + (value?.length ?? 0);
    if (end > this.#bytesMax || (!slot && this.#slots.size >= slotsMax)) return false;
    if (value) {
      this.#bytes ??= Buffer.allocUnsafeSlow(this.#bytesMax);
      value.copy(this.#bytes, start);
    }
    if (slot) {
      slot.start = start;
      slot.bytes = value?.length;
      slot.version = version;
    } else this.#slots.set(name, {start, bytes: value?.length, version});
    this.#used = Math.max(this.#used, end);
    return true;
  }

  forget(name: string): void {
    this.#slots.delete(name);
  }

  clear(): void {
    this.#slots.clear();
    this.#used = 0;
  }
}
