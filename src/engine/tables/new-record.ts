import type {IndexId, IndexRecord, TableRecord, Throughput, WarmThroughput} from '../../keyspace/table-record.ts';
import {wantedShards} from '../streams/shard-count.ts';
import type {StreamSettings} from '../streams/stream-settings.ts';
import type {Capacity, NewIndex, NewTable, StreamViewType} from './new-table.ts';

/** What a new on-demand table can take at once. */
export const onDemandWarm: WarmThroughput = {readUnits: 12_000, writeUnits: 4_000};

/** The record of a new table, but for its id. */
export function newRecord(
  table: NewTable,
  uuid: string,
  nowMs: number,
  readyMs: number,
  stream: {createdMs: number; settings: StreamSettings},
): Omit<TableRecord, 'id'> {
  const onDemand = table.billingMode === 'PAY_PER_REQUEST';
  const indexes = table.indexes.map((index, at) =>
    newIndexRecord(index, table.billingMode, {id: (at + 1) as IndexId, status: 'ACTIVE', readyMs}),
  );
  return {
    uuid,
    region: table.region,
    name: table.name,
    createdMs: nowMs,
    status: 'CREATING',
    readyMs,
    attributeDefinitions: table.attributeDefinitions,
    keySchema: table.keySchema,
    indexes,
    lastIndexId: indexes.at(-1)?.id ?? 0,
    billingMode: table.billingMode,
    ...(onDemand ? {onDemandSinceMs: nowMs} : {}),
    throughput: newThroughput(table.throughput),
    ...(table.onDemandMaximum ? {onDemandMaximum: table.onDemandMaximum} : {}),
    warmThroughput: newWarmThroughput(table, table.billingMode),
    ...(table.tableClass ? {tableClass: {name: table.tableClass}} : {}),
    deletionProtection: table.deletionProtection,
    ...(table.sse ? {sse: table.sse} : {}),
    ...(table.streamViewType ? {stream: newStream(table, table.streamViewType, stream)} : {}),
    tags: table.tags,
    ...(table.resourcePolicy === undefined ? {} : {resourcePolicy: table.resourcePolicy}),
  };
}

function newStream(
  table: NewTable,
  viewType: StreamViewType,
  {createdMs, settings}: {createdMs: number; settings: StreamSettings},
): NonNullable<TableRecord['stream']> {
  const count = wantedShards({throughput: newThroughput(table.throughput)}, 0, settings);
  return {enabled: true, viewType, createdMs, shards: {first: 1, count}};
}

export function newIndexRecord(
  index: NewIndex,
  billingMode: TableRecord['billingMode'],
  state: Pick<IndexRecord, 'id' | 'status' | 'readyMs'>,
): IndexRecord {
  const {kind, name, keySchema, projection, onDemandMaximum} = index;
  const described = {...state, kind, name, keySchema, projection};
  if (kind === 'local') return described;
  return {
    ...described,
    throughput: newThroughput(index.throughput),
    ...(onDemandMaximum ? {onDemandMaximum} : {}),
    warmThroughput: newWarmThroughput(index, billingMode),
  };
}

// On-demand tables and indexes are shown with zero units.
function newThroughput(capacity: Capacity | undefined): Throughput {
  return {readUnits: capacity?.readUnits ?? 0, writeUnits: capacity?.writeUnits ?? 0, decreasesToday: 0};
}

function newWarmThroughput(
  {throughput, warmThroughput}: Pick<NewIndex, 'throughput' | 'warmThroughput'>,
  billingMode: TableRecord['billingMode'],
): WarmThroughput {
  const least = billingMode === 'PAY_PER_REQUEST' || !throughput ? onDemandWarm : throughput;
  return {...least, ...warmThroughput};
}
