import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {decodeTableRecord, encodeTableRecord, type TableRecord, tableKey} from '../../keyspace/table-record.ts';
import type {Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {backfillWrite} from './backfill-note.ts';
import {changeTable} from './change-table.ts';
import {droppedWrite} from './dropped-note.ts';
import {settle} from './settle.ts';
import type {TableChange} from './table-change.ts';
import {noSuchTable} from './table-errors.ts';
import {type Omitted, type TableView, viewTable} from './table-view.ts';
import type {TableRef} from './with-tables.ts';

/**
 * Writes maintain a new index from this commit on, and an index that is deleted no longer; jobs fill the one and clear the
 * other.
 */
export function updateTable(engine: Engine, ref: TableRef, change: TableChange): Awaitable<TableView> {
  const key = tableKey(ref.region, ref.name);
  const time = {nowMs: engine.clock.now(), lifecycle: engine.lifecycle};
  const updated = engine.store.commit<TableRecord>([key], ([bytes]) => {
    const before = bytes && settle(decodeTableRecord(bytes), time.nowMs);
    if (!before) throw noSuchTable(ref.name);
    const {record, shown} = changeTable(before, change, time);
    const writes: Write[] = [{kind: 'put', key, value: encodeTableRecord(record)}];
    for (const index of record.indexes) {
      const old = before.indexes.find(({id}) => id === index.id);
      if (!old) writes.push(backfillWrite(record, index.id));
      if (index.status === 'DELETING' && old?.status !== 'DELETING') {
        writes.push(droppedWrite(record, index.id, index.readyMs));
      }
    }
    return {result: shown, writes};
  });
  return whenReady(updated, record => {
    engine.onWork();
    return viewTable(engine, record, change.billingMode === 'PAY_PER_REQUEST' ? onDemandSince : undefined);
  });
}

const onDemandSince: ReadonlySet<Omitted> = new Set(['onDemandSince']);
