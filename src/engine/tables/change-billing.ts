import type {IndexRecord, TableRecord, Throughput} from '../../keyspace/table-record.ts';
import {changeThroughput} from './change-throughput.ts';
import {atLeast} from './change-warm-throughput.ts';
import {onDemandWarm} from './new-record.ts';
import {mustFitQuotas} from './quotas.ts';
import type {TableChange} from './table-change.ts';
import {invalidParameter} from './table-errors.ts';

/** The billing mode and the table's own throughput. Those of the indexes are changed after. */
export function changeBilling(record: TableRecord, change: TableChange, nowMs: number): TableRecord {
  const billingMode = change.billingMode ?? record.billingMode;
  if (billingMode === 'PAY_PER_REQUEST') {
    if (change.throughput) {
      throw invalidParameter(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      );
    }
    return record.billingMode === 'PAY_PER_REQUEST' ? record : toOnDemand(record, nowMs);
  }
  if (record.billingMode === 'PAY_PER_REQUEST') return toProvisioned(record, change);
  if (!change.throughput) return record;
  mustFitQuotas(record.region, change.throughput, []);
  const throughput = changeThroughput(record.throughput, change.throughput, nowMs, undefined);
  return {...record, throughput, warmThroughput: atLeast(record.warmThroughput, throughput)};
}

function toOnDemand(record: TableRecord, nowMs: number): TableRecord {
  const nothing = (throughput: Throughput): Throughput => ({...throughput, readUnits: 0, writeUnits: 0});
  const indexes = record.indexes.map(index => {
    if (!index.throughput) return index;
    // The switch counts as a decrease of each index, not of the table: seen with the service.
    const {decreasesToday} = index.throughput;
    const throughput = {...nothing(index.throughput), lastDecreaseMs: nowMs, decreasesToday: decreasesToday + 1};
    return {...index, throughput, warmThroughput: atLeast(index.warmThroughput, onDemandWarm)};
  });
  return {
    ...record,
    billingMode: 'PAY_PER_REQUEST',
    onDemandSinceMs: nowMs,
    throughput: nothing(record.throughput),
    warmThroughput: atLeast(record.warmThroughput, onDemandWarm),
    indexes,
  };
}

function toProvisioned(record: TableRecord, change: TableChange): TableRecord {
  // UpdateTable holds the request to naming both before it looks for the table.
  const throughput = change.throughput!;
  const updated = new Set(
    change.indexChanges.flatMap(index => (index.kind === 'update' && index.throughput ? [index.name] : [])),
  );
  const deleted = new Set(change.indexChanges.flatMap(index => (index.kind === 'delete' ? [index.name] : [])));
  const left = record.indexes.filter(
    index => index.kind === 'global' && !updated.has(index.name) && !deleted.has(index.name),
  );
  if (left.length > 0) {
    const names = left.map(index => index.name).join(',');
    throw invalidParameter(`ProvisionedThroughput must be specified for index: ${names}`);
  }
  mustFitQuotas(record.region, throughput, []);
  const {onDemandMaximum: _lifted, ...rest} = record;
  return {
    ...rest,
    billingMode: 'PROVISIONED',
    throughput: {...record.throughput, ...throughput},
    warmThroughput: atLeast(record.warmThroughput, throughput),
    indexes: record.indexes.map(withoutMaximum),
  };
}

function withoutMaximum({onDemandMaximum: _lifted, ...index}: IndexRecord): IndexRecord {
  return index;
}
