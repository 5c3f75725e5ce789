import {createHash} from 'node:crypto';
import {keySpace} from '../keyspace/register.ts';
import type {Checksums, Group} from './checksums.ts';

/** What was copied of one table, or beside all tables. */
export interface SummaryRow {
  name: string;
  items: number;
  indexEntries: number;
  streamRecords: number;
  /** Of keys and values, whatever they are for. */
  bytes: number;
  /** 16 hexadecimal digits, over all that belongs to it. */
  checksum: string;
}

/** One row for each table, in the order of their names, one for what belongs to none, and one for the sum. */
export function summaryOf({groups, tables}: Checksums): SummaryRow[] {
  const byTable = new Map<number, Group[]>([...tables.keys()].map(id => [id, []]));
  const others: Group[] = [];
  for (const group of groups.values()) {
    if (group.table === 0) others.push(group);
    else byTable.set(group.table, [...(byTable.get(group.table) ?? []), group]);
  }
  const nameOf = (id: number) => {
    const table = tables.get(id);
    // Its stream may still be read.
    return table ? `${table.region}/${table.name}` : `(deleted table ${id})`;
  };
  const rows = [...byTable].map(([id, own]) => rowOf(nameOf(id), own));
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...rows, rowOf('(beside tables)', others), rowOf('(all)', [...groups.values()])];
}

function rowOf(name: string, groups: readonly Group[]): SummaryRow {
  const entriesOf = (space: number) =>
    groups.reduce((sum, group) => sum + (group.area === 'entry' && group.space === space ? group.entries : 0), 0);
  const texts = groups.map(({area, space, table, checksum}) => `${area} ${space} ${table} ${checksum}`).sort();
  return {
    name,
    items: entriesOf(keySpace.item),
    indexEntries: entriesOf(keySpace.indexEntry),
    streamRecords: entriesOf(keySpace.changeRecord),
    bytes: groups.reduce((sum, {bytes}) => sum + bytes, 0),
    checksum: createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16),
  };
}
