import {droppedKey} from '../../keyspace/item-key.ts';
import type {IndexId, TableRecord} from '../../keyspace/table-record.ts';
import type {Write} from '../../storage/store.ts';

/** What is left to do for a dropped table or index: its bytes are to be cleared, and its table's record may have to go. */
export interface DroppedNote {
  region: string;
  name: string;
  /** The record of a deleted table stays until then, so that the table is shown as DELETING. */
  readyMs: number;
}

/** Goes into the commit that drops a table (index 0) or an index. */
export function droppedWrite(record: TableRecord, index: IndexId | 0, readyMs: number): Write {
  const note: DroppedNote = {region: record.region, name: record.name, readyMs};
  return {kind: 'put', key: droppedKey(record.id, index), value: Buffer.from(JSON.stringify(note), 'utf8')};
}

export function decodeDroppedNote(value: Buffer): DroppedNote {
  return JSON.parse(value.toString('utf8')) as DroppedNote;
}
