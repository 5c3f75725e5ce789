import {decodeTableRecord, tablesOfRegion} from '../../keyspace/table-record.ts';
import type {Engine} from '../engine.ts';
import {statusAt} from './table.ts';

export interface TableNames {
  names: string[];
  /** There are tables after the last name. */
  more: boolean;
}

const bytesMax = 4 << 20;

/** At most `limit` names of a region's tables, in order, that come after `afterName` (which need not exist; '' for all). */
export async function listTables(
  engine: Engine,
  region: string,
  afterName: string,
  limit: number,
): Promise<TableNames> {
  const nowMs = engine.clock.now();
  const names: string[] = [];
  let range = tablesOfRegion(region, afterName);
  for (;;) {
    // One more than asked for tells whether there are more.
    const limits = {reverse: false, entriesMax: limit + 1 - names.length, bytesMax};
    const page = await engine.store.scan(range, limits);
    for (const value of page.values) {
      const record = decodeTableRecord(value);
      if (statusAt(record, nowMs) !== undefined) names.push(record.name);
    }
    if (names.length > limit) return {names: names.slice(0, limit), more: true};
    const lastKey = page.keys.at(-1);
    if (!page.more || !lastKey) return {names, more: false};
    range = {start: Buffer.concat([lastKey, Buffer.alloc(1)]), end: range.end};
  }
}
