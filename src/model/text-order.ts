/** Orders two well-formed strings by their UTF-8 bytes, as DynamoDB does: negative when `a` comes first. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // UTF-16 puts the surrogates (characters beyond U+FFFF) before U+E000 to U+FFFF, UTF-8 after them.
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rotate(x) - rotate(y) : x - y;
  }
  return a.length - b.length;
}

function rotate(unit: number): number {
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Orders two binaries, given in base64, by their bytes. */
export function compareBinaries(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'));
}

/**
 * Bytes of a string in UTF-8. Asking V8 costs more than counting when the string is short.
 */
export function utf8Size(text: string): number {
  const {length} = text;
  if (length > 48) return Buffer.byteLength(text);
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  }
  return length;
}
