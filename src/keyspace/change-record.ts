import {assert} from '../base/assert.ts';

/** What happened to an item; `end` stands after the last change of a closed shard. */
export type ChangeKind = 'INSERT' | 'MODIFY' | 'REMOVE' | 'end';

interface ChangeHead {
  kind: ChangeKind;
  /** Nobody asked for it: the item's time was up. */
  byService: boolean;
  createdMs: number;
  /** Keys and images, in bytes as DynamoDB counts them. */
  size: number;
}

/** A change to be written. Keys and images are wire text. */
export interface NewChange extends ChangeHead {
  keys: string;
  newImage: Buffer | undefined;
  oldImage: Buffer | undefined;
}

/** A change as it lies in its shard's log. */
export interface ChangeRecord extends ChangeHead {
  /** The keys and what follows them in an answer: `{…},"NewImage":{…},"OldImage":{…}`. A reader passes it on unread. */
  keysAndImages: Buffer;
}

export const changeRecordFormat = 1;
const kinds: readonly ChangeKind[] = ['INSERT', 'MODIFY', 'REMOVE', 'end'];
const serviceFlag = 0x10;
const timeAt = 2;
const timeBytes = 6;
const sizeAt = timeAt + timeBytes;
const headerBytes = sizeAt + 4;
const newImageName = ',"NewImage":';
const oldImageName = ',"OldImage":';

/** Copies everything: nothing of `change` is kept. */
export function encodeChange(change: NewChange): Buffer {
  const {keys, newImage, oldImage} = change;
  const keysBytes = Buffer.byteLength(keys);
  const imageBytes = (image: Buffer | undefined) => (image ? newImageName.length + image.length : 0);
  const bytes = Buffer.allocUnsafe(headerBytes + keysBytes + imageBytes(newImage) + imageBytes(oldImage));
  bytes[0] = changeRecordFormat;
  bytes[1] = kinds.indexOf(change.kind) | (change.byService ? serviceFlag : 0);
  bytes.writeUIntBE(change.createdMs, timeAt, timeBytes);
  bytes.writeUInt32BE(change.size, sizeAt);
  bytes.write(keys, headerBytes, 'utf8');
  let at = headerBytes + keysBytes;
  const writeImage = (name: string, image: Buffer) => {
    bytes.write(name, at, 'latin1');
    bytes.set(image, at + name.length);
    at += name.length + image.length;
  };
  if (newImage) writeImage(newImageName, newImage);
  if (oldImage) writeImage(oldImageName, oldImage);
  return bytes;
}

/** `keysAndImages` is a view of `bytes`. */
export function decodeChange(bytes: Buffer): ChangeRecord {
  assert(bytes[0] === changeRecordFormat, 'a change record is in the known format', {format: bytes[0]});
  const kind = kinds[bytes[1]! & 0x0f];
  assert(kind, 'a change record is of a known kind', {byte: bytes[1]});
  return {
    kind,
    byService: (bytes[1]! & serviceFlag) !== 0,
    createdMs: changeTime(bytes),
    size: bytes.readUInt32BE(sizeAt),
    keysAndImages: bytes.subarray(headerBytes),
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
