import {backslash, closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote} from './json-bytes.ts';

/** Bytes that stand for themselves inside of a string: no end of it, no escape, and nothing that JSON forbids there. */
const standsForItself = new Uint8Array(256).fill(1, 0x20);
standsForItself[quote] = 0;
standsForItself[backslash] = 0;

/** What JavaScript writes behind a backslash for one character. */
const isShortEscape = new Uint8Array(256);
for (const byte of Buffer.from('"\\bfnrt')) isShortEscape[byte] = 1;

/**
 * Walks over JSON in UTF-8 that has no white space between its tokens. Nothing is built; where a step meets what it is not
 * made for it says so, and `at` is of no use any more.
 */
export class JsonReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** True, and past it, if this byte comes next. */
  take(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** How many bytes the string that comes next has between its quotes; −1 when there is none, or one with escapes. */
  takeString(): number {
    const {bytes} = this;
    const start = this.at + 1;
    if (bytes[start - 1] !== quote) return -1;
    let at = start;
    while (standsForItself[bytes[at]!] === 1) at++;
    this.at = at + 1;
    return bytes[at] === quote ? at - start : -1;
  }

  /**
   * How many bytes of UTF-8 the text has that the string which comes next stands for; −1 when there is none, or one that
   * JavaScript would spell with other escapes.
   */
  takeText(): number {
    const {bytes} = this;
    const start = this.at + 1;
    if (bytes[start - 1] !== quote) return -1;
    let at = start;
    let escapes = 0;
    for (;;) {
      while (standsForItself[bytes[at]!] === 1) at++;
      if (bytes[at] !== backslash) break;
      if (isShortEscape[bytes[at + 1]!] !== 1) return -1;
      escapes++;
      at += 2;
    }
    this.at = at + 1;
    return bytes[at] === quote ? at - start - escapes : -1;
  }

  /** Past the string that comes next, whatever it holds. */
  skipString(): boolean {
    if (this.bytes[this.at] !== quote) return false;
    this.at = stringEnd(this.bytes, this.at + 1) + 1;
    return this.at <= this.bytes.length;
  }

  /** Past the value that comes next, whatever it is: that it is sound JSON remains to be seen. */
  skipValue(): boolean {
    const {bytes} = this;
    let depth = 0;
    for (let at = this.at; at < bytes.length; at++) {
      switch (bytes[at]) {
        case quote:
          at = stringEnd(bytes, at + 1);
          break;
        case openBrace:
        case openBracket:
          depth++;
          break;
        case closeBrace:
        case closeBracket:
        case comma:
          // What ends the value when it is a number or a word belongs to whatever it stands in.
          if (depth === 0) {
            this.at = at;
            return true;
          }
          if (bytes[at] !== comma) depth--;
          break;
      }
    }
    return false;
  }
}

/** After this many bytes without a quote it is worth asking for the next one. */
const shortBytes = 64;

/** Where the string ends whose first byte is at `start`, or past the end of all. */
function stringEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length) {
    for (const stop = Math.min(bytes.length, at + shortBytes); at < stop; at++) {
      if (bytes[at] === quote) return at;
      if (bytes[at] === backslash) at++;
    }
    const end = bytes.indexOf(quote, at);
    if (end < 0) break;
    let before = end;
    while (before > at && bytes[before - 1] === backslash) before--;
    // Of an odd number of backslashes the last one belongs to the quote.
    if ((end - before) % 2 === 0) return end;
    at = end + 1;
  }
  return bytes.length;
}

/**
 * The same JSON without white space between its tokens. Where two tokens would become one, a space stays; such a text is no
 * JSON, before or after.
 */
export function withoutSpaces(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length);
  let end = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at]!;
    if (isSpace(byte)) {
      while (isSpace(bytes[at + 1])) at++;
      if (end === 0 || isMark(kept[end - 1]!) || at + 1 === bytes.length || isMark(bytes[at + 1]!)) continue;
      byte = 0x20;
    }
    kept[end++] = byte;
    if (byte !== quote) continue;
    for (at++; at < bytes.length; at++) {
      const inside = bytes[at]!;
      kept[end++] = inside;
      if (inside === quote) break;
      if (inside === backslash && at + 1 < bytes.length) kept[end++] = bytes[++at]!;
    }
  }
  return kept.subarray(0, end);
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A token of one byte, or the edge of a string: it never becomes one token with what stands beside it. */
function isMark(byte: number): boolean {
  return (
    byte === quote ||
    byte === comma ||
    byte === colon ||
    byte === openBrace ||
    byte === closeBrace ||
    byte === openBracket ||
    byte === closeBracket
  );
}
