import type {Item} from '../../src/model/attribute-value.ts';
import {brief, contentOf, numberOf, sameItem} from './content.ts';

/** A write of which nobody knows whether it was done: no answer, or one that promises nothing. */
interface Doubt {
  /** What the key holds if it was; 0: nothing. */
  version: number;
  /** Before then, it may still be done: by a database that hangs, for a node that is gone. */
  untilMs: number;
}

/** What each key holds, by what was acknowledged: a number of four bytes. */
export interface Ledger {
  keys: number;
  /** 0: nothing. */
  versions: Int32Array;
  /** Versions are never used again, even when the item is gone meanwhile. */
  used: Int32Array;
  doubts: Map<number, Doubt>;
}

export function newLedger(keys: number): Ledger {
  return {keys, versions: new Int32Array(keys), used: new Int32Array(keys), doubts: new Map()};
}

/** What a write puts in place: for each key its new version, or 0. */
export type Change = ReadonlyMap<number, number>;

export function acknowledge(ledger: Ledger, change: Change): void {
  for (const [key, version] of change) ledger.versions[key] = version;
}

export function doubt(ledger: Ledger, change: Change, untilMs: number): void {
  for (const [key, version] of change) ledger.doubts.set(key, {version, untilMs});
}

export function expectedOf(ledger: Ledger, key: number): Item | undefined {
  const version = ledger.versions[key]!;
  return version === 0 ? undefined : contentOf(key, version);
}

/** What is wrong with what a key was found to hold, or undefined; a doubt that there was is settled by it. */
export function settle(ledger: Ledger, key: number, found: Item | undefined): string | undefined {
  const doubted = ledger.doubts.get(key);
  const version = found ? numberOf(found, 'v') : 0;
  const isKnown = version === ledger.versions[key] || version === doubted?.version;
  if (!isKnown || (found && !sameItem(found, contentOf(key, version)))) {
    const expected = `version ${ledger.versions[key]}${doubted ? ` or ${doubted.version}` : ''}`;
    return `key ${key} should hold ${expected}, and holds ${brief(found) ?? 'nothing'}`;
  }
  ledger.versions[key] = version;
  ledger.doubts.delete(key);
  return undefined;
}

/** Holds the ledger to all items of the table. Returns what is wrong, a line for each key. */
export function compare(ledger: Ledger, items: readonly Item[]): string[] {
  const found = new Map(items.map(item => [numberOf(item, 's'), item]));
  const wrong = [...found.keys()]
    .filter(key => !(key >= 0 && key < ledger.keys))
    .map(key => `key ${key} was never written`);
  for (let key = 0; key < ledger.keys; key++) {
    const problem = settle(ledger, key, found.get(key));
    if (problem) wrong.push(problem);
  }
  return wrong;
}
