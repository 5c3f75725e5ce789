import type {
  IndexRecord,
  KeyAttribute,
  KeySchema,
  OnDemandMaximum,
  ProjectionRecord,
  TableRecord,
} from '../../keyspace/table-record.ts';

/** Provisioned units a second. */
export interface Capacity {
  readUnits: number;
  writeUnits: number;
}

/** An index as somebody asks for it. Its throughput members have been held against the table's billing mode. */
export interface NewIndex {
  kind: IndexRecord['kind'];
  name: string;
  keySchema: KeySchema;
  projection: ProjectionRecord;
  throughput?: Capacity;
  onDemandMaximum?: OnDemandMaximum;
  warmThroughput?: Partial<Capacity>;
}

/** A table as somebody asks for it, sound in itself. */
export interface NewTable {
  region: string;
  name: string;
  attributeDefinitions: readonly KeyAttribute[];
  keySchema: KeySchema;
  /** In the order of the request, local ones first. */
  indexes: readonly NewIndex[];
  billingMode: TableRecord['billingMode'];
  throughput?: Capacity;
  onDemandMaximum?: OnDemandMaximum;
  warmThroughput?: Partial<Capacity>;
  tableClass?: TableClass;
  deletionProtection: boolean;
  sse?: SseRecord;
  streamViewType?: StreamViewType;
  tags: TableRecord['tags'];
  resourcePolicy?: string;
}

export type TableClass = NonNullable<TableRecord['tableClass']>['name'];
export type SseRecord = NonNullable<TableRecord['sse']>;
export type StreamViewType = NonNullable<TableRecord['stream']>['viewType'];
