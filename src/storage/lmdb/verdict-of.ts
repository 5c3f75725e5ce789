import {closeSync, openSync, statSync, unlinkSync, writeSync} from 'node:fs';
import {constants} from 'node:os';
import {dirname, join} from 'node:path';
import {systemRandom} from '../../base/random.ts';
import {GrowError, noRoom} from './grow-file.ts';

/**
 * What an error of lmdb-js says:
 *
 * - `damaged`: what LMDB read makes no sense.
 * - `full`: there was no room; the transaction is undone, and nothing of it counts.
 * - `broken`: writing or flushing failed. What is on the disk nobody knows, nor what a later flush that succeeds would say of
 *   it: systems forget a failed flush once they have told of it.
 * - `other`: none of these.
 */
export type Verdict = 'damaged' | 'full' | 'broken' | 'other';

/** LMDB's own codes (lmdb.h); those of the system are positive. */
const mdb = {
  pageNotFound: -30_797,
  corrupted: -30_796,
  panic: -30_795,
  invalid: -30_793,
  mapFull: -30_792,
  cursorFull: -30_787,
  pageFull: -30_786,
  incompatible: -30_784,
  badTransaction: -30_782,
  badValueSize: -30_781,
  problem: -30_779,
};
const damage: ReadonlySet<unknown> = new Set([
  mdb.pageNotFound,
  mdb.corrupted,
  mdb.invalid,
  mdb.cursorFull,
  mdb.pageFull,
  mdb.incompatible,
  mdb.badTransaction,
  mdb.badValueSize,
  mdb.problem,
]);

export function verdictOf(error: unknown, file: string): Verdict {
  const {code, message} = error as {code?: unknown; message?: unknown};
  if (isDamage(error)) return 'damaged';
  if (error instanceof GrowError) return error.isForRoom ? 'full' : 'broken';
  if (code === mdb.panic) return 'broken';
  if (code === mdb.mapFull) return 'full';
  if (typeof code !== 'number' || code <= 0 || code === ENOMEM) return 'other';
  // A flush that finds no room has failed as any other has.
  const isWrite = typeof message === 'string' && message.includes('Attempting to write page');
  if (isWrite && noRoom.has(code)) return 'full';
  // LMDB says EIO of a write that stopped half-way, as they do where the room ends.
  if (code === EIO && !isWrite && !hasRoom(file)) return 'full';
  return 'broken';
}

/** As if LMDB had met it. */
export const damageError = (message: string) => Object.assign(new Error(message), {code: mdb.corrupted});

/** LMDB met something that it never writes. */
export function isDamage(error: unknown): boolean {
  return damage.has((error as {code?: unknown}).code);
}

const {EIO, ENOMEM} = constants.errno;
const probeBytes = 256 * 1024;

/** Is there room for a little more at the end of a file as long as this one? */
function hasRoom(file: string): boolean {
  const probe = join(dirname(file), `room-${systemRandom.uuid()}.tmp`);
  let handle: number | undefined;
  try {
    const {size} = statSync(file);
    handle = openSync(probe, 'wx');
    const bytes = Buffer.alloc(probeBytes, 1);
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, size + at);
    return true;
  } catch (error) {
    const {errno} = error as {errno?: number};
    return errno === undefined || !noRoom.has(-errno);
  } finally {
    if (handle !== undefined) {
      closeSync(handle);
      unlinkSync(probe);
    }
  }
}
