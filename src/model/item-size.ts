import type {AttributeValue, Item} from './attribute-value.ts';
import {utf8Size} from './text-order.ts';

/** An item of exactly this size is stored, one byte more is refused. */
export const itemSizeBytesMax = 409_600;

/** PutItem, BatchWriteItem, a transaction's Put, PartiQL's INSERT. */
export const itemTooLargeMessage = 'Item size has exceeded the maximum allowed size';
/** UpdateItem, a transaction's Update (there a cancellation reason), PartiQL's UPDATE. */
export const updateTooLargeMessage = 'Item size to update has exceeded the maximum allowed size';

/** The size of an item in bytes as DynamoDB counts it: names and values. The item must be in normal form. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name in item) size += utf8Size(name) + attributeValueSize(item[name]!);
  return size;
}

/**
 * The size of a value in bytes. A list or map costs 3 and 1 for each element. Source: paritysuite itemSizeBySurface, where
 * document values were measured; dynalite agrees.
 */
export function attributeValueSize(value: AttributeValue): number {
  if ('S' in value) return utf8Size(value.S);
  if ('N' in value) return numberSize(value.N);
  if ('B' in value) return base64Size(value.B);
  if ('M' in value) {
    let size = 3;
    for (const name in value.M) size += 1 + utf8Size(name) + attributeValueSize(value.M[name]!);
    return size;
  }
  if ('L' in value) {
    let size = 3;
    for (const element of value.L) size += 1 + attributeValueSize(element);
    return size;
  }
  if ('SS' in value) return total(value.SS, utf8Size);
  if ('NS' in value) return total(value.NS, numberSize);
  if ('BS' in value) return total(value.BS, base64Size);
  // BOOL and NULL
  return 1;
}

/** The size of the members of a set. */
function total(members: readonly string[], sizeOf: (member: string) => number): number {
  let size = 0;
  for (const member of members) size += sizeOf(member);
  return size;
}

/**
 * The size of a number in normal form: one byte, one for each pair of integer digits, one for each pair of fraction digits
 * (both rounded up, without the zeros at the outer ends), one for a minus. Not what AWS documents, but what it does:
 * 23 literals were measured to the byte (paritysuite numberByteSize).
 */
export function numberSize(text: string): number {
  const end = text.length;
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const point = text.indexOf('.', start);
  let pairs: number;
  if (point < 0) {
    let last = end - 1;
    while (last >= start && text.charCodeAt(last) === 0x30) last--;
    pairs = (last - start + 2) >> 1;
  } else if (text.charCodeAt(start) === 0x30) {
    let first = point + 1;
    while (text.charCodeAt(first) === 0x30) first++;
    pairs = (end - first + 1) >> 1;
  } else {
    pairs = ((point - start + 1) >> 1) + ((end - point) >> 1);
  }
  return 1 + pairs + start;
}

/** Bytes of canonical base64. */
export function base64Size(text: string): number {
  const {length} = text;
  if (length === 0) return 0;
  const padding = text.charCodeAt(length - 1) !== 0x3d ? 0 : text.charCodeAt(length - 2) !== 0x3d ? 1 : 2;
  return (length / 4) * 3 - padding;
}
