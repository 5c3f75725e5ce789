import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {tableKey} from '../../keyspace/table-record.ts';
import {ServiceError} from '../../model/service-error.ts';
import type {Decision, Key, Value} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import type {Reader} from '../reader.ts';
import {statusAt, type Table, tableFromBytes} from './table.ts';

/**
 * Requests plan with the table as last seen, and the store hands back its record in the same snapshot as the items: when
 * it is no longer the same, the plan is made again. So a request costs one round trip, and yet a table that another
 * process changed, dropped or re-created is seen as it is.
 */

export interface TableRef {
  region: string;
  name: string;
}

type Values = (Value | undefined)[];

/**
 * Reads the keys that `keysOf` names for this table, and hands `use` their values. The table takes requests. Where the
 * reader does not know the table as it is, or not yet, the store itself is read; `use` is told which it was.
 */
export function readWithTable<R>(
  engine: Engine,
  ref: TableRef,
  keysOf: (table: Table) => Key[],
  use: (table: Table, values: Values, reader: Reader) => Awaitable<R>,
  reader: Reader = engine.store,
): Awaitable<R> {
  // The same as for several tables, without the arrays: nearly every read comes this way.
  const table = cachedTable(engine, ref);
  if (!table) return whenReady(knownTables(engine, [ref]), () => readWithTable(engine, ref, keysOf, use, reader));
  let keys: Key[];
  try {
    keys = keysOf(table);
  } catch (refusal) {
    return whenCurrent(engine, [table], refusal, () => readWithTable(engine, ref, keysOf, use, reader));
  }
  keys.push(table.key);
  return whenReady(reader.read(keys), values => {
    if (!sameRecord(table, values.pop())) {
      forgetTable(engine, ref);
      return readWithTable(engine, ref, keysOf, use);
    }
    if (table.record.status !== 'ACTIVE') mustTakeRequests(engine, [table]);
    return use(table, values, reader);
  });
}

export function readWithTables<R>(
  engine: Engine,
  refs: readonly TableRef[],
  keysOf: (tables: Table[]) => Key[],
  use: (tables: Table[], values: Values) => Awaitable<R>,
  reader: Reader = engine.store,
): Awaitable<R> {
  return whenReady(knownTables(engine, refs), tables => {
    const keys = tables.map(table => table.key);
    try {
      keys.push(...keysOf(tables));
    } catch (refusal) {
      return whenCurrent(engine, tables, refusal, () => readWithTables(engine, refs, keysOf, use, reader));
    }
    return whenReady(reader.read(keys), values => {
      if (forgetStale(engine, tables, values)) return readWithTables(engine, refs, keysOf, use);
      mustTakeRequests(engine, tables);
      return use(tables, values.slice(tables.length));
    });
  });
}

/** Just the table, as it is now, in whatever state. Undefined when there is none. */
export function findTable(engine: Engine, ref: TableRef): Awaitable<Table | undefined> {
  const key = tableKey(ref.region, ref.name);
  return whenReady(engine.store.read([key]), ([bytes]) => {
    if (!bytes) return undefined;
    const cached = cachedTable(engine, ref);
    const table = cached?.bytes.equals(bytes) ? cached : tableFromBytes(key, bytes, engine.clock);
    remember(engine, ref, table);
    return statusAt(table.record, engine.clock.now()) === undefined ? undefined : table;
  });
}

/** The table as this process last saw it, or as it is where it never did. Undefined when there is none. */
export function lastSeenTable(engine: Engine, ref: TableRef): Awaitable<Table | undefined> {
  return cachedTable(engine, ref) ?? findTable(engine, ref);
}

/** What a commit reads, and what it makes of it. */
export interface CommitPlan<R> {
  keys: Key[];
  decide(values: Values): Decision<R>;
  /** It writes nothing, whatever it finds: a read is enough. */
  readsOnly?: true;
}

/**
 * Commits what `plan` decides, with these tables as they are at that moment. They all take requests. A promise instead of
 * a plan: it is planned anew when that is fulfilled.
 */
export function commitWithTables<R>(
  engine: Engine,
  refs: readonly TableRef[],
  plan: (tables: Table[]) => CommitPlan<R> | Promise<void>,
): Awaitable<R> {
  return whenReady(knownTables(engine, refs), tables => {
    let planned: CommitPlan<R> | Promise<void>;
    try {
      planned = plan(tables);
    } catch (refusal) {
      return whenCurrent(engine, tables, refusal, () => commitWithTables(engine, refs, plan));
    }
    if (planned instanceof Promise) return planned.then(() => commitWithTables(engine, refs, plan));
    const {keys, decide, readsOnly} = planned;
    const allKeys = tables.map(table => table.key);
    allKeys.push(...keys);
    const decideNow = (values: Values): Decision<R | typeof stale> => {
      if (tables.some((table, at) => !sameRecord(table, values[at]))) return {result: stale, writes: []};
      mustTakeRequests(engine, tables);
      return decide(values.slice(tables.length));
    };
    const outcome = readsOnly
      ? whenReady(engine.store.read(allKeys), values => decideNow(values).result)
      : engine.store.commit(allKeys, decideNow);
    return whenReady(outcome, result => {
      if (result !== stale) return result;
      for (const ref of refs) forgetTable(engine, ref);
      return commitWithTables(engine, refs, plan);
    });
  });
}

/** A plan refused the request. That counts only if the tables still are what it was made with; else `again`. */
function whenCurrent<R>(
  engine: Engine,
  tables: readonly Table[],
  refusal: unknown,
  again: () => Awaitable<R>,
): Awaitable<R> {
  return whenReady(engine.store.read(tables.map(table => table.key)), values => {
    if (forgetStale(engine, tables, values)) return again();
    mustTakeRequests(engine, tables);
    throw refusal;
  });
}

const stale = Symbol('the table changed since the plan was made');

/** Bounded for each region, and regions as well, since names of both come from outside. */
const cachedMax = 10_000;

function cachedTable(engine: Engine, ref: TableRef): Table | undefined {
  return engine.tableCache.get(ref.region)?.get(ref.name);
}

function remember(engine: Engine, ref: TableRef, table: Table): void {
  let tables = engine.tableCache.get(ref.region);
  if (!tables) {
    if (engine.tableCache.size >= cachedMax) engine.tableCache.clear();
    tables = new Map();
    engine.tableCache.set(ref.region, tables);
  }
  if (tables.size >= cachedMax) tables.clear();
  tables.set(ref.name, table);
}

/** So that the next request reads it from the store: a standby may still know it as it was when it was last seen. */
export function forgetTable(engine: Engine, ref: TableRef): void {
  engine.tableCache.get(ref.region)?.delete(ref.name);
}

function knownTables(engine: Engine, refs: readonly TableRef[]): Awaitable<Table[]> {
  const cached = refs.map(ref => cachedTable(engine, ref));
  if (cached.every(table => table !== undefined)) return cached;
  const keys = refs.map(ref => tableKey(ref.region, ref.name));
  return whenReady(engine.store.read(keys), values =>
    refs.map((ref, at) => {
      const bytes = values[at];
      if (!bytes) throw tableNotFound();
      const table = tableFromBytes(keys[at]!, bytes, engine.clock);
      remember(engine, ref, table);
      return table;
    }),
  );
}

function sameRecord(table: Table, bytes: Value | undefined): boolean {
  return bytes !== undefined && table.bytes.equals(bytes);
}

/** True when one of the tables was not as we knew it; it is then read anew. */
function forgetStale(engine: Engine, tables: readonly Table[], values: Values): boolean {
  let found = false;
  tables.forEach((table, at) => {
    if (sameRecord(table, values[at])) return;
    forgetTable(engine, table.record);
    found = true;
  });
  return found;
}

function mustTakeRequests(engine: Engine, tables: readonly Table[]): void {
  for (const {record} of tables) {
    // The clock is asked only for tables in transition.
    if (record.status === 'ACTIVE') continue;
    const status = statusAt(record, engine.clock.now());
    if (status !== 'ACTIVE' && status !== 'UPDATING') throw tableNotFound();
  }
}

/** The words of the data plane; operations on tables name the table. */
export function tableNotFound(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'Requested resource not found');
}
