import type {AttributeValue, Item} from '../../src/model/attribute-value.ts';
import {canonical} from '../harness/check-table.ts';
import {attributeType, type IndexShape, sortTypes, type ViewType} from './program.ts';

/** DynamoDB as simple as it can be: tables are maps of items, and everything else is worked out from them. */
export interface Model {
  tables: Map<string, ModelTable>;
  /** Every stream there ever was, by `streamName`. */
  streams: Map<string, ModelStream>;
  /** The log of each shard, by `${table id}/${shard number}`. */
  logs: Map<string, LogEntry[]>;
  tokens: Map<string, {parameters: string; expiresMs: number}>;
  /** For how long after a change time to live stays as it is. */
  ttlFixedMs: number;
}

export interface ModelTable {
  /** The engine's own id: tells a table from a later one of the same name. */
  id: number;
  name: string;
  status: 'CREATING' | 'UPDATING' | 'ACTIVE' | 'DELETING';
  readyMs: number;
  items: Map<string, Item>;
  indexes: ModelIndex[];
  stream: {view: ViewType; createdMs: number; enabled: boolean} | undefined;
  ttl: {on: boolean; changedMs: number} | undefined;
}

export interface ModelIndex extends IndexShape {
  status: 'CREATING' | 'ACTIVE' | 'DELETING';
  readyMs: number;
}

export interface ModelStream {
  table: string;
  tableId: number;
  view: ViewType;
  createdMs: number;
  endedMs: number | undefined;
  /** It began with an empty table, so that its log replayed onto nothing is the table. */
  complete: boolean;
}

export type LogEntry =
  | 'end'
  | {kind: 'INSERT' | 'MODIFY' | 'REMOVE'; keys: Item; old?: Item; new?: Item; byService: boolean; createdMs: number};

/** What a request does to one item. */
export interface ItemChange {
  table: string;
  key: Item;
  old: Item | undefined;
  new: Item | undefined;
  byService?: boolean;
}

export function newModel(ttlFixedMs: number): Model {
  return {tables: new Map(), streams: new Map(), logs: new Map(), tokens: new Map(), ttlFixedMs};
}

export const streamName = (table: string, createdMs: number) => `${table}/${createdMs}`;

/** Undefined once a deleted table is gone. */
export function statusAt({status, readyMs}: ModelTable, atMs: number): ModelTable['status'] | undefined {
  if (atMs < readyMs) return status;
  return status === 'DELETING' ? undefined : 'ACTIVE';
}

export function indexesAt({indexes}: ModelTable, atMs: number): ModelIndex[] {
  return indexes.filter(index => index.status !== 'DELETING' || atMs < index.readyMs);
}

export function keyNames(table: string): string[] {
  return sortTypes[table] === undefined ? ['p'] : ['p', 's'];
}

export function keyOf(table: string, item: Item): Item {
  return Object.fromEntries(keyNames(table).map(name => [name, item[name]!]));
}

export const keyText = (table: string, item: Item) => canonical(keyOf(table, item));

/** Can an index hold this under that key? */
export function isKeyValue(table: string, name: string, value: AttributeValue): boolean {
  return Object.hasOwn(value, attributeType(table, name)) && !('S' in value && value.S === '');
}

/** What an index holds of an item, if anything. */
export function entryOf(table: string, index: IndexShape, item: Item): Item | undefined {
  const keys = [...index.partition, ...index.sort];
  if (!keys.every(name => item[name] !== undefined && isKeyValue(table, name, item[name]))) return undefined;
  if (index.projection === 'ALL') return item;
  const names = new Set([...keyNames(table), ...keys, ...(index.projection === 'KEYS_ONLY' ? [] : index.projection)]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** The second at which an item may be deleted: only of items that expired in the last five years. */
export function isExpired(value: AttributeValue | undefined, nowMs: number): boolean {
  if (!value || !('N' in value)) return false;
  const seconds = Number(value.N);
  return seconds <= nowMs / 1000 && seconds >= nowMs / 1000 - 5 * 365.25 * 86_400;
}

/** Makes these changes, and returns what streams must have recorded of them, each with the id of its table. */
export function applyChanges(
  model: Model,
  changes: readonly ItemChange[],
  nowMs: number,
): {tableId: number; entry: LogEntry & object}[] {
  const recorded: {tableId: number; entry: LogEntry & object}[] = [];
  for (const change of changes) {
    const table = model.tables.get(change.table)!;
    const text = keyText(change.table, change.key);
    if (change.new) table.items.set(text, change.new);
    else table.items.delete(text);
    if (!table.stream?.enabled || canonical(change.old ?? null) === canonical(change.new ?? null)) continue;
    const {view} = table.stream;
    const entry: LogEntry & object = {
      kind: !change.old ? 'INSERT' : change.new ? 'MODIFY' : 'REMOVE',
      keys: keyOf(change.table, change.key),
      byService: change.byService === true,
      createdMs: nowMs,
      ...(change.old && (view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES') ? {old: change.old} : {}),
      ...(change.new && (view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES') ? {new: change.new} : {}),
    };
    recorded.push({tableId: table.id, entry});
  }
  return recorded;
}
