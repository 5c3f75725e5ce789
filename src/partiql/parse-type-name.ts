import {notWellFormed} from './not-well-formed.ts';
import type {TokenReader} from './token-reader.ts';

const typeNames: ReadonlySet<string> = new Set(
  `missing null boolean bool smallint integer int int2 int4 int8 float real decimal dec numeric timestamp date time character
  char varchar string symbol clob blob struct tuple list sexp bag`.split(/\s+/),
);

/** The name of a type behind IS, in upper case. */
export function parseTypeName(reader: TokenReader): string {
  if (reader.takeKeywords('double', 'precision')) return 'DOUBLE PRECISION';
  if (reader.takeKeywords('character', 'varying')) return 'CHARACTER VARYING';
  const {kind, text} = reader.peek();
  if (kind !== 'keyword' || !typeNames.has(text)) throw notWellFormed('Expected type name');
  reader.take();
  return text.toUpperCase();
}
