import {partitionHash} from '../../src/keyspace/item-key.ts';
import type {KeyValue} from '../../src/keyspace/ordered.ts';
import type {AttributeValue, Item} from '../../src/model/attribute-value.ts';
import {entryOf, keyNames, type ModelTable} from './model.ts';
import {bytesOf, compareKeys, compares, holds} from './model-items.ts';
import type {IndexShape, PageOp} from './program.ts';

/** Where an item stands among those that a query or scan walks. Partitions follow each other by their hash. */
interface Position {
  hash: Buffer;
  sort: AttributeValue[];
  baseHash: Buffer;
  baseSort: AttributeValue[];
}

export interface ModelPage {
  /** Items before the filter, as they lie in what was asked. */
  scanned: Item[];
  lastKey: Item | undefined;
}

const hashes = new Map<string, Buffer>();
const hashesMax = 10_000;

/** Whole-table loops ask for the same hashes again and again. */
function hashOf(item: Item, names: readonly string[]): Buffer {
  const values = names.map(name => item[name] as KeyValue);
  const text = JSON.stringify(values);
  const hash = hashes.get(text) ?? partitionHash(values);
  if (hashes.size >= hashesMax) hashes.clear();
  hashes.set(text, hash);
  return hash;
}

function positionOf(table: string, index: IndexShape | undefined, item: Item): Position {
  const [, ...baseSortNames] = keyNames(table);
  const valuesOf = (names: readonly string[]) => names.map(name => item[name]!);
  const baseHash = hashOf(item, ['p']);
  const baseSort = valuesOf(baseSortNames);
  if (!index) return {hash: baseHash, sort: baseSort, baseHash, baseSort: []};
  return {hash: hashOf(item, index.partition), sort: valuesOf(index.sort), baseHash, baseSort};
}

function comparePositions(a: Position, b: Position): number {
  return (
    Buffer.compare(a.hash, b.hash) ||
    compareLists(a.sort, b.sort) ||
    Buffer.compare(a.baseHash, b.baseHash) ||
    compareLists(a.baseSort, b.baseSort)
  );
}

function compareLists(a: AttributeValue[], b: AttributeValue[]): number {
  for (const [at, value] of a.entries()) {
    const order = compareKeys(value, b[at]!);
    if (order !== 0) return order;
  }
  return 0;
}

export function startKeyNames(table: string, index: IndexShape | undefined): string[] {
  return [...new Set([...keyNames(table), ...(index ? [...index.partition, ...index.sort] : [])])];
}

/** One page before the filter: a loop over the whole table. */
export function pageOf(table: ModelTable, index: IndexShape | undefined, op: PageOp): ModelPage {
  const found: {item: Item; at: Position}[] = [];
  for (const item of table.items.values()) {
    const entry = index ? entryOf(table.name, index, item) : item;
    if (entry && isAsked(op, entry)) found.push({item: entry, at: positionOf(table.name, index, entry)});
  }
  const total = op.segment;
  const inSegment = total ? found.filter(({at}) => segmentOf(at.hash, total.total) === total.number) : found;
  inSegment.sort((a, b) => comparePositions(a.at, b.at) * (op.reverse ? -1 : 1));
  const start = op.startKey && positionOf(table.name, index, op.startKey);
  const rest = inSegment.filter(
    ({at}) => !start || (op.reverse ? comparePositions(at, start) < 0 : comparePositions(at, start) > 0),
  );
  const page = rest.slice(0, op.limit ?? rest.length).map(({item}) => item);
  // After the only item of a partition there is nothing to go on to.
  const holdsOne = op.op === 'query' && !index && keyNames(table.name).length === 1;
  const isFull = op.limit !== undefined && page.length === op.limit && !holdsOne;
  const last = isFull ? page.at(-1) : undefined;
  const lastKey = last && Object.fromEntries(startKeyNames(table.name, index).map(name => [name, last[name]!]));
  return {scanned: page, lastKey};
}

function isAsked({op, partition, sort}: PageOp, item: Item): boolean {
  if (op === 'scan') return true;
  for (const [name, value] of Object.entries(partition!)) if (!compares(item[name]!, '=', value)) return false;
  if (!sort) return true;
  const value = item[sort.name]!;
  const [first, second] = sort.values as [AttributeValue, AttributeValue];
  if (sort.by === 'between') return compareKeys(value, first) >= 0 && compareKeys(value, second) <= 0;
  if (sort.by === 'begins') return bytesOf(value).subarray(0, bytesOf(first).length).equals(bytesOf(first));
  return compares(value, sort.by, first);
}

/** Segments cut the space of hashes into equal parts. */
export function segmentOf(hash: Buffer, total: number): number {
  const place = BigInt(hash.readUIntBE(0, 6));
  for (let number = total - 1; number > 0; number--) {
    if (place >= (BigInt(number) << 48n) / BigInt(total)) return number;
  }
  return 0;
}

export function pageAnswer(page: ModelPage, answers: readonly (Item | undefined)[], op: PageOp): object {
  const kept = answers.filter((item): item is Item => item !== undefined && (!op.filter || holds(item, op.filter)));
  return {
    Count: kept.length,
    ScannedCount: page.scanned.length,
    ...(op.select === 'COUNT' ? {} : {Items: kept}),
    ...(page.lastKey ? {LastEvaluatedKey: page.lastKey} : {}),
  };
}
