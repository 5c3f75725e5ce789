import type {Chance} from '../chance.ts';

/** A text in pieces, between which it is cut and joined: words, blanks, single characters. */
export type Pieces = readonly string[];

export function piecesOf(text: string, pattern = /[A-Za-z0-9_]+|[ \t]+|[\s\S]/gu): Pieces {
  return text.match(pattern) ?? [];
}

export interface SpliceSource {
  /** Valid texts, whose pieces go into each other. */
  seeds: readonly Pieces[];
  /** Pieces that mean something to the parser. */
  words: readonly string[];
  /** How many characters a piece that is repeated very often may make. */
  charactersMax: number;
}

/** `seed` as it is (seldom), or changed in one place or more: pieces dropped, doubled, replaced, taken from elsewhere, bytes flipped. */
export function spliced(chance: Chance, seed: Pieces, source: SpliceSource): string {
  if (chance.maybe(0.08)) return seed.join('');
  const pieces = seed.slice();
  do changeOnce(chance, pieces, source);
  while (chance.maybe(0.3));
  const text = pieces.join('');
  return chance.maybe(0.08) ? withOddCharacter(chance, text) : text;
}

function changeOnce(chance: Chance, pieces: string[], {seeds, words, charactersMax}: SpliceSource): void {
  const at = chance.upTo(pieces.length + 1);
  const length = 1 + chance.upTo(4);
  switch (chance.upTo(10)) {
    case 0:
      pieces.splice(at, length);
      return;
    case 1:
      pieces.splice(at, 0, ...pieces.slice(at, at + length));
      return;
    case 2:
    case 3:
      pieces[at] = chance.pick(words);
      return;
    case 4:
      pieces.splice(at, 0, chance.pick(words));
      return;
    case 5:
    case 6: {
      // A piece for a piece of the same kind, mostly: what results is nearly valid.
      const other = chance.pick(seeds);
      const wanted = kindOf(pieces[at] ?? '');
      const from = chance.upTo(other.length + 1);
      const found = other.findIndex((piece, place) => place >= from && kindOf(piece) === wanted);
      if (found >= 0) pieces[at] = other[found]!;
      return;
    }
    case 7: {
      const other = chance.pick(seeds);
      const from = chance.upTo(other.length + 1);
      const taken = other.slice(from, from + 2 * length);
      pieces.splice(at, chance.upTo(length), ...taken);
      return;
    }
    case 8: {
      const other = chance.upTo(pieces.length);
      const piece = pieces[other] ?? '';
      pieces[other] = pieces[at] ?? '';
      pieces[at] = piece;
      return;
    }
    default: {
      const run = pieces.slice(at, at + length).join('');
      if (run === '') return;
      const times = chance.maybe(0.01) ? charactersMax / run.length : chance.upTo(12);
      pieces.splice(at, 0, run.repeat(Math.min(times, charactersMax / run.length)));
    }
  }
}

const kinds = {word: 0, digits: 1, blank: 2, other: 3};
function kindOf(piece: string): number {
  const code = piece.charCodeAt(0);
  if (code >= 0x30 && code <= 0x39) return kinds.digits;
  if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) return kinds.word;
  return code === 0x20 || code === 0x09 ? kinds.blank : kinds.other;
}

const oddCharacters = [
  '\0',
  '\n',
  '\r',
  '\x7f',
  '\x80',
  'ÿ',
  'é',
  '\u0661',
  '\ud800',
  '\udc00',
  '\u{1f600}',
  '\u2028',
  '"',
  "'",
  '\\',
];

function withOddCharacter(chance: Chance, text: string): string {
  const at = chance.upTo(text.length + 1);
  const character = chance.maybe(0.5) ? chance.pick(oddCharacters) : String.fromCharCode(chance.upTo(256));
  return text.slice(0, at) + character + text.slice(at + chance.upTo(2));
}
