import {splitNumber} from '../model/number.ts';
import {keywords} from './keywords.ts';
import {notWellFormed} from './not-well-formed.ts';
import type {Place} from './place.ts';

type TokenKind = 'identifier' | 'quoted' | 'keyword' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  kind: TokenKind;
  /** A keyword in lower case; a name or string without its quotes; anything else as written. */
  text: string;
  place: Place;
}

// What fits nowhere fails the statement. Comments and white space make no token.
const pattern =
  /[ \t\r\n\v\f]+|--[^\r\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_$][A-Za-z0-9_$]*)|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(<<|>>|<=|>=|<>|!=|\|\||\/(?!\*)|[()[\]{},.:;?*%+\-<>=@^])/y;
// Behind a number no letter may follow: `1foo` is neither a number nor two tokens.
const letter = /[A-Za-z_$]/;

/** The last token is always `end`. Throws ValidationException for what is no token. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || match[0] === '') throw notWellFormed();
    const [whole, word, quoted, string, number, symbol] = match;
    const place = {line, column: at - lineStart + 1, length: whole.length};
    at += whole.length;
    if (word !== undefined) tokens.push(wordToken(word, place));
    else if (quoted !== undefined) tokens.push({kind: 'quoted', text: quoted.replaceAll('""', '"'), place});
    else if (string !== undefined) tokens.push({kind: 'string', text: string.replaceAll("''", "'"), place});
    else if (number !== undefined) {
      if (at < text.length && letter.test(text[at]!)) throw notWellFormed();
      mustHaveScale(number);
      tokens.push({kind: 'number', text: number, place});
    } else if (symbol !== undefined) tokens.push({kind: 'symbol', text: symbol, place});
    for (let i = at - whole.length; i < at; i++) {
      if (text.charCodeAt(i) !== 10) continue;
      line++;
      lineStart = i + 1;
    }
  }
  tokens.push({kind: 'end', text: '', place: {line, column: at - lineStart + 1, length: 0}});
  return tokens;
}

function wordToken(word: string, place: Place): Token {
  const lower = word.toLowerCase();
  return keywords.has(lower) ? {kind: 'keyword', text: lower, place} : {kind: 'identifier', text: word, place};
}

/** Numbers are read as Java's BigDecimal does: neither the exponent nor the scale may outgrow 32 bits (partiqlGrammar). */
function mustHaveScale(number: string): void {
  const split = splitNumber(number);
  if (split === undefined) throw notWellFormed();
  const exponent = Number(split.writtenExponent);
  const scale = split.fractionDigits - exponent;
  if (Math.abs(exponent) > 2_147_483_647 || scale > 2_147_483_647 || scale < -2_147_483_648) throw notWellFormed();
}
