import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import {dirname} from 'node:path';
import {assert} from '../../base/assert.ts';
import {freeSpace} from './free-space.ts';
import {growFile, noRoomError} from './grow-file.ts';
import {type Amount, overflowPages, type PageBound, pageBound, type TreeSize} from './page-bound.ts';
import {type Meta, type PageFile, pageBytes, readMeta} from './page-file.ts';
import {damageError} from './verdict-of.ts';

const megabyte = 1024 * 1024;
/** Longer steps would hold up the event loop and the flush that comes next; 4 MB take 1 ms of the former. */
const stepBytesMax = 4 * megabyte;

/** Pages that have been free for this long have no reader any more, so LMDB takes them before it takes from the end. */
const readersMsMax = 50;

/** lmdb-js takes 14 µs to tell how large a tree is. */
const settleEvery = 16;

/** What a commit takes beyond what it gives back. */
export type Takes = 'nothing' | 'little' | 'more';

export interface RoomAhead {
  /** Within a write transaction that has written nothing yet. */
  begin(): void;
  end(): void;
  /** Before the write. Throws where the file would have to grow and can't. */
  put(keyBytes: number, valueBytes: number): void;
  remove(): void;
  /**
   * Before the first of several writes: all of them will find room. Those that take nothing go on for longest, since they are
   * what makes room.
   * @returns whether there is room for more besides
   * @throws GrowError
   */
  admit(amount: Amount, takes: () => Takes): boolean;
  /** Is there room for this many removes? */
  hasRoomToRemove(removes: number): boolean;
  close(): void;
}

/**
 * Keeps `data.mdb` longer than LMDB can need it, so that LMDB never meets a full disk: it would damage the memory of the
 * process (docs/decisions/0011-failing-disks.md). What is behind its last page are zeros that were written. All of this is done
 * within write transactions, so by one process at a time.
 * @param treeNow of the transaction under way
 */
export function roomAhead(file: string, treeNow: () => TreeSize): RoomAhead {
  const handle = openSync(file, 'r+');
  const spaceLeft = freeSpace(dirname(file));
  const metaPages = Buffer.alloc(2 * pageBytes);
  const metaFile: PageFile = {
    bytes: () => fileBytes,
    read: page => metaPages.subarray(page * pageBytes, (page + 1) * pageBytes),
    close() {},
  };
  /** Or more: others make it longer, nobody shorter. */
  let fileBytes = 0;
  let meta: Meta;
  let bound: PageBound | undefined;

  const roomPages = () => Math.floor(fileBytes / pageBytes) - (meta.lastPage + 1);
  function missing(amount: Amount, kept: number): number {
    assert(bound, 'only within a transaction is anything written');
    return bound.pages(amount) + kept - roomPages();
  }

  /** Makes the file longer if need be and possible. True if there is room, with so much that is kept beside. */
  function makeRoom(amount: Amount, kept: number): boolean {
    if (missing(amount, kept) <= 0) return true;
    if (bound!.unsettled >= settleEvery) bound!.settle(treeNow());
    if (missing(amount, kept) <= 0) return true;
    fileBytes = fstatSync(handle).size;
    const pages = missing(amount, kept);
    if (pages <= 0) return true;
    const step = Math.min(stepBytesMax, Math.max(megabyte, Math.floor(fileBytes / 16)));
    const end = Math.ceil((fileBytes + Math.max(step, pages * pageBytes)) / pageBytes) * pageBytes;
    fileBytes = growFile(handle, fileBytes, end);
    if (missing(amount, kept) > 0) bound!.settle(treeNow());
    return missing(amount, kept) <= 0;
  }

  function mustFit(amount: Amount): void {
    if (!makeRoom(amount, 0)) throw noRoomError(`${file} can't grow`);
  }

  /**
   * Kept for what makes room, which needs pages before it gives any: 1 MB, and more in a large file, whose list of free pages
   * may grow long.
   */
  const reservePages = () => Math.min(16_384, Math.max(256, Math.floor(meta.lastPage / 256)));

  /** Free pages inside the file, whether or not LMDB can use them. */
  const pagesInside = () => meta.lastPage - 1 - pagesOf(meta.main) - pagesOf(meta.free);

  /** The part of the reserve that is not for these. */
  function keptOf(takes: Takes, amount: Amount, reserve: number): number {
    if (takes !== 'more') return takes === 'nothing' ? 0 : 0.25;
    // What may well find its place inside goes on for longer than the rest.
    const plenty = 2 * (bound!.pages(amount) - bound!.pages(nothing));
    // What is sure to, goes on as long as it leaves something inside to those that make room. Else a store that was full a few
    // times, each time taking a little from the end, would be full for ever.
    if (settledInside() >= plenty + reserve / 2) return 0.25;
    return pagesInside() >= plenty ? 0.5 : 1;
  }

  /** The fewest pages that were free inside at any transaction of this span of time and the one before. */
  const fewestInside = {before: 0, now: 0, sinceMs: 0};
  const settledInside = () => Math.min(fewestInside.before, fewestInside.now);

  function noteInside(): void {
    const nowMs = performance.now();
    const inside = pagesInside();
    if (nowMs - fewestInside.sinceMs < readersMsMax) {
      fewestInside.now = Math.min(fewestInside.now, inside);
      return;
    }
    fewestInside.before = fewestInside.now;
    fewestInside.now = inside;
    fewestInside.sinceMs = nowMs;
  }

  return {
    begin() {
      readSync(handle, metaPages, 0, metaPages.length, 0);
      const found = readMeta(metaFile);
      if (typeof found === 'string') throw damageError(found);
      meta = found;
      bound = pageBound(meta.main, meta.free);
      noteInside();
    },

    end() {
      bound = undefined;
    },

    put(keyBytes, valueBytes) {
      const valuePages = overflowPages(keyBytes, valueBytes);
      mustFit({puts: 1, removes: 0, valuePages});
      bound!.put(valuePages);
    },

    remove() {
      mustFit(oneRemove);
      bound!.remove();
    },

    admit(amount, takes) {
      const left = spaceLeft();
      const isShort = left < 1;
      if (isShort && (left < 0.25 || takes() === 'more')) throw noRoomError(`little room on the disk of ${file}`);
      const reserve = reservePages();
      if (makeRoom(amount, reserve)) return !isShort;
      // A disk smaller than the reserve is of use too.
      const kept = Math.min(reserve, fileBytes / pageBytes / 4);
      if (missing(amount, kept * keptOf(takes(), amount, kept)) > 0) throw noRoomError(`${file} can't grow`);
      return false;
    },

    hasRoomToRemove: removes => makeRoom({puts: 0, removes, valuePages: 0}, 0),

    close: () => closeSync(handle),
  };
}

const nothing: Amount = {puts: 0, removes: 0, valuePages: 0};
const oneRemove: Amount = {puts: 0, removes: 1, valuePages: 0};

const pagesOf = (tree: TreeSize) => tree.branchPages + tree.leafPages + tree.overflowPages;
