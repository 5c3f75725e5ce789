import type {StreamId} from './stream-key.ts';
import type {KeySchema, TableId, TableRecord} from './table-record.ts';

/** What a shard's id is made of. */
export interface ShardName {
  number: number;
  openedMs: number;
}

/** One log of changes: those of the items whose partition hashes lie in a range, while it was open. */
export interface ShardRecord extends ShardName {
  /** Whose range this shard's lies in, and which was closed when it opened. It may be gone by now. */
  parent?: ShardName;
  closedMs?: number;
  /** Records before this position are gone. */
  trimmedBefore: number;
}

/** A stream stays until its records are trimmed, however long ago its table was deleted. */
export interface StreamRecord extends StreamId {
  tableId: TableId;
  viewType: NonNullable<TableRecord['stream']>['viewType'];
  keySchema: KeySchema;
  /** Oldest first: in the order of their numbers. */
  shards: readonly ShardRecord[];
}

export function encodeStreamRecord(record: StreamRecord): Buffer {
  return Buffer.from(JSON.stringify(record), 'utf8');
}

export function decodeStreamRecord(bytes: Buffer): StreamRecord {
  return JSON.parse(bytes.toString('utf8')) as StreamRecord;
}

/** Written apart from the stream, so that who ends it need not read it. */
export function encodeStreamEnd(endedMs: number): Buffer {
  return Buffer.from(JSON.stringify({endedMs}), 'utf8');
}

export function decodeStreamEnd(bytes: Buffer): number {
  return (JSON.parse(bytes.toString('utf8')) as {endedMs: number}).endedMs;
}
