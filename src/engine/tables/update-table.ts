import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {streamKey} from '../../keyspace/stream-key.ts';
import {decodeTableRecord, encodeTableRecord, type TableRecord, tableKey} from '../../keyspace/table-record.ts';
import type {Write} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {endStreamWrites, startStreamWrite} from '../streams/start-stream.ts';
import {backfillWrite} from './backfill-note.ts';
import {changeTable} from './change-table.ts';
import {droppedWrite} from './dropped-note.ts';
import {settle} from './settle.ts';
import type {TableChange} from './table-change.ts';
import {noSuchTable} from './table-errors.ts';
import {type Omitted, type TableView, viewTable} from './table-view.ts';
import {forgetTable, type TableRef} from './with-tables.ts';

/**
 * Writes maintain a new index from this commit on, and an index that is deleted no longer; jobs fill the one and clear the
 * other.
 */
export function updateTable(engine: Engine, ref: TableRef, change: TableChange): Awaitable<TableView> {
  const updated = changeRecord(engine, ref, change, engine.clock.now());
  return whenReady(updated, record => {
    engine.onWork();
    return viewTable(engine, record, change.billingMode === 'PAY_PER_REQUEST' ? onDemandSince : undefined);
  });
}

/** Labels tell the streams of a table apart, so no two may be of the same millisecond: then the next one is tried. */
function changeRecord(engine: Engine, ref: TableRef, change: TableChange, streamMs: number): Awaitable<TableRecord> {
  const key = tableKey(ref.region, ref.name);
  const time = {nowMs: engine.clock.now(), lifecycle: engine.lifecycle, streamMs, streams: engine.streams};
  const newStream = {region: ref.region, table: ref.name, createdMs: streamMs};
  type Outcome = {shown: TableRecord} | {labelAfterMs: number};
  const outcome = engine.store.commit<Outcome>([key, streamKey(newStream)], ([bytes, sameLabel]) => {
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
    if (change.stream === false) writes.push(...endStreamWrites(before, time.nowMs));
    else if (change.stream !== undefined) {
      const labelAfterMs = Math.max(sameLabel ? streamMs : 0, before.stream?.createdMs ?? 0);
      if (labelAfterMs >= streamMs) return {result: {labelAfterMs}, writes: []};
      writes.push(startStreamWrite(record));
    }
    return {result: {shown}, writes};
  });
  return whenReady(outcome, result => {
    forgetTable(engine, ref);
    return 'shown' in result ? result.shown : changeRecord(engine, ref, change, result.labelAfterMs + 1);
  });
}

const onDemandSince: ReadonlySet<Omitted> = new Set(['onDemandSince']);
