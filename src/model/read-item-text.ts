import type {AttributeValue} from './attribute-value.ts';
import {checkAttributeValue} from './check-attribute-value.ts';
import {attributeValueSize, itemSizeBytesMax, numberSize} from './item-size.ts';
import {ItemText} from './item-text.ts';
import {closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote} from './json-bytes.ts';
import type {JsonReader} from './json-reader.ts';
import {isPlainNumber} from './number.ts';
import {parseAttributeValue, type WireValue} from './parse-item.ts';
import {bareLayer} from './value-layer.ts';
import {withWholeCharacters} from './whole-characters.ts';

/** Deeper items are read as usual. */
const levelsMax = 16;
/** So few names are held against each other one by one. */
const fewNames = 32;
/** A name may have 65,535 bytes; such are read as usual. */
const nameBytesMax = 1_000;

/**
 * Reads an item where it lies in a request's body, which has no white space between its tokens and is UTF-8. Most clients send
 * items in normal form, or nearly: then what was sent is what is stored. Values that are not in normal form (a set out of
 * order, `1.50`) are read as usual and put in the place of what was sent. Undefined for whatever is unusual besides: the item
 * may still be sound, or a fault that only `checkInput` and `parseItem` know how to tell. `at` is past the item afterwards.
 */
export function readItemText(reader: JsonReader): ItemText | undefined {
  const item = new ItemReader(reader);
  const start = reader.at;
  if (!item.takeMembers(1, 0) || item.size > itemSizeBytesMax) return undefined;
  return new ItemText(item.textFrom(start), item.size);
}

/**
 * Hashes of the names of all maps that are being read, the innermost last: two that are equal are likely the same name. Room for
 * the first few of each level, used by one item at a time.
 */
const hashes = new Int32Array(levelsMax * fewNames);

class ItemReader {
  size = 0;
  readonly #reader: JsonReader;
  readonly #bytes: Buffer;
  #hashCount = 0;
  /** What stands in the place of what was sent: start, end, text. */
  #replaced: {start: number; end: number; text: Buffer}[] | undefined;

  constructor(reader: JsonReader) {
    this.#reader = reader;
    this.#bytes = reader.bytes;
  }

  /** What was read since `start`, in normal form. */
  textFrom(start: number): Buffer {
    const {at} = this.#reader;
    const replaced = this.#replaced;
    if (!replaced) return this.#bytes.subarray(start, at);
    const pieces: Buffer[] = [];
    let from = start;
    for (const {start: until, end, text} of replaced) {
      pieces.push(this.#bytes.subarray(from, until), text);
      from = end;
    }
    pieces.push(this.#bytes.subarray(from, at));
    return Buffer.concat(pieces);
  }

  /** Each member of a map costs `memberBytes` besides its name and value. */
  takeMembers(level: number, memberBytes: number): boolean {
    const reader = this.#reader;
    if (level > levelsMax || !reader.take(openBrace)) return false;
    if (reader.take(closeBrace)) return true;
    const firstHash = this.#hashCount;
    let many: Set<number> | undefined;
    do {
      const nameStart = reader.at + 1;
      const nameBytes = reader.takeString();
      // JSON puts names that are numbers before all others.
      if (nameBytes < 1 || nameBytes > nameBytesMax || isDigit(this.#bytes[nameStart]!)) return false;
      const hash = hashOf(this.#bytes, nameStart, nameBytes);
      // Of names that are the same the last one would count.
      if (many ? many.has(hash) : isAmong(hash, firstHash, this.#hashCount)) return false;
      if (many) many.add(hash);
      else {
        hashes[this.#hashCount++] = hash;
        if (this.#hashCount - firstHash === fewNames) many = new Set(hashes.subarray(firstHash, this.#hashCount));
      }
      this.size += nameBytes + memberBytes;
      if (!reader.take(colon) || !this.#takeValue(level)) return false;
    } while (reader.take(comma));
    this.#hashCount = firstHash;
    return reader.take(closeBrace);
  }

  #takeValue(level: number): boolean {
    const bytes = this.#bytes;
    const start = this.#reader.at;
    if (bytes[start] !== openBrace || bytes[start + 1] !== quote) return false;
    const isOneLetter = bytes[start + 3] === quote && bytes[start + 4] === colon;
    this.#reader.at = start + 5;
    switch (isOneLetter ? bytes[start + 2] : 0) {
      case 0x53: // S
        return this.#takeText(start);
      case 0x4e: // N
        return this.#takeNumber(start);
      case 0x4d: // M
        this.size += 3;
        return this.takeMembers(level + 1, 1) && this.#reader.take(closeBrace);
      case 0x4c: // L
        this.size += 3;
        return this.#takeElements(level + 1) && this.#reader.take(closeBrace);
    }
    if (bytes[start + 2] === 0x53 && bytes[start + 3] === 0x53) return this.#takeTexts(start);
    for (const word of words) {
      if (!isAt(bytes, start, word)) continue;
      this.size++;
      this.#reader.at = start + word.length;
      return true;
    }
    return this.#takeAsUsual(start);
  }

  /** A set of texts that are in order. */
  #takeTexts(start: number): boolean {
    const reader = this.#reader;
    reader.at = start + startOfTexts.length;
    if (!isAt(this.#bytes, start, startOfTexts)) return this.#takeAsUsual(start);
    let lastStart = 0;
    let lastEnd = 0;
    let size = 0;
    do {
      const length = reader.takeString();
      const end = reader.at - 1;
      const isNext = length >= 0 && (lastEnd === 0 || isLess(this.#bytes, lastStart, lastEnd, end - length, end));
      if (!isNext) return this.#takeAsUsual(start);
      lastStart = end - length;
      lastEnd = end;
      size += length;
    } while (reader.take(comma));
    if (!reader.take(closeBracket) || !reader.take(closeBrace)) return this.#takeAsUsual(start);
    this.size += size;
    return true;
  }

  #takeText(start: number): boolean {
    const reader = this.#reader;
    const bytes = reader.takeText();
    if (bytes < 0 || !reader.take(closeBrace)) return this.#takeAsUsual(start);
    this.size += bytes;
    return true;
  }

  #takeNumber(start: number): boolean {
    const reader = this.#reader;
    const length = reader.takeString();
    const end = reader.at - 1;
    const text = length < 0 ? '' : this.#bytes.toString('latin1', end - length, end);
    if (!isPlainNumber(text) || !reader.take(closeBrace)) return this.#takeAsUsual(start);
    this.size += numberSize(text);
    return true;
  }

  #takeElements(level: number): boolean {
    const reader = this.#reader;
    if (level > levelsMax || !reader.take(openBracket)) return false;
    if (reader.take(closeBracket)) return true;
    do {
      if (!this.#takeValue(level)) return false;
      this.size++;
    } while (reader.take(comma));
    return reader.take(closeBracket);
  }

  /** Strings, so that nothing of it is nested, nor has names. */
  #skipScalarOrSet(start: number): boolean {
    const reader = this.#reader;
    reader.at = start + 1;
    const length = reader.takeString();
    const type = this.#bytes.toString('latin1', start + 2, start + 2 + length);
    if (length < 0 || !scalarsAndSets.has(type) || !reader.take(colon)) return false;
    if (!reader.take(openBracket)) return reader.skipString() && reader.take(closeBrace);
    if (!reader.take(closeBracket)) {
      do {
        if (!reader.skipString()) return false;
      } while (reader.take(comma));
      if (!reader.take(closeBracket)) return false;
    }
    return reader.take(closeBrace);
  }

  /** A text with other escapes than JavaScript's, a number in another form, a binary, a set. It has the one member and no other. */
  #takeAsUsual(start: number): boolean {
    if (!this.#skipScalarOrSet(start)) return false;
    const end = this.#reader.at;
    const sent = this.#bytes.toString('utf8', start, end);
    let value: AttributeValue;
    try {
      value = parseAttributeValue(
        checkAttributeValue(JSON.parse(withWholeCharacters(sent)), 'element', 1) as WireValue,
        bareLayer,
      );
    } catch {
      // It has its own way of being told what is wrong.
      return false;
    }
    this.size += attributeValueSize(value);
    const text = JSON.stringify(value);
    if (text === sent) return true;
    this.#replaced ??= [];
    this.#replaced.push({start, end, text: Buffer.from(text)});
    return true;
  }
}

function isAmong(hash: number, first: number, end: number): boolean {
  for (let at = first; at < end; at++) if (hashes[at] === hash) return true;
  return false;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function hashOf(bytes: Buffer, start: number, length: number): number {
  let hash = length;
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}

/** Of two texts in UTF-8. */
function isLess(bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  let at = start;
  let other = otherStart;
  while (at < end && other < otherEnd && bytes[at] === bytes[other]) {
    at++;
    other++;
  }
  return other < otherEnd && (at === end || bytes[at]! < bytes[other]!);
}

function isAt(bytes: Buffer, start: number, word: Buffer): boolean {
  for (let at = 0; at < word.length; at++) if (bytes[start + at] !== word[at]) return false;
  return true;
}

const startOfTexts = Buffer.from('{"SS":[');
const scalarsAndSets = new Set(['S', 'N', 'B', 'SS', 'NS', 'BS']);
const words = ['{"BOOL":true}', '{"BOOL":false}', '{"NULL":true}'].map(text => Buffer.from(text));
