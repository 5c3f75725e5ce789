import {entrySum, sumBytes} from './entry-sum.ts';
import {
  kindOf,
  type Meta,
  noPage,
  numberOf,
  openPageFile,
  type PageFile,
  pageBytes,
  pageKind,
  readMeta,
  type Tree,
  transactionOf,
  uint64,
} from './page-file.ts';
import {area} from './stored-key.ts';
import {seenPages, walkPages} from './walk-pages.ts';

export interface FileCheck {
  entries: number;
  bytes: number;
  /** Format 1: entries bear no checksums, and only the pages were checked. */
  hasSums: boolean;
  /** A line each, the first of them; empty: every read will find what was written. */
  damage: string[];
  damagedPlaces: number;
}

const linesMax = 20;

/**
 * Reads every page of `data.mdb` that counts and checks all that can be: numbers, bounds, order and use of pages, and the
 * checksum of every entry. Nobody may write to it meanwhile.
 */
export function checkFile(path: string): FileCheck {
  const file = openPageFile(path);
  try {
    const result: FileCheck = {entries: 0, bytes: file.bytes(), hasSums: false, damage: [], damagedPlaces: 0};
    const damage = (page: number, what: string): undefined => {
      result.damagedPlaces++;
      if (result.damage.length < linesMax) result.damage.push(page === 0 ? what : `page ${page}: ${what}`);
    };
    const meta = readMeta(file);
    if (typeof meta === 'string') {
      damage(0, meta);
      return result;
    }
    const seen = seenPages(meta);
    let format: number | undefined;
    const entry = (key: Buffer, value: Buffer, page: number): undefined => {
      // The smallest of all keys.
      if (key.length === 1 && key[0] === area.format) {
        format = value[0];
        result.hasSums = format === 2;
        return undefined;
      }
      result.entries++;
      if (!result.hasSums) return undefined;
      const end = value.length - sumBytes;
      const isWhole =
        end >= 0 && entrySum(key[0]!, key.subarray(1), value.subarray(0, end)) === value.readUInt32LE(end);
      if (!isWhole) damage(page, 'an entry is not what was written');
    };
    walkPages(file, meta, meta.main, seen, {entry, damage}, Buffer.compare);
    if (format === undefined && result.entries > 0) damage(0, 'its format is not known');
    const free = (_: Buffer, list: Buffer, page: number): undefined => {
      if (!freePages(list).every(seen.take)) damage(page, 'pages that are in use are listed as free');
    };
    walkPages(file, meta, meta.free, seen, {entry: free, damage}, compareNumbers);
    return result;
  } finally {
    file.close();
  }
}

const compareNumbers = (one: Buffer, other: Buffer) =>
  one.length === 8 && other.length === 8 ? uint64(one, 0) - uint64(other, 0) : -1;

/** A count, then pages; a number below zero is how many follow from the next one on (`midl.c` of lmdb-js). -1: nonsense. */
function freePages(list: Buffer): number[] {
  const pages: number[] = [];
  const count = list.length >= 8 ? uint64(list, 0) : -1;
  if (count < 0 || (count + 1) * 8 > list.length) return [-1];
  for (let at = 1; at <= count; at++) {
    const found = Number(list.readBigInt64LE(at * 8));
    if (found > 0) pages.push(found);
    if (found >= 0) continue;
    at++;
    if (at > count || -found > list.length * pageBytes) return [-1];
    const first = uint64(list, at * 8);
    for (let more = 0; more < -found; more++) pages.push(first + more);
  }
  return pages;
}

const looksMax = 20;

/**
 * What can be seen at once of a file that others may be writing to: is it whole, as far as its first pages and the roots of its
 * trees say? Undefined, or what is wrong.
 */
export function lookAtFile(path: string): string | undefined {
  const file = openPageFile(path);
  try {
    let wrong: string | undefined;
    for (let look = 0; look < looksMax; look++) {
      const meta = readMeta(file);
      wrong = typeof meta === 'string' ? meta : lookAtState(file, meta);
      // Twice the same: nobody wrote in between.
      if (wrong === undefined || JSON.stringify(readMeta(file)) === JSON.stringify(meta)) return wrong;
    }
    return undefined;
  } finally {
    file.close();
  }
}

function lookAtState(file: PageFile, meta: Meta): string | undefined {
  if (meta.main.root !== noPage) {
    const wrong = lookAtRoot(file, meta.main);
    if (wrong !== undefined) return wrong;
    // Every transaction writes it.
    if (transactionOf(file.read(meta.main.root)!) !== meta.transaction) return 'its state and its first page differ';
  }
  if (meta.free.root !== noPage) {
    const wrong = lookAtRoot(file, meta.free);
    if (wrong !== undefined) return wrong;
  }
  if (file.bytes() >= (meta.lastPage + 1) * pageBytes) return undefined;
  // That may be so where the last pages are free. Then, which is seldom, all of it is looked at.
  let isCut = false;
  const entry = (): undefined => {};
  const damage = (): undefined => {
    isCut = true;
  };
  walkPages(file, meta, meta.main, seenPages(meta), {entry, damage}, Buffer.compare);
  return isCut ? 'it is cut off' : undefined;
}

function lookAtRoot(file: PageFile, tree: Tree): string | undefined {
  const page = file.read(tree.root);
  if (page === undefined) return 'it is cut off';
  const kind = tree.depth > 1 ? pageKind.branch : pageKind.leaf;
  return numberOf(page) === tree.root && kindOf(page) === kind ? undefined : 'the first page of a tree is another';
}
