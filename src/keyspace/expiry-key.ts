import {indexIdBytes, keySpace, partitionHashBytes, tableIdBytes} from './register.ts';
import type {IndexId, TableId} from './table-record.ts';

/** Expiry times before this fit (about 34,000 years from 1970); items that expire later never do. */
export const expirySecondsEnd = 2 ** 40;

const secondsBytes = 5;
const itemHeadBytes = 1 + tableIdBytes;
const secondsAt = 1 + tableIdBytes + indexIdBytes;
const itemAt = secondsAt + secondsBytes;

/** Entry of an item in its table's index on expiry times: whole seconds since 1970, then what follows the table in the item's key. */
export function expiryKey(table: TableId, index: IndexId, seconds: number, itemKey: Buffer): Buffer {
  const key = Buffer.allocUnsafe(itemAt + itemKey.length - itemHeadBytes);
  writeHead(key, table, index, seconds);
  itemKey.copy(key, itemAt, itemHeadBytes);
  return key;
}

/** Entries of one index with `from` ≤ seconds < `until`. */
export function expiryRange(table: TableId, index: IndexId, from: number, until: number): {start: Buffer; end: Buffer} {
  const edge = (seconds: number) => writeHead(Buffer.allocUnsafe(itemAt), table, index, seconds);
  return {start: edge(from), end: edge(until)};
}

/** What an entry tells of its item. */
export function decodeExpiryKey(key: Buffer): {seconds: number; itemKey: Buffer; hash: Buffer} {
  const itemKey = Buffer.allocUnsafe(itemHeadBytes + key.length - itemAt);
  itemKey[0] = keySpace.item;
  key.copy(itemKey, 1, 1, 1 + tableIdBytes);
  key.copy(itemKey, itemHeadBytes, itemAt);
  const hash = itemKey.subarray(itemHeadBytes, itemHeadBytes + partitionHashBytes);
  return {seconds: key.readUIntBE(secondsAt, secondsBytes), itemKey, hash};
}

function writeHead(key: Buffer, table: TableId, index: IndexId, seconds: number): Buffer {
  key[0] = keySpace.expiry;
  key.writeUInt32BE(table, 1);
  key.writeUInt16BE(index, 1 + tableIdBytes);
  key.writeUIntBE(seconds, secondsAt, secondsBytes);
  return key;
}
