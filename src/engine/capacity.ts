/**
 * Capacity units as DynamoDB counts them: a read unit is 4 KB read consistently (half of one, eventually), a write unit is
 * 1 KB written. Sizes are item sizes as DynamoDB measures them, in bytes.
 */

export interface Consumed {
  /** Units of the table itself. */
  table: number;
  /** Units of each index that took part, by its name. */
  local: Record<string, number>;
  global: Record<string, number>;
}

export function consumedOfTable(units: number): Consumed {
  return {table: units, local: noUnits, global: noUnits};
}

/** Most requests consume nothing of an index. */
const noUnits: Record<string, number> = Object.freeze(Object.create(null));

export function setIndexUnits(consumed: Consumed, kind: 'local' | 'global', index: string, units: number): void {
  if (consumed[kind] === noUnits) consumed[kind] = Object.create(null);
  consumed[kind][index] = units;
}

export function totalUnits(consumed: Consumed): number {
  let total = consumed.table;
  for (const name in consumed.local) total += consumed.local[name]!;
  for (const name in consumed.global) total += consumed.global[name]!;
  return total;
}

/**
 * What the same would cost in a transaction: the item is read or written twice, index entries only once (dynoxide's captures
 * of TransactWriteItems and ExecuteTransaction, eu-west-2, 2026-08-13).
 */
export function doubled(consumed: Consumed): Consumed {
  return {table: 2 * consumed.table, local: consumed.local, global: consumed.global};
}

/** Adds `more` to `consumed`, which it changes. */
export function addConsumed(consumed: Consumed, more: Consumed): void {
  consumed.table += more.table;
  for (const kind of ['local', 'global'] as const) {
    for (const name in more[kind]) {
      setIndexUnits(consumed, kind, name, (consumed[kind][name] ?? 0) + more[kind][name]!);
    }
  }
}

/** Reading nothing costs as much as reading 4 KB. */
export function readUnits(bytes: number, consistent: boolean): number {
  const units = Math.max(1, Math.ceil(bytes / 4096));
  return consistent ? units : units / 2;
}

/** A write is charged for the larger of the item before and after it, and one that finds nothing for 1 KB. */
export function writeUnits(oldBytes: number, newBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(oldBytes, newBytes) / 1024));
}
