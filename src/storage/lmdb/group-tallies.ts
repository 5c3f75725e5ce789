import {addAmounts} from '../add-amounts.ts';
import type {Key, Value} from '../store.ts';
import type {Environment} from './open-environment.ts';
import {area} from './stored-key.ts';

/**
 * The counters and log tails that the commits of one group change: read when first needed, kept here, and written once at
 * the end of the group, however many records and additions there are.
 */
export function groupTallies(environment: Environment) {
  const sums = new Map<string, {key: Key; sums: number[]}>();
  const tails = new Map<string, {key: Key; next: bigint}>();

  return {
    add(counter: Key, amounts: readonly number[]): void {
      const name = counter.toString('latin1');
      const kept = sums.get(name);
      const before = kept?.sums ?? decodeSums(environment.get({area: area.counter, key: counter}));
      sums.set(name, {key: counter, sums: addAmounts(before, amounts)});
    },

    /** The key of a log's next record. */
    nextRecordKey(log: Key): Key {
      const name = log.toString('latin1');
      let tail = tails.get(name);
      if (!tail) {
        tail = {key: log, next: environment.get({area: area.logTail, key: log})?.readBigUInt64BE() ?? 0n};
        tails.set(name, tail);
      }
      const key = Buffer.allocUnsafe(log.length + 8);
      log.copy(key);
      key.writeBigUInt64BE(tail.next, log.length);
      tail.next++;
      return key;
    },

    write(): void {
      for (const {key, sums: kept} of sums.values()) environment.put({area: area.counter, key}, encodeSums(kept));
      for (const {key, next} of tails.values()) {
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
