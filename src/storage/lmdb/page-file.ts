import {closeSync, fstatSync, openSync, readSync} from 'node:fs';

/** The layout of `data.mdb` as lmdb-js 3 writes it (LMDB's `mdb.c`: MDB_meta, MDB_page_header, MDB_node), 64 bits, little endian. */
export const pageBytes = 4096;
export const headerBytes = 24;
const magic = 0xbeefc0de;
const dataVersion = 2;
export const pageKind = {branch: 1, leaf: 2, overflow: 4, meta: 8} as const;
const kindMask = 0x6f;
/** The root of a tree without pages. */
export const noPage = 2 ** 64;

export interface Tree {
  depth: number;
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
  root: number;
}

/** A state of the file: the newer of two counts. */
export interface Meta {
  free: Tree;
  main: Tree;
  lastPage: number;
  transaction: number;
}

export interface PageFile {
  /** Now: others may write to it. */
  bytes(): number;
  /** Undefined where the file ends before. */
  read(page: number, pages?: number): Buffer | undefined;
  close(): void;
}

export function openPageFile(file: string): PageFile {
  const handle = openSync(file, 'r');
  return {
    bytes: () => fstatSync(handle).size,
    read(page, pages = 1) {
      const bytes = Buffer.alloc(pages * pageBytes);
      const got = readSync(handle, bytes, 0, bytes.length, page * pageBytes);
      return got === bytes.length ? bytes : undefined;
    },
    close: () => closeSync(handle),
  };
}

/** The state that counts, or what is wrong. */
export function readMeta(file: PageFile): Meta | string {
  const metas: Meta[] = [];
  for (const number of [0, 1]) {
    const page = file.read(number);
    if (page === undefined) return 'it is cut off in its first pages';
    const isMeta =
      uint64(page, 0) === number &&
      page.readUInt16LE(18) === pageKind.meta &&
      page.readUInt32LE(headerBytes) === magic &&
      page.readUInt32LE(headerBytes + 4) === dataVersion &&
      page.readUInt32LE(headerBytes + 24) === pageBytes;
    if (!isMeta) return `page ${number} is not what opens the file`;
    metas.push({
      free: readTree(page, headerBytes + 24),
      main: readTree(page, headerBytes + 72),
      lastPage: uint64(page, headerBytes + 120),
      transaction: uint64(page, headerBytes + 128),
    });
  }
  const [one, other] = metas as [Meta, Meta];
  // Transactions take turns between the two.
  if (Math.abs(one.transaction - other.transaction) > 1) return 'its two states do not follow each other';
  const newest = one.transaction > other.transaction ? one : other;
  for (const tree of [newest.free, newest.main]) {
    if (tree.root !== noPage && tree.root > newest.lastPage) return 'its state names a page that is not there';
  }
  return newest;
}

function readTree(page: Buffer, at: number): Tree {
  return {
    depth: page.readUInt16LE(at + 6),
    branchPages: uint64(page, at + 8),
    leafPages: uint64(page, at + 16),
    overflowPages: uint64(page, at + 24),
    entries: uint64(page, at + 32),
    root: uint64(page, at + 40),
  };
}

/** As near as a number comes to it: each transaction asks for many. */
export const uint64 = (bytes: Buffer, at: number) => bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
export const kindOf = (page: Buffer) => page.readUInt16LE(18) & kindMask;
export const numberOf = (page: Buffer) => uint64(page, 0);
export const transactionOf = (page: Buffer) => uint64(page, 8);
