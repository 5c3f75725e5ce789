import type {TableRecord} from '../../keyspace/table-record.ts';
import {validationError} from '../../model/service-error.ts';
import {wantedShards} from '../streams/shard-count.ts';
import {changeBilling} from './change-billing.ts';
import {type ChangeTime, changeIndexes, mustBeOnDemand} from './change-indexes.ts';
import {changeOnDemandMaximum} from './change-on-demand.ts';
import {changeWarmThroughput} from './change-warm-throughput.ts';
import type {TableChange} from './table-change.ts';
import {invalidParameter, tableInUse} from './table-errors.ts';

export interface ChangedTable {
  record: TableRecord;
  /** What the answer shows: throughput as it was, while the change is under way. */
  shown: TableRecord;
}

/** `record` is settled. Pure. Throws in the words of UpdateTable when the table does not allow the change. */
export function changeTable(record: TableRecord, change: TableChange, time: ChangeTime): ChangedTable {
  mustTakeChange(record, change);
  const {nowMs, lifecycle} = time;
  const changesBilling = change.billingMode !== undefined || change.throughput !== undefined;
  const switches = change.billingMode !== undefined && change.billingMode !== record.billingMode;
  const billed = changesBilling ? changeBilling(record, change, nowMs) : record;
  const indexed = changeIndexes(billed, change.indexChanges, switches && change.billingMode === 'PROVISIONED', time);
  const changed = changeSettings(changeStream(indexed, change, time), change, nowMs);

  const online = change.indexChanges.some(({kind}) => kind !== 'update');
  if (!changesBilling && !online && change.stream === undefined && change.tableClass === undefined) {
    return {record: changed, shown: showOldThroughput(changed, record)};
  }
  const updating: TableRecord = {...changed, status: 'UPDATING', readyMs: nowMs + lifecycle.tableUpdatingMs};
  if (switches) return {record: updating, shown: updating};
  // A mode that is sent again is answered like one that changes something.
  const resent = changesBilling && !change.throughput && !online && change.stream === undefined;
  if (resent) return {record: changed, shown: updating};
  return {record: updating, shown: showOldThroughput(updating, record)};
}

function showOldThroughput(changed: TableRecord, before: TableRecord): TableRecord {
  const {readUnits, writeUnits, decreasesToday} = before.throughput;
  return {
    ...changed,
    throughput: {...changed.throughput, readUnits, writeUnits, decreasesToday},
    indexes: changed.indexes.map(index => {
      const old = before.indexes.find(({id}) => id === index.id)?.throughput;
      return old && index.status === 'UPDATING' ? {...index, throughput: old} : index;
    }),
  };
}

function mustTakeChange(record: TableRecord, change: TableChange): void {
  const {name, status} = record;
  if (status === 'CREATING') throw tableInUse(`Table is being created: ${name}`);
  if (status === 'DELETING') throw tableInUse(`Table is being deleted: ${name}`);
  if (change.billingMode === 'PROVISIONED' || change.throughput || switchesToOnDemand(record, change)) {
    for (const [state, word] of [
      ['CREATING', 'created'],
      ['DELETING', 'deleted'],
    ] as const) {
      const busy = record.indexes.filter(index => index.status === state).map(index => index.name);
      // While an index is filled its table takes other throughput; while room is made for it, it does not.
      if (busy.length === 0 || (state === 'CREATING' && status !== 'UPDATING')) continue;
      throw tableInUse(
        `Can't change table IOPS when an index is being ${word}. Table: ${name} Indexes: [${busy.join(', ')}]`,
      );
    }
    if (status === 'UPDATING') throw tableInUse(`Table IOPS are currently being updated. Table: ${name}`);
  }
  if (status !== 'UPDATING') return;
  if (change.stream !== undefined) {
    throw tableInUse(`Can't enable or disable stream while table IOPS are being updated. Table: ${name}`);
  }
  if (change.onDemandMaximum) {
    throw tableInUse('OnDemandThroughput cannot be updated while BillingMode update is in progress');
  }
  if (change.tableClass !== undefined) throw tableInUse(`Table: ${name} is in the process of being updated.`);
  const touchesIndexes = change.indexChanges.some(({kind}) => kind !== 'update');
  const indexBusy = record.indexes.some(index => index.status !== 'ACTIVE');
  if (touchesIndexes && !indexBusy) {
    throw tableInUse(`Can't create or delete indexes while table IOPS are being updated. Table: ${name}`);
  }
}

function switchesToOnDemand(record: TableRecord, {billingMode}: TableChange): boolean {
  return billingMode === 'PAY_PER_REQUEST' && record.billingMode !== 'PAY_PER_REQUEST';
}

function changeStream(
  record: TableRecord,
  {stream: wanted}: TableChange,
  {streamMs, streams}: ChangeTime,
): TableRecord {
  if (wanted === undefined) return record;
  const {stream} = record;
  if (wanted === false) {
    if (!stream?.enabled) throw validationError(`Table has no stream to disable: TableName: ${record.name}`);
    return {...record, stream: {...stream, enabled: false}};
  }
  if (stream?.enabled) throw validationError(`Table already has an enabled stream: TableName: ${record.name}`);
  const first = stream ? stream.shards.first + stream.shards.count : 1;
  const shards = {first, count: wantedShards(record, 0, streams)};
  return {...record, stream: {enabled: true, viewType: wanted, createdMs: streamMs, shards}};
}

function changeSettings(record: TableRecord, change: TableChange, nowMs: number): TableRecord {
  let changed = record;
  if (change.onDemandMaximum) {
    mustBeOnDemand(record, change.onDemandMaximum, undefined);
    const {onDemandMaximum: current, ...rest} = changed;
    const onDemandMaximum = changeOnDemandMaximum(current, change.onDemandMaximum);
    changed = {...rest, ...(onDemandMaximum ? {onDemandMaximum} : {})};
  }
  if (change.warmThroughput) {
    const warmThroughput = changeWarmThroughput(record.warmThroughput, change.warmThroughput, undefined);
    changed = {...changed, warmThroughput};
  }
  if (change.deletionProtection !== undefined) changed = {...changed, deletionProtection: change.deletionProtection};
  if (change.sse !== undefined) {
    if (!change.sse && !record.sse) throw invalidParameter('Table is already encrypted by default');
    const {sse: _before, ...rest} = changed;
    changed = change.sse ? {...rest, sse: change.sse} : rest;
  }
  if (change.tableClass !== undefined && change.tableClass !== (record.tableClass?.name ?? 'STANDARD')) {
    changed = {...changed, tableClass: {name: change.tableClass, changedMs: nowMs}};
  }
  return changed;
}
