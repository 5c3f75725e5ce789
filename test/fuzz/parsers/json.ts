import assert from 'node:assert/strict';
import {parseBody} from '../../../src/model/parse-json.ts';
import {scanJson} from '../../../src/model/scan-json.ts';
import {chanceFrom} from '../chance.ts';
import type {Pieces} from '../inputs/splice.ts';
import {anything, attributes} from '../random-values.ts';
import {jsonBytes, jsonPieces, jsonText} from './json-texts.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface JsonInput {
  text: string;
  odd: boolean;
}

let seeds: readonly Pieces[] | undefined;

function seedsOf(): Pieces[] {
  const chance = chanceFrom(29);
  const all = chance.many(3_000, 3_000, () =>
    jsonPieces(chance.maybe(0.3) ? {a: anything(chance)} : attributes(chance, 5)),
  );
  return all.filter(pieces => pieces.length < 300 && pieces.every(piece => piece.length < 500));
}

const depthMax = 6;

/** A body as JSON: JavaScript's own reading, but of whole characters only, and scanned for what would cost too much. */
export const json: ParserFuzz<JsonInput> = {
  name: 'json',
  generate(chance) {
    seeds ??= seedsOf();
    return jsonText(chance, chance.pick(seeds), seeds);
  },
  check(input) {
    try {
      const bytes = jsonBytes(input);
      const text = bytes.toString('utf8');
      const scanned = scanJson(text, depthMax);
      assert(scanned === undefined || scanned === text, 'nothing is left out of what is small');
      const body = parseBody(bytes);
      assert.equal(scanned === undefined, depthOf(text) > depthMax, 'depth is found without parsing');
      const again = JSON.stringify(body);
      assert(!/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(again), 'characters are whole');
      if (!/\\u/i.test(text)) assert.equal(again, JSON.stringify(JSON.parse(text)));
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};

/** Of the text, not of what was parsed: of members with one name only the last is there. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of text.replace(/"(?:[^"\\]|\\.)*"/gs, '').match(/[[\]{}]/g) ?? []) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
