import {backfillKey} from '../../keyspace/item-key.ts';
import type {IndexId, TableRecord} from '../../keyspace/table-record.ts';
import type {Write} from '../../storage/store.ts';

/** How far a new index of a live table is filled. Lies there until the index is active, or gone. */
export interface BackfillNote {
  region: string;
  name: string;
  /** Key of the last item that was looked at, in hex; absent at the start. */
  after?: string;
}

/** Goes into the commit that adds the index, and into each that fills some of it. */
export function backfillWrite(record: TableRecord, index: IndexId, after?: Buffer): Write {
  const {region, name} = record;
  const note: BackfillNote = after ? {region, name, after: after.toString('hex')} : {region, name};
  return {kind: 'put', key: backfillKey(record.id, index), value: Buffer.from(JSON.stringify(note), 'utf8')};
}

export function decodeBackfillNote(value: Buffer): BackfillNote {
  return JSON.parse(value.toString('utf8')) as BackfillNote;
}
