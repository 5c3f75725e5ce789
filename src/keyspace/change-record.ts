import {assert} from '../base/assert.ts';

/** What happened to an item; `end` stands after the last change of a closed shard. */
export type ChangeKind = 'INSERT' | 'MODIFY' | 'REMOVE' | 'end';

/** A change as it lies in its shard's log. Images are wire text: a reader answers with these bytes. */
export interface ChangeRecord {
  kind: ChangeKind;
  /** Nobody asked for it: the item's time was up. */
  byService: boolean;
  createdMs: number;
  /** Keys and images, in bytes as DynamoDB counts them. */
  size: number;
  keys: Buffer | string;
  newImage: Buffer | undefined;
  oldImage: Buffer | undefined;
}

const format = 1;
const kinds: readonly ChangeKind[] = ['INSERT', 'MODIFY', 'REMOVE', 'end'];
const serviceFlag = 0x10;
const timeAt = 2;
const timeBytes = 6;
const sizeAt = timeAt + timeBytes;
const keysBytesAt = sizeAt + 4;
const newBytesAt = keysBytesAt + 4;
const headerBytes = newBytesAt + 4;

/** Copies everything: nothing of `change` is kept. */
export function encodeChange(change: ChangeRecord): Buffer {
  const {keys, newImage, oldImage} = change;
  const keysBytes = Buffer.byteLength(keys);
  const newBytes = newImage ? newImage.length : 0;
  const bytes = Buffer.allocUnsafe(headerBytes + keysBytes + newBytes + (oldImage ? oldImage.length : 0));
  bytes[0] = format;
  bytes[1] = kinds.indexOf(change.kind) | (change.byService ? serviceFlag : 0);
  bytes.writeUIntBE(change.createdMs, timeAt, timeBytes);
  bytes.writeUInt32BE(change.size, sizeAt);
  bytes.writeUInt32BE(keysBytes, keysBytesAt);
  bytes.writeUInt32BE(newBytes, newBytesAt);
  if (typeof keys === 'string') bytes.write(keys, headerBytes, 'utf8');
  else bytes.set(keys, headerBytes);
  if (newImage) bytes.set(newImage, headerBytes + keysBytes);
  if (oldImage) bytes.set(oldImage, headerBytes + keysBytes + newBytes);
  return bytes;
}

/** The images are views of `bytes`. */
export function decodeChange(bytes: Buffer): ChangeRecord & {keys: Buffer} {
  assert(bytes[0] === format, 'a change record is in the known format', {format: bytes[0]});
  const kind = kinds[bytes[1]! & 0x0f];
  assert(kind, 'a change record is of a known kind', {byte: bytes[1]});
  const newAt = headerBytes + bytes.readUInt32BE(keysBytesAt);
  const oldAt = newAt + bytes.readUInt32BE(newBytesAt);
  return {
    kind,
    byService: (bytes[1]! & serviceFlag) !== 0,
    createdMs: changeTime(bytes),
    size: bytes.readUInt32BE(sizeAt),
    keys: bytes.subarray(headerBytes, newAt),
    newImage: oldAt > newAt ? bytes.subarray(newAt, oldAt) : undefined,
    oldImage: bytes.length > oldAt ? bytes.subarray(oldAt) : undefined,
  };
}

/** When the change was made, without the rest. */
export function changeTime(bytes: Buffer): number {
  return bytes.readUIntBE(timeAt, timeBytes);
}

export function isShardEnd(bytes: Buffer): boolean {
  return bytes[1] === kinds.indexOf('end');
}

export function encodeShardEnd(createdMs: number): Buffer {
  const nothing = {newImage: undefined, oldImage: undefined};
  return encodeChange({kind: 'end', byService: false, createdMs, size: 0, keys: '', ...nothing});
}
