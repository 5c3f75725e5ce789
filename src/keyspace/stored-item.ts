import {assert} from '../base/assert.ts';
import type {Item} from '../model/attribute-value.ts';
import {ItemText} from '../model/item-text.ts';

/**
 * An item as it lies in the store: one byte of format, its size as DynamoDB counts it in four (big endian), the id of the
 * newest index that holds its entry in two, and the JSON text that GetItem answers with, in UTF-8.
 */
export const storedItemFormat = 1;
const indexedAt = 5;
const headerBytes = 7;

/** `item` must be in normal form (`parseItem`), `size` is its `itemSize`. */
export function encodeStoredItem(item: Item, size: number): Buffer {
  const text = JSON.stringify(item);
  const textBytes = Buffer.byteLength(text);
  const bytes = startStoredItem(size, textBytes);
  // As many bytes as characters: all ASCII, which is copied and not encoded.
  if (textBytes === text.length) bytes.write(text, headerBytes, 'latin1');
  else bytes.write(text, headerBytes, 'utf8');
  return bytes;
}

/** The same of an item that was not read. */
export function encodeItemText({bytes: text, size}: ItemText): Buffer {
  const bytes = startStoredItem(size, text.length);
  bytes.set(text, headerBytes);
  return bytes;
}

function startStoredItem(size: number, textBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + textBytes);
  bytes[0] = storedItemFormat;
  bytes.writeUInt32BE(size, 1);
  bytes.writeUInt16BE(0, indexedAt);
  return bytes;
}

/** The size of the item as DynamoDB counts it, without reading the item. */
export function storedItemSize(bytes: Buffer): number {
  return bytes.readUInt32BE(1);
}

/**
 * The id of the newest index that holds the item's entry, if it has one there. While an index is filled this tells which
 * items are entered already: those written since, and those that the job has come to.
 */
export function storedItemIndexed(bytes: Buffer): number {
  return bytes.readUInt16BE(indexedAt);
}

/** Changes `bytes`. */
export function markIndexed(bytes: Buffer, index: number): void {
  bytes.writeUInt16BE(index, indexedAt);
}

/** The item's JSON text, as GetItem answers it: a view of `bytes`. */
export function storedItemJson(bytes: Buffer): Buffer {
  checkFormat(bytes);
  return bytes.subarray(headerBytes);
}

/** The same with its size. */
export function storedItemText(bytes: Buffer): ItemText {
  return new ItemText(storedItemJson(bytes), storedItemSize(bytes));
}

export function decodeStoredItem(bytes: Buffer): Item {
  checkFormat(bytes);
  return JSON.parse(bytes.toString('utf8', headerBytes));
}

function checkFormat(bytes: Buffer): void {
  assert(bytes[0] === storedItemFormat, 'a stored item is in the known format', {format: bytes[0]});
}
