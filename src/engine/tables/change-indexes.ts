import type {IndexId, IndexRecord, TableRecord} from '../../keyspace/table-record.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import type {Lifecycle} from '../engine.ts';
import type {StreamSettings} from '../streams/stream-settings.ts';
import {changeOnDemandMaximum} from './change-on-demand.ts';
import {changeThroughput} from './change-throughput.ts';
import {atLeast, changeWarmThroughput} from './change-warm-throughput.ts';
import {newIndexRecord} from './new-record.ts';
import {globalIndexesMax, mustFitQuotas} from './quotas.ts';
import type {IndexChange} from './table-change.ts';
import {invalidParameter, limitExceeded, tableInUse} from './table-errors.ts';

export interface ChangeTime {
  nowMs: number;
  lifecycle: Lifecycle;
  /** The label of a stream that is enabled. */
  streamMs: number;
  streams: StreamSettings;
}

/** Throws in the words of UpdateTable. A table has at most one index that is being created or deleted. */
export function changeIndexes(
  record: TableRecord,
  changes: readonly IndexChange[],
  switchesToProvisioned: boolean,
  time: ChangeTime,
): TableRecord {
  mustBeOneOnlineChange(record, changes);
  mustBePossibleUnits(changes);
  let changed = record;
  for (const change of changes) {
    if (change.kind === 'create') changed = createIndex(changed, change, time);
    else if (change.kind === 'delete') changed = deleteIndex(changed, change.name, time);
    else changed = updateIndex(changed, change, switchesToProvisioned, time);
  }
  return changed;
}

function mustBeOneOnlineChange(record: TableRecord, changes: readonly IndexChange[]): void {
  const online = changes.filter(change => change.kind !== 'update');
  if (online.length === 0) return;
  const busy = record.indexes.filter(index => index.status === 'CREATING' || index.status === 'DELETING');
  const others = busy.filter(index => index.name !== online[0]!.name);
  if (online.length === 1 && others.length === 0) return;
  throw limitExceeded(
    'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
  );
}

const indexUnitsMax = 1_000_000_000_000;

// Looked at once the table is found, whether or not the index is there (dynalite test/updateTable.js).
function mustBePossibleUnits(changes: readonly IndexChange[]): void {
  for (const change of changes) {
    if (change.kind !== 'update' || !change.throughput) continue;
    const {readUnits, writeUnits} = change.throughput;
    if (readUnits <= indexUnitsMax && writeUnits <= indexUnitsMax) continue;
    throw validationError(
      'This operation cannot be performed with given input values. Please contact DynamoDB service team for more ' +
        'info: Action Blocked: IndexUpdate',
    );
  }
}

function createIndex(
  record: TableRecord,
  {name, prepare}: IndexChange & {kind: 'create'},
  {nowMs, lifecycle}: ChangeTime,
): TableRecord {
  const present = record.indexes.find(index => index.name === name);
  // Recorded of a vector index in 2026; nothing says that others differ.
  if (present?.status === 'CREATING') throw indexInUse(record, name, 'created');
  if (present) throw validationError('Attempting to create an index which already exists');
  const known = new Map(record.attributeDefinitions.map(attribute => [attribute.name, attribute]));
  const {index, keySchema} = prepare(known, record.billingMode);
  if (record.indexes.filter(({kind}) => kind === 'global').length >= globalIndexesMax) {
    throw limitExceeded(
      `Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of ${globalIndexesMax}`,
    );
  }
  mustFitQuotas(record.region, undefined, [index]);
  const id = (record.lastIndexId + 1) as IndexId;
  const readyMs = nowMs + lifecycle.indexCreatingMs;
  for (const attribute of [...keySchema.partition, ...keySchema.sort]) known.set(attribute.name, attribute);
  return {
    ...record,
    attributeDefinitions: [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    indexes: [...record.indexes, newIndexRecord(index, record.billingMode, {id, status: 'CREATING', readyMs})],
    lastIndexId: id,
  };
}

/** With two spaces between its sentences, as recorded (hashicorp/terraform#13243). */
function indexInUse({name}: TableRecord, index: string, action: 'created' | 'updated'): ServiceError {
  return tableInUse(`Index is being ${action}.  Table: ${name} Index: ${index}`);
}

function deleteIndex(record: TableRecord, name: string, {nowMs, lifecycle}: ChangeTime): TableRecord {
  const index = globalIndex(record, name, 'delete');
  if (index.status === 'CREATING' && record.status === 'UPDATING') {
    throw tableInUse(
      'Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is ' +
        `active. Table: ${record.name} Index: ${name}`,
    );
  }
  return withIndex(record, {...index, status: 'DELETING', readyMs: nowMs + lifecycle.indexDeletingMs});
}

function updateIndex(
  record: TableRecord,
  change: IndexChange & {kind: 'update'},
  switchesToProvisioned: boolean,
  {nowMs, lifecycle}: ChangeTime,
): TableRecord {
  const index = globalIndex(record, change.name, 'update');
  if (index.status === 'UPDATING') throw indexInUse(record, index.name, 'updated');
  let changed = index;
  if (change.throughput) {
    if (record.billingMode === 'PAY_PER_REQUEST') {
      throw invalidParameter(
        `The only Updates for index: ${index.name} when TableThroughputMode is PAY_PER_REQUEST can be to ` +
          'OnDemandThroughput, WarmThroughput',
      );
    }
    mustFitQuotas(record.region, undefined, [{name: index.name, throughput: change.throughput}]);
    const current = index.throughput ?? {readUnits: 0, writeUnits: 0, decreasesToday: 0};
    const throughput = switchesToProvisioned
      ? {...current, ...change.throughput}
      : changeThroughput(current, change.throughput, nowMs, index.name);
    changed = {...changed, throughput, warmThroughput: atLeast(index.warmThroughput, throughput)};
  }
  if (change.onDemandMaximum) {
    mustBeOnDemand(record, change.onDemandMaximum, index.name);
    const {onDemandMaximum: current, ...rest} = changed;
    const onDemandMaximum = changeOnDemandMaximum(current, change.onDemandMaximum);
    changed = {...rest, ...(onDemandMaximum ? {onDemandMaximum} : {})};
  }
  if (change.warmThroughput) {
    const warmThroughput = changeWarmThroughput(index.warmThroughput, change.warmThroughput, index.name);
    changed = {...changed, warmThroughput};
  }
  if ((change.throughput || change.onDemandMaximum) && changed.status === 'ACTIVE') {
    changed = {...changed, status: 'UPDATING', readyMs: nowMs + lifecycle.tableUpdatingMs};
  }
  return withIndex(record, changed);
}

/** `index` undefined: of the table itself. */
export function mustBeOnDemand(record: TableRecord, wanted: {readUnits?: number}, index: string | undefined): void {
  if (record.billingMode === 'PAY_PER_REQUEST') return;
  const member = wanted.readUnits === undefined ? 'MaxWriteRequestUnits' : 'MaxReadRequestUnits';
  const of = index === undefined ? '' : ` for index : ${index}`;
  throw invalidParameter(
    `${member} for OnDemandThroughput${of} cannot be specified when the table BillingMode is PROVISIONED`,
  );
}

function globalIndex(record: TableRecord, name: string, verb: 'delete' | 'update'): IndexRecord {
  const index = record.indexes.find(candidate => candidate.name === name);
  if (!index) {
    const message = `Requested resource not found: Index ${name} for table ${record.name}`;
    throw new ServiceError('ResourceNotFoundException', message);
  }
  if (index.kind === 'local') {
    throw validationError(`Cannot ${verb} an index that is not a GlobalSecondaryIndex: ${name}`);
  }
  if (index.status === 'DELETING') {
    throw tableInUse(`Index is being deleted. Table: ${record.name} Index: ${name}`);
  }
  return index;
}

function withIndex(record: TableRecord, changed: IndexRecord): TableRecord {
  return {...record, indexes: record.indexes.map(index => (index.id === changed.id ? changed : index))};
}
