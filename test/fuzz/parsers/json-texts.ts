import type {Chance} from '../chance.ts';
import {type Pieces, piecesOf, spliced} from '../inputs/splice.ts';

export const jsonPiece = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[a-z]+|[\s\S]/gu;

export const jsonWords = [
  ...['{', '}', '[', ']', ',', ':', '{}', '[]', '""', 'null', 'true', 'false', '0', '-1', '1.5', '1e400', '2147483648'],
  ...['"S"', '"N"', '"B"', '"M"', '"L"', '"SS"', '"NS"', '"BS"', '"BOOL"', '"NULL"', '"__proto__"', '"constructor"'],
  ...[
    '{"S":"a"}',
    '{"N":"1"}',
    '{"M":{}}',
    '{"L":[]}',
    '{"NULL":true}',
    '{"SS":["a","a"]}',
    '{"N":"x"}',
    '{"B":"AA="}',
    '{"S":"a","L":[{"S":"a"}],"S":null}',
  ],
  ...['"__proto__":{"S":"a"},', '"a":null,', '"\\ud800"', '"\\u0000"', '{"L":[{"S":"a"}]}', '"true"', '"x'],
];

export const jsonPieces = (value: unknown): Pieces => piecesOf(JSON.stringify(value), jsonPiece);

/** The bytes that a text of pieces is sent as: seldom some that are not UTF-8. */
export function jsonBytes({text, odd}: {text: string; odd: boolean}): Buffer {
  return Buffer.from(text, odd ? 'latin1' : 'utf8');
}

export function jsonText(chance: Chance, seed: Pieces, seeds: readonly Pieces[]): {text: string; odd: boolean} {
  const source = {seeds, words: jsonWords, charactersMax: 3_000};
  const text = chance.maybe(0.3) ? seed.join('') : spliced(chance, seed, source);
  // As Python spells it, or only here and there.
  const spaced = chance.maybe(0.2) ? text.replace(/(?<=[:,[{])(?=["{[])/g, () => (chance.maybe(0.8) ? ' ' : '')) : text;
  return {text: spaced, odd: chance.maybe(0.01)};
}
