import {assert} from '../../base/assert.ts';
import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {lastTableIdKey} from '../../keyspace/item-key.ts';
import {streamKey} from '../../keyspace/stream-key.ts';
import {
  decodeTableRecord,
  encodeTableRecord,
  type TableId,
  type TableRecord,
  tableKey,
} from '../../keyspace/table-record.ts';
import {ServiceError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import {startStreamWrite} from '../streams/start-stream.ts';
import {newRecord} from './new-record.ts';
import type {NewTable} from './new-table.ts';
import {mustFitQuotas} from './quotas.ts';
import {statusAt} from './table.ts';
import {tableInUse} from './table-errors.ts';
import {type Omitted, type TableView, viewTable} from './table-view.ts';
import {forgetTable} from './with-tables.ts';

/** Throws ResourceInUseException when there is a table of this name, in whatever state. */
export function createTable(engine: Engine, table: NewTable): Awaitable<TableView> {
  mustFitQuotas(table.region, table.throughput, table.indexes);
  const nowMs = engine.clock.now();
  const created = createWithStream(engine, table, nowMs, nowMs);
  const omitted = new Set<Omitted>(['onDemandSince']);
  if (!table.warmThroughput) omitted.add('warmThroughput');
  return whenReady(created, complete => {
    forgetTable(engine, table);
    return viewTable(engine, complete, omitted);
  });
}

/** Labels tell the streams of a table apart, so no two may be of the same millisecond: then the next one is tried. */
function createWithStream(engine: Engine, table: NewTable, nowMs: number, streamMs: number): Awaitable<TableRecord> {
  const stream = {createdMs: streamMs, settings: engine.streams};
  const record = newRecord(table, engine.random.uuid(), nowMs, nowMs + engine.lifecycle.tableCreatingMs, stream);
  const key = tableKey(table.region, table.name);
  const keys = [key, lastTableIdKey(), streamKey({region: table.region, table: table.name, createdMs: streamMs})];
  const created = engine.store.commit<TableRecord | undefined>(keys, ([present, lastId, sameLabel]) => {
    if (present) mustBeGone(decodeTableRecord(present), nowMs);
    if (record.stream && sameLabel) return {result: undefined, writes: []};
    const id = nextTableId(lastId);
    const complete: TableRecord = {id, ...record};
    return {
      result: complete,
      writes: [
        {kind: 'put', key, value: encodeTableRecord(complete)},
        {kind: 'put', key: lastTableIdKey(), value: encodeTableId(id)},
        ...(complete.stream ? [startStreamWrite(complete)] : []),
      ],
    };
  });
  return whenReady(created, complete => complete ?? createWithStream(engine, table, nowMs, streamMs + 1));
}

function mustBeGone(present: TableRecord, nowMs: number): void {
  const status = statusAt(present, nowMs);
  if (status === undefined) return;
  if (status === 'CREATING') throw tableInUse(`Table is being created: ${present.name}`);
  throw new ServiceError('ResourceInUseException', `Table already exists: ${present.name}`);
}

/** The last id that was given out, as 4 bytes, big endian. */
function encodeTableId(id: TableId): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(id);
  return bytes;
}

function nextTableId(lastId: Buffer | undefined): TableId {
  const id = (lastId ? lastId.readUInt32BE() : 0) + 1;
  // Ranges of keys end with the id that has all its bits set.
  assert(id < 0xffff_ffff, 'table ids are used up', {id});
  return id as TableId;
}
