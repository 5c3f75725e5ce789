import {createHash} from 'node:crypto';
import type {TableId} from '../../keyspace/table-record.ts';

/** Where a reader stands, for as long as it may stand there. */
export interface ShardIterator {
  streamArn: string;
  table: TableId;
  shard: number;
  /** Where the next record is looked for; `horizon`: at the oldest that is left. */
  position: number | 'horizon';
  issuedMs: number;
}

const version = 1;
const shardAt = 5;
const positionAt = 9;
const issuedAt = 17;
const bodyBytes = 23;
const checkBytes = 12;
const horizon = 0xffff_ffff_ffff_ffffn;
/** The log of a shard ends where that of the next one would begin. */
const shardMax = 0xffff_fffe;

/**
 * The stream's ARN and an opaque part. The check finds what was damaged or made up; it keeps no secret, since an iterator
 * gives no right that its ARN does not ask for.
 */
export function encodeIterator({streamArn, table, shard, position, issuedMs}: ShardIterator): string {
  const bytes = Buffer.alloc(bodyBytes + checkBytes);
  bytes[0] = version;
  bytes.writeUInt32BE(table, 1);
  bytes.writeUInt32BE(shard, shardAt);
  bytes.writeBigUInt64BE(position === 'horizon' ? horizon : BigInt(position), positionAt);
  bytes.writeUIntBE(issuedMs, issuedAt, 6);
  checkOf(streamArn, bytes).copy(bytes, bodyBytes);
  return `${streamArn}|${version}|${bytes.toString('base64')}`;
}

/** Undefined for a text that `encodeIterator` did not make, or made of numbers that no shard and no place in it has. */
export function decodeIterator(text: string): ShardIterator | undefined {
  const [streamArn, sentVersion, base64, ...rest] = text.split('|', 4);
  if (!streamArn || sentVersion !== `${version}` || !base64 || rest.length > 0) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== bodyBytes + checkBytes || bytes.toString('base64') !== base64) return undefined;
  if (!checkOf(streamArn, bytes).equals(bytes.subarray(bodyBytes))) return undefined;
  const shard = bytes.readUInt32BE(shardAt);
  const sentPosition = bytes.readBigUInt64BE(positionAt);
  const position = sentPosition === horizon ? 'horizon' : Number(sentPosition);
  if (shard > shardMax || (position !== 'horizon' && !Number.isSafeInteger(position))) return undefined;
  return {
    streamArn,
    table: bytes.readUInt32BE(1) as TableId,
    shard,
    position,
    issuedMs: bytes.readUIntBE(issuedAt, 6),
  };
}

function checkOf(streamArn: string, bytes: Buffer): Buffer {
  return createHash('sha256').update(streamArn).update(bytes.subarray(0, bodyBytes)).digest().subarray(0, checkBytes);
}
