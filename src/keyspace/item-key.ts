import * as crypto from 'node:crypto';
import {encodeOrdered, encodeOrderedLast, type KeyValue} from './ordered.ts';
import {indexIdBytes, keySpace, partitionHashBytes, tableIdBytes} from './register.ts';
import type {IndexId, TableId} from './table-record.ts';

// `crypto.hash` (Node 20.12) spares the hash object, which costs more than hashing a short key.
const sha256: (bytes: Buffer) => Buffer =
  typeof crypto.hash === 'function'
    ? bytes => crypto.hash('sha256', bytes, 'buffer')
    : bytes => crypto.createHash('sha256').update(bytes).digest();

/**
 * Where a partition lies: the first 24 bytes of SHA-256 over the ordered encodings of its key values. Keys stay short
 * whatever their values, load spreads, and nobody can choose keys that collide.
 */
export function partitionHash(values: readonly KeyValue[]): Buffer {
  const bytes = values.length === 1 ? encodeOrderedLast(values[0]!) : Buffer.concat(values.map(encodeOrdered));
  return sha256(bytes).subarray(0, partitionHashBytes);
}

const itemHeadBytes = 1 + tableIdBytes;
const entryHeadBytes = 1 + tableIdBytes + indexIdBytes;

/** `sort` is the last part of the key, so it needs no terminator. */
export function itemKey(table: TableId, hash: Buffer, sort: KeyValue | undefined): Buffer {
  const sortBytes = sort ? encodeOrderedLast(sort) : undefined;
  const key = Buffer.allocUnsafe(itemHeadBytes + partitionHashBytes + (sortBytes ? sortBytes.length : 0));
  key[0] = keySpace.item;
  key.writeUInt32BE(table, 1);
  key.set(hash, itemHeadBytes);
  if (sortBytes) key.set(sortBytes, itemHeadBytes + partitionHashBytes);
  return key;
}

/** What all items of one partition of a table begin with. */
export function itemPrefix(table: TableId, hash: Buffer): Buffer {
  return itemKey(table, hash, undefined);
}

/** A base key up to this size stands whole at the end of an index entry, so that ties come in its order. */
const wholeTailBytesMax = 160;

/**
 * An entry of an index. It ends with the base key, since two items may share every index attribute: the partition hash
 * (of global indexes only: a local entry shares its item's), then the sort key; a long one is cut and hashed.
 */
export function entryKey(
  table: TableId,
  index: {id: IndexId; kind: 'local' | 'global'},
  hash: Buffer,
  sort: readonly KeyValue[],
  baseKey: Buffer,
): Buffer {
  const tail = baseKey.subarray(itemHeadBytes + (index.kind === 'local' ? partitionHashBytes : 0));
  const boundedTail = tail.length <= wholeTailBytesMax ? tail : cutTail(tail);
  return Buffer.concat([entryPrefix(table, index.id, hash), ...sort.map(encodeOrdered), boundedTail]);
}

/** One byte longer than any whole tail, so that a cut one never equals a whole one. */
function cutTail(tail: Buffer): Buffer {
  const head = tail.subarray(0, wholeTailBytesMax + 1 - partitionHashBytes);
  return Buffer.concat([head, sha256(tail).subarray(0, partitionHashBytes)]);
}

/** What all entries of one partition of an index begin with. */
export function entryPrefix(table: TableId, index: IndexId, hash: Buffer): Buffer {
  const key = Buffer.allocUnsafe(entryHeadBytes + partitionHashBytes);
  key[0] = keySpace.indexEntry;
  key.writeUInt32BE(table, 1);
  key.writeUInt16BE(index, itemHeadBytes);
  key.set(hash, entryHeadBytes);
  return key;
}

/** What all items of a table (index 0) or all entries of an index begin with. */
export function collectionPrefix(table: TableId, index: IndexId | 0): Buffer {
  if (index === 0) return keyOfIds(keySpace.item, table);
  return keyOfIds(keySpace.indexEntry, table, index);
}

/** Counters of a table (index 0) or an index: items, bytes. */
export function totalsKey(table: TableId, index: IndexId | 0): Buffer {
  return keyOfIds(keySpace.totals, table, index);
}

/** Counter of an item collection's bytes: the items and local index entries that share a partition key. */
export function collectionBytesKey(table: TableId, hash: Buffer): Buffer {
  return Buffer.concat([keyOfIds(keySpace.collectionBytes, table), hash]);
}

export function lastTableIdKey(): Buffer {
  return Buffer.from([keySpace.lastTableId]);
}

export function droppedKey(table: TableId, index: IndexId | 0): Buffer {
  return keyOfIds(keySpace.dropped, table, index);
}

export function backfillKey(table: TableId, index: IndexId): Buffer {
  return keyOfIds(keySpace.backfill, table, index);
}

export function allBackfills(): {start: Buffer; end: Buffer} {
  return {start: Buffer.from([keySpace.backfill]), end: Buffer.from([keySpace.backfill + 1])};
}

export function timeToLiveKey(table: TableId, index: IndexId): Buffer {
  return keyOfIds(keySpace.timeToLive, table, index);
}

export function allTimeToLive(): {start: Buffer; end: Buffer} {
  return {start: Buffer.from([keySpace.timeToLive]), end: Buffer.from([keySpace.timeToLive + 1])};
}

export function allDropped(): {start: Buffer; end: Buffer} {
  return {start: Buffer.from([keySpace.dropped]), end: Buffer.from([keySpace.dropped + 1])};
}

/** Of a note about something dropped, about a backfill, or about time to live. */
export function decodeNoteKey(key: Buffer): {table: TableId; index: IndexId | 0} {
  return {table: key.readUInt32BE(1) as TableId, index: key.readUInt16BE(itemHeadBytes) as IndexId | 0};
}

function keyOfIds(space: number, table: TableId, index?: IndexId | 0): Buffer {
  const key = Buffer.allocUnsafe(index === undefined ? itemHeadBytes : entryHeadBytes);
  key[0] = space;
  key.writeUInt32BE(table, 1);
  if (index !== undefined) key.writeUInt16BE(index, itemHeadBytes);
  return key;
}

/**
 * The part of a table or index that one segment of a parallel scan walks: segments cut the space of partition hashes
 * into equal parts. `total` is at most 1,000,000.
 */
export function segmentRange(prefix: Buffer, segment: number, total: number): {start: Buffer; end: Buffer} {
  return {start: segmentEdge(prefix, segment, total), end: segmentEdge(prefix, segment + 1, total)};
}

function segmentEdge(prefix: Buffer, segment: number, total: number): Buffer {
  if (segment === total) return keyAfterIds(prefix);
  if (segment === 0) return prefix;
  const edge = Buffer.alloc(prefix.length + 6);
  prefix.copy(edge);
  edge.writeUIntBE(Number((BigInt(segment) << 48n) / BigInt(total)), prefix.length, 6);
  return edge;
}

/** The first key after all that begin with `prefix`, which ends in an id: ids never have all their bits set. */
function keyAfterIds(prefix: Buffer): Buffer {
  const after = Buffer.from(prefix);
  let at = after.length - 1;
  while (after[at] === 0xff) after[at--] = 0;
  after[at]! += 1;
  return after;
}

/** Everything that a dropped table (index 0), or one index of it, has left behind. */
export function rangesOf(table: TableId, index: IndexId | 0): {start: Buffer; end: Buffer}[] {
  const prefixes =
    index === 0
      ? [keySpace.item, keySpace.indexEntry, keySpace.expiry, keySpace.totals, keySpace.collectionBytes].map(space =>
          keyOfIds(space, table),
        )
      : [collectionPrefix(table, index), keyOfIds(keySpace.expiry, table, index), totalsKey(table, index)];
  return prefixes.map(start => ({start, end: keyAfterIds(start)}));
}
