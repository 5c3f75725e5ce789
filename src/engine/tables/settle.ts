import type {IndexRecord, TableRecord, Throughput} from '../../keyspace/table-record.ts';
import {namesOf, statusAt} from './table.ts';

/**
 * The record as AWS shows it at `nowMs`: states whose time is over have passed, indexes that are gone are left out (and the
 * attribute definitions that only they used), and the count of decreases begins anew each day. Undefined once a deleted
 * table is gone. Nothing needs to be written for any of this to happen.
 */
export function settle(record: TableRecord, nowMs: number): TableRecord | undefined {
  const status = statusAt(record, nowMs);
  if (status === undefined) return undefined;
  const indexes = record.indexes.filter(index => !isGone(index, nowMs)).map(index => settleIndex(index, nowMs));
  const settled = {...record, status, indexes, throughput: settleThroughput(record.throughput, nowMs)};
  return indexes.length === record.indexes.length ? settled : withoutUnusedDefinitions(settled);
}

function isGone(index: IndexRecord, nowMs: number): boolean {
  return index.status === 'DELETING' && nowMs >= index.readyMs;
}

function settleIndex(index: IndexRecord, nowMs: number): IndexRecord {
  const throughput = index.throughput && settleThroughput(index.throughput, nowMs);
  const status = index.status === 'UPDATING' && nowMs >= index.readyMs ? 'ACTIVE' : index.status;
  return {...index, status, ...(throughput ? {throughput} : {})};
}

// AWS counts decreases in days of UTC, not over 24 hours.
function settleThroughput(throughput: Throughput, nowMs: number): Throughput {
  const sameDay = dayOf(throughput.lastDecreaseMs ?? Number.NEGATIVE_INFINITY) === dayOf(nowMs);
  return sameDay || throughput.decreasesToday === 0 ? throughput : {...throughput, decreasesToday: 0};
}

const dayMs = 86_400_000;
const dayOf = (atMs: number) => Math.floor(atMs / dayMs);

/** AWS drops the definitions of attributes that no key uses any longer. */
export function withoutUnusedDefinitions(record: TableRecord): TableRecord {
  const used = new Set([record, ...record.indexes].flatMap(({keySchema}) => namesOf(keySchema)));
  return {...record, attributeDefinitions: record.attributeDefinitions.filter(({name}) => used.has(name))};
}
