import {isUtf8} from 'node:buffer';
import type {ItemText} from './item-text.ts';
import {closeBrace, closeBracket, colon, comma, openBrace, openBracket} from './json-bytes.ts';
import {isSpace, JsonReader, withoutSpaces} from './json-reader.ts';
import {parseText, scannedSizeMin} from './parse-json.ts';
import {readItemText} from './read-item-text.ts';

/** Where items stand in the body of an operation: names of members, and `*` for each member or element. */
export type ItemPath = readonly string[];

/**
 * The same as `parseBody`, but each item is an `ItemText` if all of them can be read as such: they are cut out of the body, and
 * only what stands around them becomes an object first. Undefined where that can't be had; then `parseBody` knows more.
 */
export function parseAroundItems(body: Buffer, path: ItemPath): object | undefined {
  // Larger bodies are looked at before they are parsed (parse-json.ts).
  if (body.length >= scannedSizeMin || !isUtf8(body)) return undefined;
  const cutter = new Cutter(body, path);
  if (cutter.walk(0)) return cutter.parse();
  const compact = withoutSpaces(body);
  if (compact.length === body.length) return undefined;
  const again = new Cutter(compact, path);
  return again.walk(0) ? again.parse() : undefined;
}

class Cutter {
  readonly #reader: JsonReader;
  readonly #path: ItemPath;
  readonly #items: ItemText[] = [];
  /** The body, where each item is its number. */
  #around = '';
  #keptFrom = 0;

  constructor(bytes: Buffer, path: ItemPath) {
    this.#reader = new JsonReader(bytes, 0);
    this.#path = path;
  }

  /** Walks the value that comes next, which stands at this depth of the path. */
  walk(depth: number): boolean {
    if (depth === this.#path.length) return this.#cutItem();
    const reader = this.#reader;
    if (reader.take(openBrace)) return reader.take(closeBrace) || this.#walkMembers(depth);
    if (this.#path[depth] === '*' && reader.take(openBracket)) {
      return reader.take(closeBracket) || this.#walkElements(depth);
    }
    // Behind a space there may yet be what is looked for.
    return !isSpace(reader.bytes[reader.at]) && reader.skipValue();
  }

  #walkMembers(depth: number): boolean {
    const reader = this.#reader;
    do {
      const length = reader.takeString();
      if (length < 0) return false;
      const isOnPath = this.#path[depth] === '*' || this.#isNamed(this.#path[depth]!, length);
      if (!reader.take(colon)) return false;
      if (!(isOnPath ? this.walk(depth + 1) : reader.skipValue())) return false;
    } while (reader.take(comma));
    return reader.take(closeBrace);
  }

  #walkElements(depth: number): boolean {
    const reader = this.#reader;
    do {
      if (!this.walk(depth + 1)) return false;
    } while (reader.take(comma));
    return reader.take(closeBracket);
  }

  /** Whether the string that was just read is this name, which is ASCII. */
  #isNamed(name: string, length: number): boolean {
    const end = this.#reader.at - 1;
    return length === name.length && this.#reader.bytes.toString('latin1', end - length, end) === name;
  }

  #cutItem(): boolean {
    const reader = this.#reader;
    const start = reader.at;
    const item = readItemText(reader);
    if (!item) return false;
    this.#around += reader.bytes.toString('utf8', this.#keptFrom, start) + this.#items.length;
    this.#keptFrom = reader.at;
    this.#items.push(item);
    return true;
  }

  /**
   * Undefined where an item is not found again where it was cut out.
   * @throws SerializationException when what stands around the items is no JSON object
   */
  parse(): object | undefined {
    const {bytes} = this.#reader;
    const around = parseText(this.#around + bytes.toString('utf8', this.#keptFrom));
    return this.#putBack(around as Members, 0) ? around : undefined;
  }

  /** Each item in the place of its number. (Of members with one name JSON takes the last: then some have no place.) */
  #putBack(value: Members, depth: number): boolean {
    const wanted = this.#path[depth]!;
    const isLast = depth + 1 === this.#path.length;
    for (const name in value) {
      if (wanted !== '*' && name !== wanted) continue;
      const member = value[name];
      if (isLast) {
        const item = typeof member === 'number' ? this.#items[member] : undefined;
        if (!item) return false;
        value[name] = item;
      } else if (typeof member === 'object' && member !== null) {
        if (!this.#putBack(member as Members, depth + 1)) return false;
      }
    }
    return true;
  }
}

type Members = Record<string, unknown>;
