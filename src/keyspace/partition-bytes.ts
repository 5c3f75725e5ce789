import {indexIdBytes, keySpace, partitionHashBytes, tableIdBytes} from './register.ts';
import {tokenSpanBytes} from './request-token.ts';
import {shardBytes} from './stream-key.ts';

const spaceBytes = 1;

/**
 * How many bytes at the beginning of a key are the same for all that belongs together, for stores that lay data out by
 * partition. On disk, of every store that does: never change it for a space that is in use.
 */
export function partitionBytesOf(space: number): number {
  switch (space) {
    case keySpace.item:
    case keySpace.collectionBytes:
      return spaceBytes + tableIdBytes + partitionHashBytes;
    case keySpace.indexEntry:
      return spaceBytes + tableIdBytes + indexIdBytes + partitionHashBytes;
    case keySpace.expiry:
      return spaceBytes + tableIdBytes;
    case keySpace.changeRecord:
      return spaceBytes + tableIdBytes + shardBytes;
    default:
      return spaceBytes;
  }
}

/** Of the hash of a partition key. */
const bucketBytes = 1;

/**
 * The same for stores that spread partitions over machines, and walk a table one partition after another: the partition keys of a
 * table (or index) share 256 of them, and so do the request tokens of one span of time; the totals of a table are one. Everything
 * that partitionBytesOf keeps together of an item, or of a log, stays so. On disk, too.
 */
export function spreadPartitionBytesOf(space: number): number {
  switch (space) {
    case keySpace.item:
    case keySpace.collectionBytes:
    case keySpace.indexEntry:
      return partitionBytesOf(space) - partitionHashBytes + bucketBytes;
    case keySpace.requestToken:
      return spaceBytes + tokenSpanBytes + bucketBytes;
    case keySpace.totals:
      return spaceBytes + tableIdBytes;
    default:
      return partitionBytesOf(space);
  }
}
