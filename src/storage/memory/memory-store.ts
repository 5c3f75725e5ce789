import SortedBTree from 'sorted-btree';
import {assert} from '../../base/assert.ts';
import type {Random} from '../../base/random.ts';
import {addAmounts} from '../add-amounts.ts';
import type {Area, CopyableStore, RawEntry} from '../copyable-store.ts';
import {decodeNumbers, encodeNumbers} from '../numbers-bytes.ts';
import {mustBeSoundEntries, mustBeSoundWrites} from '../sound-writes.ts';
import type {Decision, Key, KeyRange, ScanLimits, ScanPage, Value, Write} from '../store.ts';
import {RecordMap} from './record-map.ts';
import type {Address} from './record-slabs.ts';

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

/**
 * Keeps nothing after the process. Keys and values lie outside of the JavaScript heap and are found by a hash table: in a
 * tree of a million, looking one up costs several times what it costs in a small one. The tree beside it keeps their order,
 * with keys as one-byte (latin1) strings: the order of their code units is the order of bytes, and they compare fast.
 * Every answer is there at once (never a promise), except from `clear` and `close`.
 */
export function memoryStore(options: MemoryStoreOptions = {}): CopyableStore {
  const records = new RecordMap();
  const ordered = newTree<Address>();
  const sums = newTree<number[]>();
  const logTails = newTree<number>();
  const copyValueAt = (address: Address) => records.copyValueAt(address);
  const {discard} = options;

  function put(key: Key, value: Value): void {
    const address = records.put(key, value);
    if (address !== undefined) ordered.set(toText(key), address);
  }

  function remove(key: Key): void {
    if (records.delete(key)) ordered.delete(toText(key));
  }

  function apply(write: Write): void {
    switch (write.kind) {
      case 'put':
        put(write.key, write.value);
        return;
      case 'delete':
        remove(write.key);
        return;
      case 'append': {
        const log = toText(write.log);
        const position = logTails.get(log) ?? 0;
        logTails.set(log, position + 1);
        put(Buffer.concat([write.log, positionBytes(position)]), write.record);
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
    read: keys => keys.map(key => records.copyValue(key)),

    scan(range: KeyRange, limits: ScanLimits): ScanPage {
      return scanTree(ordered, range, limits, copyValueAt);
    },

    commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>): R {
      if (!discard) {
        const {result, writes} = decide(keys.map(key => records.viewValue(key)));
        mustBeSoundWrites(writes);
        for (const write of writes) apply(write);
        return result;
      }
      for (let discards = 0; discards < discardsMax && discard.random.fraction() < discard.chance; discards++) {
        const values = keys.map(key => records.copyValue(key));
        try {
          decide(values);
        } catch {
          // It will throw again when it counts.
        }
        overwrite(values);
      }
      const values = keys.map(key => records.copyValue(key));
      const {result, writes} = decide(values);
      overwrite(values);
      mustBeSoundWrites(writes);
      for (const write of writes) apply(write);
      return result;
    },

    counters(counters: readonly Key[]): number[][] {
      return counters.map(counter => [...(sums.get(toText(counter)) ?? [])]);
    },

    scanArea(area: Area, range: KeyRange, limits: Omit<ScanLimits, 'reverse'>): ScanPage {
      const forwards = {...limits, reverse: false};
      if (area === 'counter') return scanTree(sums, range, forwards, encodeNumbers);
      if (area === 'log') return scanTree(logTails, range, forwards, next => encodeNumbers([next]));
      return scanTree(ordered, range, forwards, copyValueAt);
    },

    async restore(raw: readonly RawEntry[]): Promise<void> {
      mustBeSoundEntries(raw);
      for (const {area, key, value} of raw) {
        if (area === 'entry') {
          value === undefined ? remove(key) : put(key, value);
          continue;
        }
        const name = toText(key);
        if (area === 'counter') value === undefined ? sums.delete(name) : sums.set(name, decodeNumbers(value));
        else value === undefined ? logTails.delete(name) : logTails.set(name, decodeNumbers(value)[0]!);
      }
    },

    entriesEstimate: () => records.size + sums.size + logTails.size,

    otherUsers: () => [],

    async clear(range: KeyRange): Promise<boolean> {
      let room = clearStepEntries;
      room -= clearTree(ordered, range, room, key => remove(toBytes(key)));
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

function positionBytes(position: number): Buffer {
  assert(Number.isSafeInteger(position), 'log position is a safe integer', {position});
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(position));
  return bytes;
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
