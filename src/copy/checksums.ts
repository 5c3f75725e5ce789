import {createHash, type Hash} from 'node:crypto';
import {keySpace} from '../keyspace/register.ts';
import {decodeTableRecord} from '../keyspace/table-record.ts';
import {type Area, areas, type CopyableStore} from '../storage/copyable-store.ts';
import type {Key} from '../storage/store.ts';
import {isOwnKey} from './own-keys.ts';
import {type AreaPage, everything, walk} from './walk.ts';

/** What lies in one area and key space and belongs to one table. */
export interface Group {
  area: Area;
  space: number;
  /** 0: to none. */
  table: number;
  entries: number;
  /** Of keys and values. */
  bytes: number;
  /** SHA-256 over everything in it, in hexadecimal. */
  checksum: string;
}

export interface Checksums {
  groups: Map<string, Group>;
  /** By id: region and name. */
  tables: Map<number, {region: string; name: string}>;
}

/** Spaces whose keys go on with a table's id. */
const spacesOfTables: ReadonlySet<number> = new Set([
  keySpace.dropped,
  keySpace.totals,
  keySpace.collectionBytes,
  keySpace.backfill,
  keySpace.timeToLive,
  keySpace.item,
  keySpace.indexEntry,
  keySpace.expiry,
  keySpace.changeRecord,
]);

/** Reads everything in a store, except for what copies keep for themselves. `onPage` hears of each page. */
export async function checksumsOf(store: CopyableStore, onPage: (page: AreaPage) => void): Promise<Checksums> {
  const open = new Map<string, {group: Group; hash: Hash}>();
  const tables: Checksums['tables'] = new Map();
  const groupOf = (area: Area, key: Key) => {
    const space = key[0]!;
    const table = spacesOfTables.has(space) && key.length >= 5 ? key.readUInt32BE(1) : 0;
    const name = `${area}/${space}/${table}`;
    let found = open.get(name);
    if (!found) {
      found = {group: {area, space, table, entries: 0, bytes: 0, checksum: ''}, hash: createHash('sha256')};
      open.set(name, found);
    }
    return found;
  };
  for await (const page of walk(store, everything)) {
    for (let at = 0; at < page.keys.length; at++) {
      const key = page.keys[at]!;
      const value = page.values[at]!;
      if (isOwnKey(key)) continue;
      const {group, hash} = groupOf(page.area, key);
      group.entries++;
      group.bytes += key.length + value.length;
      const lengths = Buffer.allocUnsafe(8);
      lengths.writeUInt32BE(key.length, 0);
      lengths.writeUInt32BE(value.length, 4);
      hash.update(lengths).update(key).update(value);
      if (page.area === 'entry' && key[0] === keySpace.tableByName) {
        const {id, region, name} = decodeTableRecord(value);
        tables.set(id, {region, name});
      }
    }
    onPage(page);
  }
  const groups = new Map<string, Group>();
  for (const [name, {group, hash}] of open) groups.set(name, {...group, checksum: hash.digest('hex')});
  return {groups, tables};
}

/** The groups that are not the same in both. */
export function differences(one: Checksums, other: Checksums): Group[] {
  const all = new Map([...other.groups, ...one.groups]);
  return [...all]
    .filter(([name]) => one.groups.get(name)?.checksum !== other.groups.get(name)?.checksum)
    .map(([, group]) => group)
    .sort((a, b) => areas.indexOf(a.area) - areas.indexOf(b.area) || a.space - b.space || a.table - b.table);
}
