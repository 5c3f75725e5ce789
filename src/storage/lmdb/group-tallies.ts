import {addAmounts} from '../add-amounts.ts';
import type {Key, Value, Write} from '../store.ts';
import type {Environment} from './open-environment.ts';
import {area} from './stored-key.ts';

/**
 * The counters and log tails that the commits of one group change: read when first needed, kept here, and written once at
 * the end of the group, however many records and additions there are.
 */
export function groupTallies(environment: Environment) {
  const sums = new Map<string, {key: Key; sums: number[]; isChanged: boolean}>();
  const tails = new Map<string, {key: Key; next: bigint; isChanged: boolean}>();
  let changed = 0;

  function sumsOf(counter: Key): {key: Key; sums: number[]; isChanged: boolean} {
    const name = counter.toString('latin1');
    let kept = sums.get(name);
    if (!kept) {
      const before = decodeSums(environment.get({area: area.counter, key: counter}));
      kept = {key: counter, sums: before, isChanged: false};
      sums.set(name, kept);
    }
    return kept;
  }

  function tailOf(log: Key): {key: Key; next: bigint; isChanged: boolean} {
    const name = log.toString('latin1');
    let tail = tails.get(name);
    if (!tail) {
      const next = environment.get({area: area.logTail, key: log})?.readBigUInt64BE() ?? 0n;
      tail = {key: log, next, isChanged: false};
      tails.set(name, tail);
    }
    return tail;
  }

  function note(tally: {isChanged: boolean}): void {
    if (!tally.isChanged) changed++;
    tally.isChanged = true;
  }

  return {
    /** Reads what these writes will change, so that damage is met before anything is done. */
    load(writes: readonly Write[]): void {
      for (const write of writes) {
        if (write.kind === 'append') tailOf(write.log);
        else if (write.kind === 'add') sumsOf(write.counter);
      }
    },

    add(counter: Key, amounts: readonly number[]): void {
      const kept = sumsOf(counter);
      note(kept);
      kept.sums = addAmounts(kept.sums, amounts);
    },

    /** The key of a log's next record. */
    nextRecordKey(log: Key): Key {
      const tail = tailOf(log);
      note(tail);
      const key = Buffer.allocUnsafe(log.length + 8);
      log.copy(key);
      key.writeBigUInt64BE(tail.next, log.length);
      tail.next++;
      return key;
    },

    /** How many puts `write` will make at most, once these writes are done as well. */
    putsWith(writes: readonly Write[]): number {
      let puts = changed;
      for (const write of writes) {
        if (write.kind === 'append' && !tailOf(write.log).isChanged) puts++;
        else if (write.kind === 'add' && !sumsOf(write.counter).isChanged) puts++;
      }
      return puts;
    },

    write(): void {
      // What was only looked at is of commits that found no room.
      for (const {key, sums: kept, isChanged} of sums.values()) {
        if (isChanged) environment.put({area: area.counter, key}, encodeSums(kept));
      }
      for (const {key, next, isChanged} of tails.values()) {
        if (!isChanged) continue;
        const value = Buffer.allocUnsafe(8);
        value.writeBigUInt64BE(next);
        environment.put({area: area.logTail, key}, value);
      }
    },
  };
}

export function encodeSums(sums: readonly number[]): Value {
  const value = Buffer.allocUnsafe(sums.length * 8);
  for (let place = 0; place < sums.length; place++) value.writeDoubleLE(sums[place]!, place * 8);
  return value;
}

export function decodeSums(value: Value | undefined): number[] {
  const sums: number[] = [];
  for (let at = 0; value && at < value.length; at += 8) sums.push(value.readDoubleLE(at));
  return sums;
}
