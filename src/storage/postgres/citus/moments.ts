import type {Key} from '../../store.ts';
import {type PartitionBytesOf, splitKey} from '../split-key.ts';

/**
 * Do these keys lie in several partitions, which the workers show one after the other? A key whose space is one partition (the
 * record of a table above all) doesn't count: it is read beside nearly everything and hardly ever written. What that may mix
 * up are the moments before and after such a record changed, and whatever is asked for by the old one is still there when
 * the new one shows.
 */
export function mayMixMoments(keys: readonly Key[], partitionBytesOf: PartitionBytesOf): boolean {
  let first: Buffer | undefined;
  for (const key of keys) {
    if (sharesItsSpace(key, partitionBytesOf)) continue;
    const {partition} = splitKey(key, partitionBytesOf);
    if (first === undefined) first = partition;
    else if (!first.equals(partition)) return true;
  }
  return false;
}

export function sharesItsSpace(key: Key, partitionBytesOf: PartitionBytesOf): boolean {
  return partitionBytesOf(key[0]!) === 1;
}
