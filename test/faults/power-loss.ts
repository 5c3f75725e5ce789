import assert from 'node:assert/strict';
import type {Random} from '../../src/base/random.ts';

/** What the shim recorded (disk-shim.c says what the kinds are). */
export interface DiskEvent {
  kind: string;
  offset: number;
  bytes: Buffer;
}

const headBytes = 13;
/** What a disk writes as a whole or not at all. */
const sectorBytes = 512;

export function readEvents(log: Buffer): DiskEvent[] {
  const events: DiskEvent[] = [];
  for (let at = 0; at < log.length; ) {
    const length = log.readUInt32LE(at + 9);
    const bytes = log.subarray(at + headBytes, at + headBytes + length);
    events.push({kind: String.fromCharCode(log[at]!), offset: Number(log.readBigInt64LE(at + 1)), bytes});
    at += headBytes + length;
  }
  return events;
}

export interface Recovered {
  /** What is in the file. */
  image: Buffer;
  /** What the process had told others by then, and what of it before a flush that has ended began. */
  told: string[];
  toldBeforeFlush: string[];
  /** Writes of which the disk kept some, none or all. */
  unsure: number;
}

/**
 * The file after the power failed behind the first `cut` events, on a disk that keeps its promise and no more: what was
 * written before a flush began that has ended is there; of anything later there is what the disk had come to, sector by
 * sector, in any order.
 */
export function afterPowerLoss(base: Buffer, events: readonly DiskEvent[], cut: number, random: Random): Recovered {
  const flushed = flushedBefore(events, cut);
  const keeps = random.fraction() < 0.15 ? 0 : random.fraction() < 0.15 ? 1 : random.fraction();
  const isTorn = random.fraction() < 0.5;
  const end = Math.max(base.length, ...events.map(({offset, bytes}) => offset + bytes.length));
  const image = Buffer.alloc(end);
  base.copy(image);
  let length = base.length;
  let unsure = 0;
  const put = (offset: number, bytes: Buffer) => {
    bytes.copy(image, offset);
    length = Math.max(length, offset + bytes.length);
  };
  for (let at = 0; at < cut; at++) {
    const {kind, offset, bytes} = events[at]!;
    if (kind !== 'W' && kind !== 'D') continue;
    const isSure = at < flushed || (kind === 'D' && at + 1 < cut && events[at + 1]!.kind === 'd');
    if (isSure) {
      put(offset, bytes);
      continue;
    }
    unsure++;
    if (!isTorn) {
      if (random.fraction() < keeps) put(offset, bytes);
      continue;
    }
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + sectorBytes - ((offset + from) % sectorBytes));
      if (random.fraction() < keeps) put(offset + from, bytes.subarray(from, to));
      from = to;
    }
  }
  const toldIn = (part: readonly DiskEvent[]) =>
    Buffer.concat(part.filter(({kind}) => kind === 'A').map(({bytes}) => bytes))
      .toString()
      .split('\n')
      .filter(line => line !== '');
  return {
    image: image.subarray(0, length),
    told: toldIn(events.slice(0, cut)),
    toldBeforeFlush: toldIn(events.slice(0, flushed)),
    unsure,
  };
}

/** All events before this one are flushed. Of flushes that overlap, the one that ends is taken for the one that began first. */
function flushedBefore(events: readonly DiskEvent[], cut: number): number {
  const begun: number[] = [];
  let flushed = 0;
  for (let at = 0; at < cut; at++) {
    if (events[at]!.kind === 'S') begun.push(at);
    if (events[at]!.kind !== 's') continue;
    const began = begun.shift();
    assert.ok(began !== undefined);
    flushed = began;
  }
  return flushed;
}
