import {notWellFormed} from './not-well-formed.ts';
import {parsePathAfter} from './parse-path.ts';
import type {TokenReader} from './token-reader.ts';
import type {Change, Expression} from './tree.ts';

/** `SET path = value, …` or `REMOVE path`. */
export function parseChange(reader: TokenReader, parse: (reader: TokenReader) => Expression): Change[] {
  if (reader.takeKeywords('remove')) return [{kind: 'remove', target: parseSimplePath(reader, parse)}];
  reader.takeKeywords('set');
  const changes: Change[] = [];
  do {
    const target = parseSimplePath(reader, parse);
    reader.expectSymbol('=', "'=' for assignment");
    changes.push({kind: 'set', target, value: parse(reader)});
  } while (reader.takeSymbol(','));
  return changes;
}

/** A path that begins with a name. */
export function parseSimplePath(reader: TokenReader, parse: (reader: TokenReader) => Expression): Expression {
  const token = reader.peek();
  if (token.kind !== 'identifier' && token.kind !== 'quoted') {
    throw notWellFormed('Expected identifier for simple path');
  }
  reader.take();
  return parsePathAfter(reader, {kind: 'path', path: [token.text], place: token.place}, () => parse(reader));
}
