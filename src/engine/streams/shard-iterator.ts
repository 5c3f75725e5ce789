import {createHash} from 'node:crypto';

/** Where a reader stands, for as long as it may stand there. */
export interface ShardIterator {
  streamArn: string;
  shard: number;
  /** Where the next record is looked for; `horizon`: at the oldest that is left. */
  position: number | 'horizon';
  issuedMs: number;
}

const version = 1;
const bodyBytes = 1 + 4 + 8 + 6;
const checkBytes = 12;
const horizon = 0xffff_ffff_ffff_ffffn;

/**
 * The stream's ARN and an opaque part. The check finds what was damaged or made up; it keeps no secret, since an iterator
 * gives no right that its ARN does not ask for.
 */
export function encodeIterator({streamArn, shard, position, issuedMs}: ShardIterator): string {
  const bytes = Buffer.alloc(bodyBytes + checkBytes);
  bytes[0] = version;
  bytes.writeUInt32BE(shard, 1);
  bytes.writeBigUInt64BE(position === 'horizon' ? horizon : BigInt(position), 5);
  bytes.writeUIntBE(issuedMs, 13, 6);
  checkOf(streamArn, bytes).copy(bytes, bodyBytes);
  return `${streamArn}|${version}|${bytes.toString('base64')}`;
}

/** Undefined for a text that `encodeIterator` did not make. */
export function decodeIterator(text: string): ShardIterator | undefined {
  const [streamArn, sentVersion, base64, ...rest] = text.split('|', 4);
  if (!streamArn || sentVersion !== `${version}` || !base64 || rest.length > 0) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== bodyBytes + checkBytes || bytes.toString('base64') !== base64) return undefined;
  if (!checkOf(streamArn, bytes).equals(bytes.subarray(bodyBytes))) return undefined;
  const position = bytes.readBigUInt64BE(5);
  return {
    streamArn,
    shard: bytes.readUInt32BE(1),
    position: position === horizon ? 'horizon' : Number(position),
    issuedMs: bytes.readUIntBE(13, 6),
  };
}

function checkOf(streamArn: string, bytes: Buffer): Buffer {
  return createHash('sha256').update(streamArn).update(bytes.subarray(0, bodyBytes)).digest().subarray(0, checkBytes);
}
