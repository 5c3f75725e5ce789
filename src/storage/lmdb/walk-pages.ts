import {
  headerBytes,
  kindOf,
  type Meta,
  noPage,
  numberOf,
  type PageFile,
  pageBytes,
  pageKind,
  type Tree,
  transactionOf,
  uint64,
} from './page-file.ts';

export interface PageWalk {
  /** An entry of the tree, as it lies in the file. */
  entry(key: Buffer, value: Buffer, page: number): undefined;
  /** Something is not as LMDB writes it; what lies below is left out. */
  damage(page: number, what: string): undefined;
}

/** Pages that were met, each but once: so no walk is endless, whatever the file says. */
export function seenPages(meta: Meta) {
  const seen = new Uint8Array(Math.min(meta.lastPage, 2 ** 31) + 1);
  return {
    /** False if it is not a page of this file, or was met before. */
    take(page: number): boolean {
      if (page < 2 || page >= seen.length || seen[page] === 1) return false;
      seen[page] = 1;
      return true;
    },
  };
}

export type SeenPages = ReturnType<typeof seenPages>;

const nodeBytes = 8;
const bigData = 1;
const levelsMax = 32;

/** Every page of a tree, without LMDB and so without its trust in what it reads. */
export function walkPages(
  file: PageFile,
  meta: Meta,
  tree: Tree,
  seen: SeenPages,
  walk: PageWalk,
  compare: Compare,
): undefined {
  const found = {branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0};
  if (tree.root === noPage) {
    if (tree.entries !== 0) walk.damage(0, 'a tree with entries has no pages');
    return undefined;
  }
  if (tree.depth > levelsMax) return walk.damage(0, 'a tree is deeper than any can be');
  visit(tree.root, tree.depth, meta.transaction, undefined, undefined);
  for (const name of ['branchPages', 'leafPages', 'overflowPages', 'entries'] as const) {
    if (found[name] !== tree[name]) walk.damage(0, `${name}: ${tree[name]} are to be there, ${found[name]} were found`);
  }

  /** Keys of a page lie from `low` (included) to `high` (excluded). */
  function visit(
    number: number,
    level: number,
    newest: number,
    low: Buffer | undefined,
    high: Buffer | undefined,
  ): undefined {
    if (!seen.take(number)) return walk.damage(number, 'it is used twice, or is none of this file');
    const page = file.read(number);
    if (page === undefined) return walk.damage(number, 'the file ends before it');
    const kind = level > 1 ? pageKind.branch : pageKind.leaf;
    if (numberOf(page) !== number || kindOf(page) !== kind) return walk.damage(number, 'another was to be there');
    // A page that was written again takes all above it along.
    if (transactionOf(page) > newest) return walk.damage(number, 'it is newer than what leads to it');
    const nodes = nodesOf(page);
    if (nodes === undefined) return walk.damage(number, 'its bounds make no sense');
    if (kind === pageKind.branch) found.branchPages++;
    else found.leafPages++;
    let before = low;
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!;
      const key = keyOf(page, node);
      if (key === undefined) return walk.damage(number, 'a key makes no sense');
      // The first key of a branch page is not looked at.
      const isOpen = kind === pageKind.branch && at === 0;
      if (!isOpen) {
        const isFirst = before === low;
        const order = before === undefined ? 1 : compare(key, before);
        if (order < 0 || (order === 0 && !(isFirst && at === 0))) return walk.damage(number, 'keys are not in order');
        if (high !== undefined && compare(key, high) >= 0) return walk.damage(number, 'a key lies beyond its page');
      }
      if (kind === pageKind.leaf) leafEntry(page, number, node, key);
      else {
        const next = nodes[at + 1];
        const end = next === undefined ? high : keyOf(page, next);
        const child = page.readUInt32LE(node) + page.readUInt16LE(node + 4) * 2 ** 32;
        visit(child, level - 1, transactionOf(page), isOpen ? low : key, end);
      }
      if (!isOpen) before = key;
    }
  }

  function leafEntry(page: Buffer, number: number, node: number, key: Buffer): undefined {
    found.entries++;
    const size = page.readUInt32LE(node);
    const flags = page.readUInt16LE(node + 4);
    const at = node + nodeBytes + key.length;
    if (flags === 0) {
      if (at + size > pageBytes) return walk.damage(number, 'a value makes no sense');
      return walk.entry(key, page.subarray(at, at + size), number);
    }
    if (flags !== bigData || at + headerBytes > pageBytes) return walk.damage(number, 'an entry makes no sense');
    const first = uint64(page, at);
    const pages = Math.ceil((headerBytes + size) / pageBytes);
    found.overflowPages += pages;
    for (let more = 0; more < pages; more++) {
      if (!seen.take(first + more)) return walk.damage(first, 'it is used twice, or is none of this file');
    }
    const value = file.read(first, pages);
    if (value === undefined) return walk.damage(first, 'the file ends before it');
    const isIt = numberOf(value) === first && kindOf(value) === pageKind.overflow && value.readUInt32LE(20) === pages;
    if (!isIt) return walk.damage(first, 'another was to be there');
    walk.entry(key, value.subarray(headerBytes, headerBytes + size), first);
  }
}

export type Compare = (one: Buffer, other: Buffer) => number;

/** Where the nodes of a page begin. */
function nodesOf(page: Buffer): number[] | undefined {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower % 2 !== 0 || lower > upper || upper > pageBytes - headerBytes || lower === 0) return undefined;
  const nodes: number[] = [];
  for (let at = 0; at < lower; at += 2) {
    const node = headerBytes + page.readUInt16LE(headerBytes + at);
    if (node < headerBytes + upper || node + nodeBytes > pageBytes) return undefined;
    nodes.push(node);
  }
  return nodes;
}

function keyOf(page: Buffer, node: number): Buffer | undefined {
  const start = node + nodeBytes;
  const end = start + page.readUInt16LE(node + 6);
  return end <= pageBytes ? page.subarray(start, end) : undefined;
}
