import type {Key} from '../store.ts';

/**
 * How many bytes at the beginning of a key are its partition. It may look at nothing but the first byte; a key that is
 * shorter is all partition. So the order of (partition, rest) is the order of keys.
 */
export type PartitionBytesOf = (firstByte: number) => number;

/** A key as its row has it. */
export interface SplitKey {
  partition: Buffer;
  sort: Buffer;
}

/** As a KeyRange. */
export interface SplitRange {
  start: SplitKey;
  end: SplitKey;
}

export function splitKey(key: Key, partitionBytesOf: PartitionBytesOf): SplitKey {
  const bytes = key.length === 0 ? 0 : partitionBytesOf(key[0]!);
  return {partition: key.subarray(0, bytes), sort: key.subarray(bytes)};
}
