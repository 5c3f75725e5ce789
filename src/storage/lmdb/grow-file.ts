import {writeSync} from 'node:fs';
import {constants} from 'node:os';

const {ENOSPC, EDQUOT, EFBIG} = constants.errno;

/** What systems say where there is no room. */
export const noRoom: ReadonlySet<number> = new Set([ENOSPC, EDQUOT, EFBIG]);

/** The file could not be made longer. Nothing was written that counts. */
export class GrowError extends Error {
  override readonly name = 'GrowError';
  /** As LMDB's: of the system. */
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get isForRoom(): boolean {
    return noRoom.has(this.code);
  }
}

export const noRoomError = (message: string) => new GrowError(ENOSPC, `ENOSPC: ${message}`);

const zeros = Buffer.alloc(256 * 1024);

/**
 * Writes zeros behind the end of a file: a hole would take its blocks only when it is written to. Ends early where there is no
 * room for all of it.
 * @returns how long the file is then
 * @throws GrowError
 */
export function growFile(handle: number, fromBytes: number, toBytes: number): number {
  let at = fromBytes;
  try {
    while (at < toBytes) at += writeSync(handle, zeros, 0, Math.min(zeros.length, toBytes - at), at);
  } catch (error) {
    const {errno, message} = error as NodeJS.ErrnoException;
    const grown = new GrowError(-(errno ?? 0), message, {cause: error});
    if (!grown.isForRoom) throw grown;
  }
  return at;
}
