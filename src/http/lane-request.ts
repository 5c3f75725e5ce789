import type {WireRequest} from '../api/wire.ts';
import {type Head, isName} from './parse-head.ts';

/** A request of the fast lane. Headers are looked up where they lie: most are never asked for. */
export class LaneRequest implements WireRequest {
  readonly method = 'POST';
  readonly url: string;
  readonly body: Buffer;
  readonly #text: string;
  readonly #fields: readonly number[];

  constructor(head: Head, body: Buffer) {
    this.url = head.url;
    this.body = body;
    this.#text = head.text;
    this.#fields = head.fields;
  }

  header(name: string): string | undefined {
    const text = this.#text;
    const fields = this.#fields;
    let found: string | undefined;
    for (let index = 0; index < fields.length; index += 4) {
      const nameStart = fields[index]!;
      if (fields[index + 1]! - nameStart !== name.length || !isName(text, nameStart, name)) continue;
      const value = text.slice(fields[index + 2]!, fields[index + 3]!);
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }
}
