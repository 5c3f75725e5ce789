import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {decodeTableRecord, encodeTableRecord, type TableRecord, tableKey} from '../../keyspace/table-record.ts';
import {type ServiceError, validationError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import {settle} from './settle.ts';
import {statusAt} from './table.ts';
import {tableInUse} from './table-errors.ts';
import {findTable, type TableRef} from './with-tables.ts';

type Tags = TableRecord['tags'];

export const tagsMax = 50;

/** Not a LimitExceededException: ack-api-quirks DDB-TABLE-108. */
export function tooManyTags(): ServiceError {
  return validationError('Number of Tags exceed the current limit for the provided ResourceArn');
}

/** What lies under a key is replaced where it stands. The limit is held to what comes out. */
export function addTags(engine: Engine, ref: TableRef, tags: Tags, notFound: ServiceError): Awaitable<void> {
  return changeTags(engine, ref, notFound, present => {
    const merged = new Map(present.map(({key, value}) => [key, value]));
    for (const {key, value} of tags) merged.set(key, value);
    if (merged.size > tagsMax) throw tooManyTags();
    return [...merged].map(([key, value]) => ({key, value}));
  });
}

/** Keys that no tag has are passed over. */
export function removeTags(
  engine: Engine,
  ref: TableRef,
  keys: readonly string[],
  notFound: ServiceError,
): Awaitable<void> {
  const gone = new Set(keys);
  return changeTags(engine, ref, notFound, present => present.filter(({key}) => !gone.has(key)));
}

export function listTags(engine: Engine, ref: TableRef, notFound: ServiceError): Awaitable<Tags> {
  return whenReady(findTable(engine, ref), table => {
    if (!table || statusAt(table.record, engine.clock.now()) === 'CREATING') throw notFound;
    return table.record.tags;
  });
}

/** While a table is being created its tags are unknown, those that it was created with included (DDB-TABLE-101). */
function changeTags(
  engine: Engine,
  ref: TableRef,
  notFound: ServiceError,
  change: (present: Tags) => Tags,
): Awaitable<void> {
  const key = tableKey(ref.region, ref.name);
  const nowMs = engine.clock.now();
  return engine.store.commit<void>([key], ([bytes]) => {
    const stored = bytes && decodeTableRecord(bytes);
    const status = stored && settle(stored, nowMs)?.status;
    if (!stored || !status || status === 'CREATING') throw notFound;
    if (status === 'DELETING') throw tableInUse(`Table is being deleted: ${ref.name}`);
    const tags = change(stored.tags);
    return {result: undefined, writes: [{kind: 'put', key, value: encodeTableRecord({...stored, tags})}]};
  });
}
