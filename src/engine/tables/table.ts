import type {Clock} from '../../base/clock.ts';
import {totalsKey} from '../../keyspace/item-key.ts';
import {
  decodeTableRecord,
  type IndexId,
  type IndexRecord,
  type KeySchema,
  type TableRecord,
} from '../../keyspace/table-record.ts';
import {type OpenStream, openStreamOf} from '../streams/open-stream.ts';

/** An index with what every write needs to know of it, worked out once. */
export interface Index {
  record: IndexRecord;
  totalsKey: Buffer;
  /** Names an entry holds: keys of table and index, and what INCLUDE adds. Undefined: all. */
  projected: ReadonlySet<string> | undefined;
}

/** A table record with what requests need to know of it, worked out once. */
export interface Table {
  record: TableRecord;
  /** The record as stored: equal bytes mean that this is still the table. */
  bytes: Buffer;
  /** Where the record lies. */
  key: Buffer;
  totalsKey: Buffer;
  keyNames: ReadonlySet<string>;
  /** Indexes that writes maintain: every one that is not being deleted. */
  indexes: readonly Index[];
  /** The same by name: the order in which AWS finds fault with their keys. */
  indexesByName: readonly Index[];
  hasLocalIndexes: boolean;
  /** The attribute by which items expire, and the index on it that writes maintain. */
  timeToLive: {attribute: string; index: IndexId} | undefined;
  /** Where writes record their changes; undefined without an enabled stream. */
  stream: OpenStream | undefined;
}

export function tableFromBytes(key: Buffer, bytes: Buffer, clock: Clock): Table {
  const record = decodeTableRecord(bytes);
  const live = record.indexes.filter(index => index.status !== 'DELETING');
  const indexes = live.map(index => ({
    record: index,
    totalsKey: totalsKey(record.id, index.id),
    projected: projectedNames(record, index),
  }));
  return {
    record,
    bytes,
    key,
    totalsKey: totalsKey(record.id, 0),
    keyNames: new Set(namesOf(record.keySchema)),
    indexes,
    indexesByName: indexes.toSorted((a, b) => (a.record.name < b.record.name ? -1 : 1)),
    hasLocalIndexes: live.some(index => index.kind === 'local'),
    timeToLive: record.timeToLive?.on,
    stream: openStreamOf(record, clock),
  };
}

export function namesOf(schema: KeySchema): string[] {
  return [...schema.partition, ...schema.sort].map(attribute => attribute.name);
}

function projectedNames(record: TableRecord, index: IndexRecord): ReadonlySet<string> | undefined {
  if (index.projection.kind === 'ALL') return undefined;
  const included = index.projection.kind === 'INCLUDE' ? index.projection.attributes : [];
  return new Set([...namesOf(record.keySchema), ...namesOf(index.keySchema), ...included]);
}

/** The status that AWS would show at `nowMs`; undefined once a deleted table is gone. */
export function statusAt(record: TableRecord, nowMs: number): TableRecord['status'] | undefined {
  if (nowMs < record.readyMs) return record.status;
  return record.status === 'DELETING' ? undefined : 'ACTIVE';
}
