import assert from 'node:assert/strict';
import {getAttribute, type Item, setAttribute} from '../../src/model/attribute-value.ts';
import {itemSize} from '../../src/model/item-size.ts';
import {type Call, must} from './call.ts';

interface IndexDescription {
  IndexName: string;
  IndexStatus?: string;
  KeySchema: {AttributeName: string}[];
  Projection: {ProjectionType: string; NonKeyAttributes?: string[]};
  ItemCount: number;
  IndexSizeBytes: number;
}

/** Every item of a table or index. */
export async function scanAll(call: Call, TableName: string, IndexName?: string): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await must(call, 'Scan', {TableName, IndexName, ExclusiveStartKey, ConsistentRead: !IndexName});
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** One text for equal items, whatever the order of attributes and set members. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map(name => `${JSON.stringify(name)}:${canonical(member(value, name))}`).join()}}`;
}

function member(value: object, name: string): unknown {
  const found = (value as Record<string, unknown>)[name];
  const isSet = (name === 'SS' || name === 'NS' || name === 'BS') && Array.isArray(found);
  return isSet ? [...found].sort() : found;
}

/**
 * Holds a table to itself, without knowing what was written: every index is the projection of the table, and counts and
 * sizes are sums. Nothing may write meanwhile. Returns the items.
 */
export async function checkTable(call: Call, TableName: string): Promise<Item[]> {
  const {Table} = await must(call, 'DescribeTable', {TableName});
  const items = await scanAll(call, TableName);
  const tableKey = namesOf(Table.KeySchema);
  const keys = new Set(items.map(item => canonical(tableKey.map(name => getAttribute(item, name)))));
  assert.equal(keys.size, items.length, `${TableName}: each key once`);
  const sums = (list: Item[]) => ({items: list.length, bytes: list.reduce((sum, item) => sum + itemSize(item), 0)});
  const totals = {items: Table.ItemCount, bytes: Table.TableSizeBytes};
  assert.deepEqual(totals, sums(items), `${TableName}: totals are the sums of its items`);

  const types = new Map<string, string>();
  for (const {AttributeName, AttributeType} of Table.AttributeDefinitions) types.set(AttributeName, AttributeType);
  const indexes: IndexDescription[] = [...(Table.LocalSecondaryIndexes ?? []), ...(Table.GlobalSecondaryIndexes ?? [])];
  for (const index of indexes) {
    if (index.IndexStatus === 'DELETING') continue;
    const name = `${TableName}/${index.IndexName}`;
    assert.notEqual(index.IndexStatus, 'CREATING', `${name} is complete`);
    const expected = projected(items, index, tableKey, types);
    const found = await scanAll(call, TableName, index.IndexName);
    const texts = (list: Item[]) => list.map(canonical).sort();
    assert.deepEqual(texts(found), texts(expected), `${name} is the projection of its table`);
    const totals = {items: index.ItemCount, bytes: index.IndexSizeBytes};
    assert.deepEqual(totals, sums(expected), `${name}: totals are the sums of its entries`);
  }
  return items;
}

function projected(items: Item[], index: IndexDescription, tableKey: string[], types: Map<string, string>): Item[] {
  const indexKey = namesOf(index.KeySchema);
  const wanted = new Set([...tableKey, ...indexKey, ...(index.Projection.NonKeyAttributes ?? [])]);
  const entered = items.filter(item =>
    indexKey.every(name => Object.hasOwn(getAttribute(item, name) ?? {}, types.get(name)!)),
  );
  if (index.Projection.ProjectionType === 'ALL') return entered;
  return entered.map(item => {
    const entry: Item = {};
    for (const name of Object.keys(item)) if (wanted.has(name)) setAttribute(entry, name, item[name]!);
    return entry;
  });
}

const namesOf = (schema: {AttributeName: string}[]) => schema.map(({AttributeName}) => AttributeName);

/** Waits until a table and all its indexes are ACTIVE, or (`gone`) there is none. */
export async function untilSettled(call: Call, TableName: string, gone?: 'gone'): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    const {status, body} = await call('DescribeTable', {TableName});
    if (gone ? status === 400 : status === 200 && isActive(body.Table)) return;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  assert.fail(`${TableName} did not settle`);
}

function isActive(table: {TableStatus: string; GlobalSecondaryIndexes?: IndexDescription[]}): boolean {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  return table.TableStatus === 'ACTIVE' && indexes.every(index => index.IndexStatus === 'ACTIVE');
}
