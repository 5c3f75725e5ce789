import type {Tree} from './page-file.ts';
import {pageBytes} from './page-file.ts';

/** What LMDB counts of the tree of entries. */
export type TreeSize = Pick<Tree, 'depth' | 'branchPages' | 'leafPages' | 'overflowPages'>;

/** A node with key and value that is larger keeps its value in pages of its own (`me_nodemax` for pages of 4096 bytes). */
const nodeBytesMax = 2034;
const nodeHeaderBytes = 8;
const pageHeaderBytes = 24;
/** No value is larger: a stream record holds two images of 400 KB, which as JSON may take six times as much. */
const valuePagesMax = 2048;

/** Pages that hold nothing but the one value. */
export function overflowPages(keyBytes: number, valueBytes: number): number {
  if (nodeHeaderBytes + keyBytes + valueBytes <= nodeBytesMax) return 0;
  return Math.floor((pageHeaderBytes - 1 + valueBytes) / pageBytes) + 1;
}

/**
 * The most pages that a write transaction can take from the end of the file, if LMDB finds none that are free inside. Read in
 * `mdb.c` of lmdb-js 3.5:
 *
 * - A put copies each page on its way down once (`mdb_page_touch`), and may split each of them and the root
 *   (`mdb_page_split`): 2 × depth + 1, and the pages of its value.
 * - A remove copies the same and a neighbour of each (`mdb_rebalance`). It ends with one `mdb_node_move` at most, which gives two
 *   pages another first key, and each may split all above it: 4 × depth.
 * - A branch page has room for three children whatever their keys. So a root that is new must be given 2 more before it
 *   splits, each of which must have been given 2 more, and so on: after n splits from below the tree is deeper by the digits
 *   of n in base 2 at most.
 *
 * What was really done is less, and can be told afterwards (`settle`): a page of before is copied once in a transaction; a
 * tree that has more pages than before was given as many, and besides those that were merged away; only puts make leaves;
 * and a branch page is merged away once all its children but one were, so no level loses more pages than the one below.
 *
 * The commit then writes the list of free pages (`mdb_freelist_save`): the pages that this transaction freed, each with 8
 * bytes, in one run, twice if writing it frees more; and what was loaded of the list before, which keeps its length but for
 * empty places (a third), on pages that are new. That is three times each, to be sure.
 */
export function pageBound(main: TreeSize, free: TreeSize) {
  let puts = 0;
  let removes = 0;
  let valuePages = 0;
  let branchCopies = 0;
  let depth = main.depth;
  let deepest = depth;
  let splitsSince = 0;
  let unsettled = 0;
  let spent = 0;
  const listBefore = 32 + 3 * (free.branchPages + free.leafPages + free.overflowPages);

  const depthAfter = (splits: number) => depth + 32 - Math.clz32(splits);

  function lists(spentThen: number, operations: number, valuePagesThen: number): number {
    const freed = spentThen + Math.min(main.overflowPages + valuePagesThen, operations * valuePagesMax);
    return listBefore + 3 * Math.ceil((freed * 8) / pageBytes);
  }

  return {
    /** Puts and removes since the last `settle`. */
    get unsettled(): number {
      return unsettled;
    },

    /** What the transaction may take with all that it was told of, and with this many more puts, removes and pages of values. */
    pages(more: Amount): number {
      const deep = depthAfter(splitsSince + more.puts + 2 * more.removes);
      const then = spent + more.puts * (2 * deep + 1) + more.removes * 4 * deep + more.valuePages;
      return then + lists(then, puts + removes + more.puts + more.removes, valuePages + more.valuePages);
    },

    put(pages: number): void {
      const deep = depthAfter(splitsSince++);
      deepest = Math.max(deepest, deep);
      puts++;
      unsettled++;
      valuePages += pages;
      branchCopies += deep;
      spent += 2 * deep + 1 + pages;
    },

    remove(): void {
      const deep = depthAfter(splitsSince);
      deepest = Math.max(deepest, deep);
      splitsSince += 2;
      removes++;
      unsettled++;
      branchCopies += 2 * deep;
      spent += 4 * deep;
    },

    /** Takes note of what the tree has become. */
    settle(now: TreeSize): void {
      depth = now.depth;
      splitsSince = 0;
      unsettled = 0;
      const copies = Math.min(main.leafPages, puts + 2 * removes) + Math.min(main.branchPages, branchCopies);
      const leaves = Math.min(puts, Math.max(0, now.leafPages - main.leafPages + removes));
      const leavesMerged = Math.min(removes, main.leafPages + puts - now.leafPages);
      const branches = Math.max(0, now.branchPages - main.branchPages + leavesMerged * deepest);
      spent = Math.min(spent, copies + leaves + branches + valuePages);
    },
  };
}

export interface Amount {
  puts: number;
  removes: number;
  /** Pages of values that have pages of their own. */
  valuePages: number;
}

export type PageBound = ReturnType<typeof pageBound>;
