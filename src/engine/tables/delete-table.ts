import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {decodeTableRecord, encodeTableRecord, type TableRecord, tableKey} from '../../keyspace/table-record.ts';
import {validationError} from '../../model/service-error.ts';
import type {Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {endStreamWrites} from '../streams/start-stream.ts';
import {forgetTimeToLive} from '../ttl/note.ts';
import {droppedWrite} from './dropped-note.ts';
import {settle} from './settle.ts';
import {noSuchTable, tableInUse} from './table-errors.ts';
import {type TableView, viewTable} from './table-view.ts';
import {forgetTable, type TableRef} from './with-tables.ts';

/**
 * The table is gone with this commit, or as soon as it has been shown as DELETING for long enough; a job clears what it
 * held. Its stream can be read for as long as any. Ids are never reused, so a table of the same name can be created at once.
 */
export function deleteTable(engine: Engine, ref: TableRef): Awaitable<TableView> {
  const key = tableKey(ref.region, ref.name);
  const nowMs = engine.clock.now();
  const readyMs = nowMs + engine.lifecycle.tableDeletingMs;
  const deleted = engine.store.commit<TableRecord>([key], ([bytes]) => {
    const record = bytes && settle(decodeTableRecord(bytes), nowMs);
    if (!record) throw noSuchTable(ref.name);
    mustBeDeletable(record);
    const deleting: TableRecord = {...record, status: 'DELETING', readyMs};
    const recordWrite: Write =
      readyMs > nowMs ? {kind: 'put', key, value: encodeTableRecord(deleting)} : {kind: 'delete', key};
    const streamWrites = record.stream?.enabled ? endStreamWrites(record, nowMs) : [];
    const writes = [recordWrite, droppedWrite(record, 0, readyMs), ...forgetTimeToLive(record), ...streamWrites];
    return {result: deleting, writes};
  });
  return whenReady(deleted, record => {
    forgetTable(engine, ref);
    engine.onWork();
    return viewTable(engine, record);
  });
}

function mustBeDeletable({name, status, indexes, deletionProtection}: TableRecord): void {
  if (status === 'CREATING') throw tableInUse(`Table is being created: ${name}`);
  if (status === 'DELETING') throw tableInUse(`Table is being deleted: ${name}`);
  if (deletionProtection) {
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  }
  if (indexes.some(index => index.status !== 'ACTIVE')) {
    throw tableInUse('Cannot delete table while indexes are being created, updated, or deleted.');
  }
  if (status === 'UPDATING') throw tableInUse(`Table: ${name} is in the process of being updated.`);
}
