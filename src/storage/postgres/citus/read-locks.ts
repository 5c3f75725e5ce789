import type {Key} from '../../store.ts';
import {sharedLocks} from '../commit-parameters.ts';
import type {KeyPlaces} from '../look-up.ts';
import {splitKey} from '../split-key.ts';

/**
 * One parameter: the locks under which each of these requests sees all its keys at one moment. One that wants a single
 * partition needs none, since a shard shows every commit at one moment. A key whose space is one partition (the record of a
 * table above all) is read beside nearly everything and hardly ever written; it goes without a lock, so that a read waits for
 * no writer. What that may mix up are the moments before and after such a record changed, and whatever is asked for by the
 * old record is still there when the new one shows.
 */
export function readLocks(
  requests: readonly {keys: readonly Key[]}[],
  {partitionBytesOf, lockSeed}: KeyPlaces,
): Buffer {
  const locked: Key[] = [];
  for (const {keys} of requests) {
    const spread = keys.filter(key => partitionBytesOf(key[0]!) > 1);
    const partitions = new Set(spread.map(key => splitKey(key, partitionBytesOf).partition.toString('latin1')));
    if (partitions.size > 1) locked.push(...spread);
  }
  return sharedLocks(locked, lockSeed);
}
