import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {
  decodeTableRecord,
  encodeTableRecord,
  type IndexId,
  type TableRecord,
  tableKey,
} from '../../keyspace/table-record.ts';
import {validationError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import {droppedWrite} from '../tables/dropped-note.ts';
import {statusAt} from '../tables/table.ts';
import {noSuchTable, tableInUse} from '../tables/table-errors.ts';
import type {TableRef} from '../tables/with-tables.ts';
import {forgetTimeToLive, timeToLiveNote} from './note.ts';

export interface TimeToLiveSetting {
  enabled: boolean;
  attribute: string;
}

/**
 * Writes maintain the index on expiry times from this commit on, and a job enters the items that are there already; or a
 * job clears it.
 */
export function updateTimeToLive(engine: Engine, ref: TableRef, wanted: TimeToLiveSetting): Awaitable<void> {
  const key = tableKey(ref.region, ref.name);
  const nowMs = engine.clock.now();
  const updated = engine.store.commit<void>([key], ([bytes]) => {
    const record = bytes && decodeTableRecord(bytes);
    const status = record && statusAt(record, nowMs);
    if (!record || !status) throw noSuchTable(ref.name);
    if (status === 'CREATING') throw tableInUse(`Table ${ref.name} is being created`);
    if (status === 'DELETING') throw tableInUse(`Table ${ref.name} is being deleted`);
    mustChange(record, wanted);
    if (record.timeToLive && nowMs < record.timeToLive.changedMs + engine.lifecycle.timeToLiveFixedMs) {
      throw validationError('Time to live has been modified multiple times within a fixed interval');
    }
    const {on} = record.timeToLive ?? {};
    if (on) {
      const changed: TableRecord = {...record, timeToLive: {changedMs: nowMs}};
      const clear = [droppedWrite(record, on.index, nowMs), ...forgetTimeToLive(record)];
      return {result: undefined, writes: [{kind: 'put', key, value: encodeTableRecord(changed)}, ...clear]};
    }
    const index = (record.lastIndexId + 1) as IndexId;
    const timeToLive = {changedMs: nowMs, on: {attribute: wanted.attribute, index, filled: false}};
    const changed: TableRecord = {...record, timeToLive, lastIndexId: index};
    const note = timeToLiveNote(record, index, {filled: false});
    return {result: undefined, writes: [{kind: 'put', key, value: encodeTableRecord(changed)}, note]};
  });
  return whenReady(updated, () => engine.onWork());
}

/** Before the interval is looked at (ack-api-quirks DDB-TABLE-143, 146, 147). The key's attributes are allowed. */
function mustChange({timeToLive}: TableRecord, {enabled, attribute}: TimeToLiveSetting): void {
  const on = timeToLive?.on;
  if (!on) {
    if (enabled) return;
    throw validationError('TimeToLive is already disabled');
  }
  if (on.attribute !== attribute) {
    throw validationError(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${on.attribute}`,
    );
  }
  if (enabled) throw validationError('TimeToLive is already enabled');
}
