import * as zlib from 'node:zlib';

const native = (zlib as {crc32?: (data: string | Buffer) => number}).crc32;

/** CRC-32 (IEEE, as in gzip) of bytes, or of the UTF-8 of a text. Node has its own from 20.15 on. */
export const crc32: (data: string | Buffer) => number = native ?? crc32ByTable;

let table: Uint32Array | undefined;

export function crc32ByTable(data: string | Buffer): number {
  table ??= Uint32Array.from({length: 256}, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (const byte of typeof data === 'string' ? Buffer.from(data) : data) {
    crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
