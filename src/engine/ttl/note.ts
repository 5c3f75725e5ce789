import {timeToLiveKey} from '../../keyspace/item-key.ts';
import type {IndexId, TableRecord} from '../../keyspace/table-record.ts';
import type {Write} from '../../storage/store.ts';

/** Says that a table deletes expired items. Lies there for as long as it does. */
export interface TimeToLiveNote {
  region: string;
  name: string;
  filled: boolean;
  /** While the index is being filled: key of the last item that was looked at, in hex; absent at the start. */
  after?: string;
}

export function timeToLiveNote(
  {id, region, name}: TableRecord,
  index: IndexId,
  progress: Pick<TimeToLiveNote, 'filled' | 'after'>,
): Write {
  const note: TimeToLiveNote = {region, name, ...progress};
  return {kind: 'put', key: timeToLiveKey(id, index), value: Buffer.from(JSON.stringify(note), 'utf8')};
}

/** Goes into the commit that turns time to live off, or deletes the table. */
export function forgetTimeToLive({id, timeToLive}: TableRecord): Write[] {
  return timeToLive?.on ? [{kind: 'delete', key: timeToLiveKey(id, timeToLive.on.index)}] : [];
}

export function decodeTimeToLiveNote(value: Buffer): TimeToLiveNote {
  return JSON.parse(value.toString('utf8')) as TimeToLiveNote;
}
