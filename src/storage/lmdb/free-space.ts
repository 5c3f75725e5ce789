import {statfsSync} from 'node:fs';
import {systemClock} from '../../base/clock.ts';

/** File systems on which what is written again takes new room (`f_type` of statfs): btrfs, ZFS, bcachefs, APFS. */
const copyOnWrite: ReadonlySet<number> = new Set([0x9123683e, 0x2fc12fc1, 0xca451a4e, 0x1a]);

const reserveBytes = 64 * 1024 * 1024;
const lookAgainMs = 100;

/**
 * What is left on a disk that writes nothing in place: there a long file is no promise of room. 1: enough; less: this part of
 * the reserve. Everywhere else always 1.
 */
export function freeSpace(directory: string, askSystem = statfsSync): () => number {
  const {type} = askSystem(directory);
  if (!copyOnWrite.has(type)) return () => 1;
  let left = 1;
  let lookedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = systemClock.now();
    if (nowMs - lookedMs < lookAgainMs && nowMs >= lookedMs) return left;
    lookedMs = nowMs;
    const {bavail, blocks, bsize} = askSystem(directory);
    left = Math.min(1, (bavail * bsize) / Math.min(reserveBytes, (blocks * bsize) / 16));
    return left;
  };
}
