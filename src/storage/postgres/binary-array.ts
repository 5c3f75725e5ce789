/** Object ids of the types that arrays are made of: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const typeIds = {boolean: 16, bytea: 17, bigint: 20, integer: 23, xid: 28} as const;

const headBytes = 20;

/** A one-dimensional array in PostgreSQL's binary form, which `pg` sends as it is. Null is SQL's null. */
export function binaryArray(type: keyof typeof typeIds, elements: readonly (Buffer | null)[]): Buffer {
  let size = headBytes;
  for (const element of elements) size += 4 + (element ? element.length : 0);
  const bytes = Buffer.allocUnsafe(size);
  // Dimensions, whether there are nulls, the type; then the length and the first index of the one dimension.
  bytes.writeInt32BE(elements.length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(elements.includes(null) ? 1 : 0, 4);
  bytes.writeUInt32BE(typeIds[type], 8);
  if (elements.length === 0) return bytes.subarray(0, 12);
  bytes.writeInt32BE(elements.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = headBytes;
  for (const element of elements) {
    at = bytes.writeInt32BE(element ? element.length : -1, at);
    if (!element) continue;
    bytes.set(element, at);
    at += element.length;
  }
  return bytes;
}

export function integerBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function bigintBytes(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** Transaction ids are unsigned. */
export function xidBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const booleanBytes = {true: Buffer.from([1]), false: Buffer.from([0])};

/** The bytes of what PostgreSQL writes as `\x` and hexadecimal digits. */
export function byteaOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafe((text.length - 2) / 2);
  bytes.write(text.slice(2), 'hex');
  return bytes;
}
