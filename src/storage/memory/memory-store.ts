import SortedBTree from 'sorted-btree';
import {assert} from '../../base/assert.ts';
import type {Random} from '../../base/random.ts';
import {addAmounts} from '../add-amounts.ts';
import type {Area, CopyableStore, RawEntry} from '../copyable-store.ts';
import {decodeNumbers, encodeNumbers} from '../numbers-bytes.ts';
import {mustBeSoundEntries, mustBeSoundWrites} from '../sound-writes.ts';
import type {Decision, Key, KeyRange, ScanLimits, ScanPage, Value, Write} from '../store.ts';

// The package is CommonJS: its class is the `default` member of what Node imports as default.
const BTree = SortedBTree.default;
type Tree<V> = SortedBTree.default<string, V>;

export interface MemoryStoreOptions {
  /**
   * For tests: with this chance from 0 to 1 a decision is thrown away and asked for again, as a store with retries does,
   * and the buffers handed to it are overwritten afterwards, as a store that reuses them does.
   */
  discard?: {random: Random; chance: number};
}

const discardsMax = 3;
const clearStepEntries = 1_000;
const poison = 0xdb;

/** A value in its place, which both the hash map and the tree refer to. */
interface Held {
  text: string;
}

/**
 * Keeps nothing after the process. Keys and values are held as one-byte (latin1) strings: the order of their code units is
 * the order of bytes, they compare fast, and a million of them burden the garbage collector far less than buffers do. A tree keeps their
 * order, a hash map finds one: in a tree of a million, looking one up costs several times what it costs in a small one.
 * Every answer is there at once (never a promise), except from `clear` and `close`.
 */
export function memoryStore(options: MemoryStoreOptions = {}): CopyableStore {
  const ordered = newTree<Held>();
  const byKey = new Map<string, Held>();
  const sums = newTree<number[]>();
  const logTails = newTree<number>();
  const {discard} = options;

  const valuesOf = (keys: readonly Key[]) =>
    keys.map(key => {
      const held = byKey.get(toText(key));
      return held === undefined ? undefined : toBytes(held.text);
    });

  function put(key: string, text: string): void {
    const held = byKey.get(key);
    if (held) {
      held.text = text;
      return;
    }
    const added = {text};
    byKey.set(key, added);
    ordered.set(key, added);
  }

  function remove(key: string): void {
    if (byKey.delete(key)) ordered.delete(key);
  }

  function apply(write: Write): void {
    switch (write.kind) {
      case 'put':
        put(toText(write.key), toText(write.value));
        return;
      case 'delete':
        remove(toText(write.key));
        return;
      case 'append': {
        const log = toText(write.log);
        const position = logTails.get(log) ?? 0;
        logTails.set(log, position + 1);
        put(log + positionText(position), toText(write.record));
        return;
      }
      case 'add': {
        const counter = toText(write.counter);
        sums.set(counter, addAmounts(sums.get(counter) ?? [], write.amounts));
        return;
      }
    }
  }

  return {
    read: valuesOf,

    scan(range: KeyRange, limits: ScanLimits): ScanPage {
      return scanTree(ordered, range, limits, bytesOfHeld);
    },

    commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>): R {
      if (!discard) {
        const {result, writes} = decide(valuesOf(keys));
        mustBeSoundWrites(writes);
        for (const write of writes) apply(write);
        return result;
      }
      for (let discards = 0; discards < discardsMax && discard.random.fraction() < discard.chance; discards++) {
        const values = valuesOf(keys);
        try {
          decide(values);
        } catch {
          // It will throw again when it counts.
        }
        overwrite(values);
      }
      const values = valuesOf(keys);
      const {result, writes} = decide(values);
      mustBeSoundWrites(writes);
      for (const write of writes) apply(write);
      overwrite(values);
      return result;
    },

    counters(counters: readonly Key[]): number[][] {
      return counters.map(counter => [...(sums.get(toText(counter)) ?? [])]);
    },

    scanArea(area: Area, range: KeyRange, limits: Omit<ScanLimits, 'reverse'>): ScanPage {
      const forwards = {...limits, reverse: false};
      if (area === 'counter') return scanTree(sums, range, forwards, encodeNumbers);
      if (area === 'log') return scanTree(logTails, range, forwards, next => encodeNumbers([next]));
      return scanTree(ordered, range, forwards, bytesOfHeld);
    },

    async restore(raw: readonly RawEntry[]): Promise<void> {
      mustBeSoundEntries(raw);
      for (const {area, key, value} of raw) {
        const name = toText(key);
        if (area === 'entry') value === undefined ? remove(name) : put(name, toText(value));
        else if (area === 'counter') value === undefined ? sums.delete(name) : sums.set(name, decodeNumbers(value));
        else value === undefined ? logTails.delete(name) : logTails.set(name, decodeNumbers(value)[0]!);
      }
    },

    entriesEstimate: () => byKey.size + sums.size + logTails.size,

    otherUsers: () => [],

    async clear(range: KeyRange): Promise<boolean> {
      let room = clearStepEntries;
      room -= clearTree(ordered, range, room, remove);
      for (const tree of [sums, logTails] as Tree<unknown>[]) {
        room -= clearTree(tree, range, room, key => tree.delete(key));
      }
      return room === 0;
    },

    async close(): Promise<void> {},
  };
}

function newTree<V>(): Tree<V> {
  return new BTree<string, V>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0), 64);
}

function toText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const bytesOfHeld = ({text}: Held) => toBytes(text);

function positionText(position: number): string {
  assert(Number.isSafeInteger(position), 'log position is a safe integer', {position});
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(position));
  return toText(bytes);
}

function overwrite(values: (Value | undefined)[]): void {
  for (const value of values) value?.fill(poison);
}

function scanTree<V>(tree: Tree<V>, range: KeyRange, limits: ScanLimits, bytesOf: (value: V) => Value): ScanPage {
  const page: ScanPage = {keys: [], values: [], more: false};
  const start = toText(range.start);
  const end = toText(range.end);
  if (start >= end) return page;
  let bytes = 0;
  const take = (key: string, held: V): boolean => {
    page.keys.push(toBytes(key));
    const value = bytesOf(held);
    page.values.push(value);
    bytes += value.length;
    return page.keys.length < limits.entriesMax && bytes < limits.bytesMax;
  };
  if (limits.reverse) {
    const walk = tree.entriesReversed(end, [] as unknown as [string, V], true);
    for (let next = walk.next(); !next.done; next = walk.next()) {
      const [key, value] = next.value;
      if (key < start) return page;
      if (!take(key, value)) {
        page.more = true;
        return page;
      }
    }
    return page;
  }
  tree.forRange(start, end, false, (key, value) => {
    page.more = !take(key, value);
    return page.more ? {break: 0} : undefined;
  });
  return page;
}

/** Deletes at most `room` entries of a range and returns how many. */
function clearTree(tree: Tree<unknown>, range: KeyRange, room: number, remove: (key: string) => void): number {
  if (room === 0) return 0;
  const doomed: string[] = [];
  tree.forRange(toText(range.start), toText(range.end), false, key => {
    doomed.push(key);
    return doomed.length === room ? {break: 0} : undefined;
  });
  for (const key of doomed) remove(key);
  return doomed.length;
}
