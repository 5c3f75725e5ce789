import {streamArn, streamLabel} from '../../engine/streams/stream-arn.ts';
import type {
  IndexRecord,
  KeySchema,
  OnDemandMaximum,
  ProjectionRecord,
  TableRecord,
  Throughput,
} from '../../engine/tables/table-types.ts';
import type {TableView, Totals} from '../../engine/tables/table-view.ts';
import {indexArn, type TableName, tableArn} from '../../model/names.ts';
import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  LocalSecondaryIndexDescription,
  OnDemandThroughput,
  Projection,
  ProvisionedThroughputDescription,
  TableDescription,
} from '../../model/shapes.generated.ts';
import {kmsKeyArn} from './kms-key-arn.ts';

/** What AWS tells of a table. */
export function tableDescription(view: TableView, accountId: string): TableDescription {
  const {record} = view;
  const brief: TableDescription = {
    TableName: record.name,
    TableStatus: record.status,
    TableArn: arnOf(record, accountId),
    TableId: record.uuid,
    ...sizes(view.totals.get(0), 'TableSizeBytes'),
    ProvisionedThroughput: throughputOf(record.throughput),
    DeletionProtectionEnabled: record.deletionProtection,
  };
  // scylladb's test_table.py, run against AWS: of what a table is, only its billing is told while it goes.
  if (record.status === 'DELETING') return {...brief, ...billingModeOf(view)};
  const local = record.indexes.filter(index => index.kind === 'local');
  const global = record.indexes.filter(index => index.kind === 'global');
  return {
    AttributeDefinitions: record.attributeDefinitions.map(({name, type}) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: keyElements(record.keySchema),
    CreationDateTime: seconds(record.createdMs),
    ...brief,
    ...billingModeOf(view),
    ...(local.length > 0 ? {LocalSecondaryIndexes: local.map(index => localIndex(view, index, accountId))} : {}),
    ...(global.length > 0 ? {GlobalSecondaryIndexes: global.map(index => globalIndex(view, index, accountId))} : {}),
    ...streamOf(record, accountId),
    ...sseOf(record, accountId),
    ...tableClassOf(record),
    ...onDemandOf(record.onDemandMaximum),
    ...warmOf(view, record),
  };
}

function arnOf(record: TableRecord, accountId: string): string {
  return tableArn(record.region, accountId, record.name as TableName);
}

function localIndex(view: TableView, index: IndexRecord, accountId: string): LocalSecondaryIndexDescription {
  return {
    IndexName: index.name,
    KeySchema: keyElements(index.keySchema),
    Projection: projectionOf(index.projection),
    ...sizes(view.totals.get(index.id), 'IndexSizeBytes'),
    IndexArn: indexArn(view.record.region, accountId, view.record.name as TableName, index.name),
  };
}

function globalIndex(view: TableView, index: IndexRecord, accountId: string): GlobalSecondaryIndexDescription {
  const {record} = view;
  return {
    ...localIndex(view, index, accountId),
    // Indexes that are created with their table become active with it.
    IndexStatus: record.status === 'CREATING' ? 'CREATING' : index.status,
    // Shown only while an index is added to a live table: false while room is made for it, true while it is filled.
    ...(index.status === 'CREATING' ? {Backfilling: record.status !== 'UPDATING'} : {}),
    ...(index.throughput ? {ProvisionedThroughput: throughputOf(index.throughput)} : {}),
    ...onDemandOf(index.onDemandMaximum),
    ...warmOf(view, index),
  };
}

function sizes<Name extends string>(totals: Totals | undefined, bytesName: Name) {
  return {ItemCount: totals?.items ?? 0, ...({[bytesName]: totals?.bytes ?? 0} as Record<Name, number>)};
}

/** Times on the wire are seconds since 1970, with a fraction. */
function seconds(ms: number): number {
  return ms / 1000;
}

export function keyElements(schema: KeySchema): KeySchemaElement[] {
  return [
    ...schema.partition.map(({name}) => ({AttributeName: name, KeyType: 'HASH' as const})),
    ...schema.sort.map(({name}) => ({AttributeName: name, KeyType: 'RANGE' as const})),
  ];
}

function projectionOf(projection: ProjectionRecord): Projection {
  if (projection.kind !== 'INCLUDE') return {ProjectionType: projection.kind};
  return {ProjectionType: 'INCLUDE', NonKeyAttributes: [...projection.attributes]};
}

function throughputOf(throughput: Throughput): ProvisionedThroughputDescription {
  const {lastIncreaseMs, lastDecreaseMs} = throughput;
  return {
    ...(lastIncreaseMs === undefined ? {} : {LastIncreaseDateTime: seconds(lastIncreaseMs)}),
    ...(lastDecreaseMs === undefined ? {} : {LastDecreaseDateTime: seconds(lastDecreaseMs)}),
    NumberOfDecreasesToday: throughput.decreasesToday,
    ReadCapacityUnits: throughput.readUnits,
    WriteCapacityUnits: throughput.writeUnits,
  };
}

// Tables that were never on demand are shown without a billing mode. Others have it twice.
function billingModeOf({
  record,
  omitted,
}: TableView): Pick<TableDescription, 'BillingModeSummary' | 'TableThroughputModeSummary'> {
  if (record.onDemandSinceMs === undefined) return {};
  const since = omitted.has('onDemandSince')
    ? {}
    : {LastUpdateToPayPerRequestDateTime: seconds(record.onDemandSinceMs)};
  return {
    BillingModeSummary: {BillingMode: record.billingMode, ...since},
    TableThroughputModeSummary: {TableThroughputMode: record.billingMode, ...since},
  };
}

// After a stream is disabled its ARN and label are still shown.
function streamOf({stream, region, name}: TableRecord, accountId: string): Partial<TableDescription> {
  if (!stream) return {};
  return {
    ...(stream.enabled ? {StreamSpecification: {StreamEnabled: true, StreamViewType: stream.viewType}} : {}),
    LatestStreamLabel: streamLabel(stream.createdMs),
    LatestStreamArn: streamArn({region, table: name, createdMs: stream.createdMs}, accountId),
  };
}

// Encryption is described only. Without a key of the caller's own it is the one that AWS keeps for the account.
function sseOf({sse, region}: TableRecord, accountId: string): Pick<TableDescription, 'SSEDescription'> {
  if (!sse) return {};
  const keyArn = kmsKeyArn(sse.keyId ?? 'alias/aws/dynamodb', region, accountId);
  return {SSEDescription: {Status: 'ENABLED', SSEType: sse.type, KMSMasterKeyArn: keyArn}};
}

function tableClassOf({tableClass}: TableRecord): Pick<TableDescription, 'TableClassSummary'> {
  if (!tableClass) return {};
  const changed = tableClass.changedMs === undefined ? {} : {LastUpdateDateTime: seconds(tableClass.changedMs)};
  return {TableClassSummary: {TableClass: tableClass.name, ...changed}};
}

function onDemandOf(maximum: OnDemandMaximum | undefined): {OnDemandThroughput?: OnDemandThroughput} {
  if (!maximum) return {};
  const {readUnits, writeUnits} = maximum;
  return {
    OnDemandThroughput: {
      ...(readUnits === undefined ? {} : {MaxReadRequestUnits: readUnits}),
      ...(writeUnits === undefined ? {} : {MaxWriteRequestUnits: writeUnits}),
    },
  };
}

function warmOf(view: TableView, {warmThroughput: warm}: Pick<TableRecord, 'warmThroughput'>) {
  if (!warm || view.omitted.has('warmThroughput')) return {};
  const creating = view.record.status === 'CREATING';
  return {
    WarmThroughput: {
      ReadUnitsPerSecond: warm.readUnits,
      WriteUnitsPerSecond: warm.writeUnits,
      Status: creating ? ('UPDATING' as const) : ('ACTIVE' as const),
    },
  };
}
