import type {Key, Value, Write} from '../store.ts';
import {sumBytes} from './entry-sum.ts';
import {type Amount, overflowPages} from './page-bound.ts';
import type {Takes} from './room-ahead.ts';

const areaBytes = 1;
const positionBytes = 8;
/** A few more digits in what is written again. */
const slackBytes = 128;
const littleBytes = 1_024;

/** What a commit asks of LMDB, with the tallies that its group writes at the end. */
export function amountOf(writes: readonly Write[], tallyPuts: number): Amount {
  const amount = {puts: tallyPuts, removes: 0, valuePages: 0};
  const put = (keyBytes: number, valueBytes: number) => {
    amount.puts++;
    amount.valuePages += overflowPages(areaBytes + keyBytes, valueBytes + sumBytes);
  };
  for (const write of writes) {
    if (write.kind === 'put') put(write.key.length, write.value.length);
    else if (write.kind === 'append') put(write.log.length + positionBytes, write.record.length);
    else if (write.kind === 'delete') amount.removes++;
  }
  return amount;
}

/**
 * What a commit takes beyond what it deletes and replaces, as far as the values of before are known. `little`: as the
 * deletion of a table, which notes what is to be cleared.
 */
export function takesOf(writes: readonly Write[], keys: readonly Key[], values: readonly (Value | undefined)[]): Takes {
  let freed = 0;
  let taken = 0;
  for (const write of writes) {
    if (write.kind === 'append') taken += write.record.length;
    if (write.kind !== 'put' && write.kind !== 'delete') continue;
    if (write.kind === 'put') taken += write.value.length;
    freed += values[keys.findIndex(key => key.equals(write.key))]?.length ?? 0;
  }
  if (freed === 0) return 'more';
  return taken <= freed + slackBytes ? 'nothing' : taken <= freed + littleBytes ? 'little' : 'more';
}
