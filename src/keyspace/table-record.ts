import type {Brand} from '../base/brand.ts';
import type {KeyAttributeType} from '../model/attribute-value.ts';
import {keySpace} from './register.ts';

/** Ours, never reused, so that a re-created table cannot inherit old bytes. Only tables/create-table.ts makes one. */
export type TableId = Brand<number, 'TableId'>;
/** Unique within a table and never reused there; 0 is the table itself. */
export type IndexId = Brand<number, 'IndexId'>;

export interface KeyAttribute {
  name: string;
  type: KeyAttributeType;
}

/** One to four partition attributes and up to four sort attributes; tables and local indexes have one of each at most. */
export interface KeySchema {
  partition: readonly KeyAttribute[];
  sort: readonly KeyAttribute[];
}

export type ProjectionRecord = {kind: 'ALL'} | {kind: 'KEYS_ONLY'} | {kind: 'INCLUDE'; attributes: readonly string[]};

export interface Throughput {
  readUnits: number;
  writeUnits: number;
  /** Milliseconds since 1970, as are all times here. */
  lastIncreaseMs?: number;
  lastDecreaseMs?: number;
  decreasesToday: number;
}

/** -1 lifts a maximum, which AWS shows as -1 too. */
export interface OnDemandMaximum {
  readUnits?: number;
  writeUnits?: number;
}

export interface WarmThroughput {
  readUnits: number;
  writeUnits: number;
}

export interface IndexRecord {
  id: IndexId;
  kind: 'local' | 'global';
  name: string;
  keySchema: KeySchema;
  projection: ProjectionRecord;
  /** CREATING is ended by the backfill job, DELETING by the job that removes it, UPDATING by `readyMs`. */
  status: 'CREATING' | 'UPDATING' | 'ACTIVE' | 'DELETING';
  /** No sooner than this is the status shown as ACTIVE (or the index gone). */
  readyMs: number;
  throughput?: Throughput;
  onDemandMaximum?: OnDemandMaximum;
  warmThroughput?: WarmThroughput;
}

export interface TableRecord {
  id: TableId;
  /** The `TableId` that AWS shows. */
  uuid: string;
  region: string;
  name: string;
  createdMs: number;
  status: 'CREATING' | 'UPDATING' | 'ACTIVE' | 'DELETING';
  /** Until then `status` is shown; after that ACTIVE (or, when DELETING, the table is gone). */
  readyMs: number;
  attributeDefinitions: readonly KeyAttribute[];
  keySchema: KeySchema;
  /** In the order of creation. */
  indexes: readonly IndexRecord[];
  lastIndexId: IndexId | 0;
  billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** When the mode was last set to PAY_PER_REQUEST; absent for tables that never were. */
  onDemandSinceMs?: number;
  throughput: Throughput;
  onDemandMaximum?: OnDemandMaximum;
  warmThroughput?: WarmThroughput;
  tableClass?: {name: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS'; changedMs?: number};
  deletionProtection: boolean;
  /** `keyId` as the caller wrote it: an id, an alias or an ARN. */
  sse?: {type: 'KMS'; keyId?: string};
  /** The newest stream; AWS goes on showing its ARN and label after it is disabled. */
  stream?: {
    enabled: boolean;
    viewType: 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY';
    createdMs: number;
    /** The open shards: their numbers follow each other, and each holds an equal part of the space of partition hashes. */
    shards: {first: number; count: number};
  };
  timeToLive?: {
    /** When it was last turned on or off. */
    changedMs: number;
    /** Absent while it is off. `index` is that on expiry times, another each time; `filled`: every item is entered. */
    on?: {attribute: string; index: IndexId; filled: boolean};
  };
  tags: readonly {key: string; value: string}[];
  resourcePolicy?: string;
}

/** Neither regions nor table names hold a zero byte, so tables lie in the order of their names within a region. */
export function tableKey(region: string, name: string): Buffer {
  return Buffer.from(`${String.fromCharCode(keySpace.tableByName)}${region}\0${name}`, 'latin1');
}

/** The tables of a region whose names come after `afterName`. */
export function tablesOfRegion(region: string, afterName = ''): {start: Buffer; end: Buffer} {
  return {
    start: tableKey(region, afterName === '' ? '' : `${afterName}\0`),
    end: Buffer.from(`${String.fromCharCode(keySpace.tableByName)}${region}\x01`, 'latin1'),
  };
}

export function encodeTableRecord(record: TableRecord): Buffer {
  return Buffer.from(JSON.stringify(record), 'utf8');
}

export function decodeTableRecord(bytes: Buffer): TableRecord {
  return JSON.parse(bytes.toString('utf8')) as TableRecord;
}
