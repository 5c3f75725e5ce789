import {keySpace, tableIdBytes} from './register.ts';
import type {TableId} from './table-record.ts';

/** Where a stream lies: what callers name by its ARN. */
export interface StreamId {
  region: string;
  table: string;
  /** The stream's label is this moment. */
  createdMs: number;
}

const timeBytes = 8;
const part = {description: 0, end: 1} as const;

/** Neither regions nor table names hold a zero byte, so the streams of a table lie together, in the order of creation. */
export function streamKey(stream: StreamId): Buffer {
  return keyOf(stream, part.description);
}

/** A stream that has ended has this key too. */
export function streamEndKey(stream: StreamId): Buffer {
  return keyOf(stream, part.end);
}

function keyOf({region, table, createdMs}: StreamId, last: number): Buffer {
  const prefix = tablePrefix(region, table);
  const key = Buffer.allocUnsafe(prefix.length + timeBytes + 1);
  prefix.copy(key);
  key.writeBigUInt64BE(BigInt(createdMs), prefix.length);
  key[key.length - 1] = last;
  return key;
}

function tablePrefix(region: string, table: string): Buffer {
  return Buffer.from(`${String.fromCharCode(keySpace.stream)}${region}\0${table}\0`, 'latin1');
}

export function isStreamEndKey(key: Buffer): boolean {
  return key[key.length - 1] === part.end;
}

interface Range {
  start: Buffer;
  end: Buffer;
}

export function allStreams(): Range {
  return {start: Buffer.from([keySpace.stream]), end: Buffer.from([keySpace.stream + 1])};
}

/** The streams of a region, or of one table there. */
export function streamsOf(region: string, table?: string): Range {
  if (table !== undefined) {
    const start = tablePrefix(region, table);
    return {start, end: Buffer.from(`${start.toString('latin1', 0, start.length - 1)}\x01`, 'latin1')};
  }
  const head = `${String.fromCharCode(keySpace.stream)}${region}`;
  return {start: Buffer.from(`${head}\0`, 'latin1'), end: Buffer.from(`${head}\x01`, 'latin1')};
}

export const shardBytes = 4;
const logBytes = 1 + tableIdBytes + shardBytes;
const positionBytes = 8;

/** The log of a shard. Shards of a table are numbered from 1, whatever stream they belong to. */
export function shardLog(table: TableId, shard: number): Buffer {
  const key = Buffer.allocUnsafe(logBytes);
  key[0] = keySpace.changeRecord;
  key.writeUInt32BE(table, 1);
  key.writeUInt32BE(shard, 1 + tableIdBytes);
  return key;
}

/** The log with all its records; its positions begin with it. */
export function shardRange(table: TableId, shard: number): Range {
  return {start: shardLog(table, shard), end: shardLog(table, shard + 1)};
}

/** The records of a shard from a position on. */
export function recordsFrom(table: TableId, shard: number, position: number): Range {
  return {start: recordKey(table, shard, position), end: shardLog(table, shard + 1)};
}

export function recordKey(table: TableId, shard: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(logBytes + positionBytes);
  shardLog(table, shard).copy(key);
  key.writeBigUInt64BE(BigInt(position), logBytes);
  return key;
}

export function positionOf(key: Buffer): number {
  return Number(key.readBigUInt64BE(logBytes));
}
