import type {Seen} from './decide-group.ts';

interface Slot {
  start: number;
  /** Undefined: nothing is there. */
  bytes: number | undefined;
  /** What the value may grow to where it lies. */
  room: number;
  version: number | undefined;
}

/** Larger values are read again: what that costs is little beside the rest. */
const valueBytesMax = 32 << 10;
/** So that a value which grows by a digit stays where it lies. */
const roomStep = 64;
/** What a key takes beside its name and value, in about. */
const slotBytes = 128;
const pauseMsMin = 50;
const pauseMsMax = 60_000;

/**
 * What this node's own commits last saw or left behind of the keys that they read, with the versions of that. A commit may be
 * decided on it, since the server looks at the versions before it writes: so that what one node keeps changing takes one
 * round trip instead of two. Where other nodes change the same keys it is wrong too often to be of use; then it is left alone
 * for a while. (A group of commits is decided anew if any of it is wrong: with 64 in a group 0.2 % of keys are too many.)
 *
 * Versions are those of one server: another one, after a failover, may have given the same to something else.
 */
export class Recall {
  readonly #nowMs: () => number;
  #server = '';
  /** What was kept last; when its room is used up it becomes the old one, and the old one is forgotten. */
  #young: Generation;
  #old: Generation;
  #pauseMs = pauseMsMin;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  /** Takes about `bytesMax`, as they are used. `nowMs` is of a clock that nobody sets. */
  constructor(bytesMax: number, nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#young = new Generation(bytesMax >> 1);
    this.#old = new Generation(bytesMax >> 1);
  }

  /** May what was kept on this server be of use now? */
  isUseful(server: string): boolean {
    return server === this.#server && this.#nowMs() >= this.#pausedUntilMs;
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

  /** As `keep`, of what was only read: another commit may have left something newer behind since. */
  keepRead(server: string, name: string, value: Buffer | undefined, version: number | undefined): void {
    if (server === this.#server) {
      const known = this.#slotOf(name)?.version;
      // Transaction ids go round.
      if (known !== undefined && (version === undefined || ((version - known) | 0) <= 0)) return;
    }
    this.keep(server, name, value, version);
  }

  forget(name: string): void {
    this.#young.forget(name);
    this.#old.forget(name);
  }

  /** What was found was as it is. */
  wasRight(): void {
    if (this.#pauseMs > pauseMsMin) this.#pauseMs = Math.max(pauseMsMin, this.#pauseMs * 0.9);
  }

  /** These were otherwise. What has been kept of them since may be right. */
  wasWrong(found: ReadonlyMap<string, Seen>): void {
    let isNews = false;
    for (const [name, {version}] of found) {
      const known = this.#slotOf(name);
      if (!known || known.version !== version) continue;
      this.forget(name);
      isNews = true;
    }
    if (!isNews) return;
    this.#pausedUntilMs = this.#nowMs() + this.#pauseMs;
    this.#pauseMs = Math.min(pauseMsMax, this.#pauseMs * 2);
  }

  #slotOf(name: string): Readonly<Slot> | undefined {
    return this.#young.slotOf(name) ?? this.#old.slotOf(name);
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
  /** What names and slots take. */
  #besides = 0;

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

  slotOf(name: string): Readonly<Slot> | undefined {
    return this.#slots.get(name);
  }

  /** False where there is no more room. */
  keep(name: string, value: Buffer | undefined, version: number | undefined): boolean {
    const slot = this.#slots.get(name);
    const bytes = value?.length ?? 0;
    const mayStay = slot !== undefined && bytes <= slot.room;
    const room = mayStay ? slot.room : Math.ceil(bytes / roomStep) * roomStep;
    const start = mayStay ? slot.start : this.#used;
    const used = mayStay ? this.#used : start + room;
    const besides = this.#besides + (slot ? 0 : name.length + slotBytes);
    if (used + besides > this.#bytesMax) return false;
    if (value) {
      this.#bytes ??= Buffer.allocUnsafeSlow(this.#bytesMax);
      value.copy(this.#bytes, start);
    }
    this.#used = used;
    this.#besides = besides;
    if (slot) {
      slot.start = start;
      slot.bytes = value?.length;
      slot.room = room;
      slot.version = version;
    } else this.#slots.set(name, {start, bytes: value?.length, room, version});
    return true;
  }

  forget(name: string): void {
    this.#slots.delete(name);
  }

  clear(): void {
    this.#slots.clear();
    this.#used = 0;
    this.#besides = 0;
  }
}
