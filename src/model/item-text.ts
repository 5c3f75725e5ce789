import {type AttributeValue, type Item, setAttribute} from './attribute-value.ts';
import {colon, comma} from './json-bytes.ts';
import {JsonReader} from './json-reader.ts';

/** Each is held against the name of every attribute. */
const namesMax = 8;

/**
 * An item in normal form as JSON text: what is stored, and what GetItem answers with. It takes the place of an item in a request
 * whose items were read by `read-item-text.ts`, and becomes an object only where somebody has to look into it.
 *
 * Whoever walks over such a request finds nothing in it: it has no members that are enumerable.
 */
export class ItemText {
  readonly #bytes: Buffer;
  readonly #size: number;

  constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /** UTF-8 without white space. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** In bytes, as DynamoDB counts them. */
  get size(): number {
    return this.#size;
  }

  /** All of it. */
  toJSON(): Item {
    return JSON.parse(this.#bytes.toString());
  }

  /** These attributes of it, those that it has; undefined where `find` can't tell. */
  pick(names: Iterable<string>): Item | undefined {
    const places = this.find([...names]);
    return places && this.read(places);
  }

  /** What stands at these places of it. */
  read(places: readonly AttributePlace[]): Item {
    const item: Item = {};
    for (const {name, valueStart, end} of places) setAttribute(item, name, valueAt(this.#bytes, valueStart, end));
    return item;
  }

  /**
   * Where these attributes stand, in their order there. Undefined where it meets a name with escapes before it has found them all,
   * which an item that was stored may have, and where so many are asked for that all of it might as well be read.
   */
  find(names: readonly string[]): AttributePlace[] | undefined {
    const bytes = this.#bytes;
    const places: AttributePlace[] = [];
    if (names.length > namesMax) return undefined;
    if (bytes.length === 2) return places;
    const reader = new JsonReader(bytes, 1);
    while (places.length < names.length) {
      const start = reader.at;
      const nameBytes = reader.takeString();
      if (nameBytes < 0) return undefined;
      const nameEnd = reader.at - 1;
      reader.take(colon);
      const valueStart = reader.at;
      reader.skipValue();
      let found: string | undefined;
      for (const name of names) {
        if (!mayBe(bytes, nameEnd - nameBytes, nameEnd, name)) continue;
        found ??= bytes.toString('utf8', nameEnd - nameBytes, nameEnd);
        if (found === name) places.push({name, start, valueStart, end: reader.at});
      }
      if (!reader.take(comma)) break;
    }
    return places;
  }
}

/** Offsets into the text of an item. */
export interface AttributePlace {
  name: string;
  /** Of the name with its quotes. */
  start: number;
  valueStart: number;
  end: number;
}

/** Most other names differ in their length or first character. */
function mayBe(bytes: Buffer, start: number, end: number, name: string): boolean {
  const first = name.charCodeAt(0);
  const length = end - start;
  return length >= name.length && length <= name.length * 3 && (first === bytes[start] || first > 0x7f);
}

function valueAt(bytes: Buffer, start: number, end: number): AttributeValue {
  const text = bytes.toString('utf8', start, end);
  // What keys mostly are, by a shorter way.
  if (text.startsWith('{"S":"') && !text.includes('\\')) return {S: text.slice(6, -2)};
  return JSON.parse(text);
}
