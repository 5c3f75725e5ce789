import {type AttributeValue, type Item, setAttribute} from './attribute-value.ts';
import {JsonReader} from './json-reader.ts';
import {utf8Size} from './text-order.ts';

const colon = 0x3a;
const comma = 0x2c;

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

  /** UTF-8 without white space, and without escapes in the names of its attributes. */
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

  /** These attributes of it, those that it has. */
  pick(names: readonly string[]): Item {
    const picked: Item = {};
    const bytes = this.#bytes;
    const reader = new JsonReader(bytes, 1);
    for (let left = names.length; left > 0; ) {
      const nameBytes = reader.takeString();
      if (nameBytes < 0) break;
      const nameEnd = reader.at - 1;
      reader.take(colon);
      const valueStart = reader.at;
      reader.skipValue();
      for (const name of names) {
        if (!isAt(bytes, nameEnd - nameBytes, nameEnd, name)) continue;
        setAttribute(picked, name, valueAt(bytes, valueStart, reader.at));
        left--;
      }
      if (!reader.take(comma)) break;
    }
    return picked;
  }
}

function isAt(bytes: Buffer, start: number, end: number, name: string): boolean {
  return utf8Size(name) === end - start && bytes.toString('utf8', start, end) === name;
}

function valueAt(bytes: Buffer, start: number, end: number): AttributeValue {
  const text = bytes.toString('utf8', start, end);
  // What keys mostly are, by a shorter way.
  if (text.startsWith('{"S":"') && !text.includes('\\')) return {S: text.slice(6, -2)};
  return JSON.parse(text);
}
