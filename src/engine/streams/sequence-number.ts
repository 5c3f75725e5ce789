import {assert} from '../../base/assert.ts';

/** A place in the log of a shard. */
export interface Place {
  shard: number;
  position: number;
}

const shardDigits = 8;
const positionDigits = 15;
const pattern = new RegExp(`^1(\\d{${shardDigits}})(\\d{${positionDigits}})$`);

/**
 * 24 decimal digits. They rise with the position and, since a child's number is above its parent's, along the lineage of
 * shards, whether they are compared as numbers or as texts.
 */
export function sequenceNumber({shard, position}: Place): string {
  assert(shard < 10 ** shardDigits && position < 10 ** positionDigits, 'a place fits a sequence number', {
    shard,
    position,
  });
  return `1${String(shard).padStart(shardDigits, '0')}${String(position).padStart(positionDigits, '0')}`;
}

/** Undefined for a text that is no sequence number of ours. */
export function parseSequenceNumber(text: string): Place | undefined {
  const [, shard, position] = pattern.exec(text) ?? [];
  return shard === undefined ? undefined : {shard: Number(shard), position: Number(position)};
}
