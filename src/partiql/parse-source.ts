import {parseSimplePath} from './parse-change.ts';
import type {TokenReader} from './token-reader.ts';
import type {Expression, Source} from './tree.ts';

type Parse = (reader: TokenReader) => Expression;

const onlyOneSource = 'Only select from a single table or index is supported.';

/** What INSERT, UPDATE and DELETE name. */
export function parseSimpleSource(reader: TokenReader, parse: Parse, aliases: 'aliased' | 'unaliased'): Source {
  const source = sourceOf(parseSimplePath(reader, parse));
  return aliases === 'aliased' ? withAlias(reader, source) : source;
}

/** What stands behind FROM: any expression, and a list of them, though only a name can be read. */
export function parseFromSource(reader: TokenReader, parse: Parse): Source {
  const source = withAlias(reader, sourceOf(parse(reader)));
  let single = true;
  while (reader.takeSymbol(',')) {
    withAlias(reader, sourceOf(parse(reader)));
    single = false;
  }
  return single ? source : {...source, problem: source.problem ?? onlyOneSource};
}

function sourceOf(expression: Expression): Source {
  if (expression.kind !== 'path' || !expression.path.every(element => typeof element === 'string')) {
    const problem = expression.kind === 'oddPath' ? expression.problem : 'Unexpected from source';
    return {elements: [], aliased: false, problem};
  }
  return {elements: expression.path as readonly string[], aliased: false, problem: undefined};
}

function withAlias(reader: TokenReader, source: Source): Source {
  let aliased = false;
  for (const keyword of ['as', 'at', 'by']) {
    const named = reader.takeKeywords(keyword);
    const {kind} = reader.peek();
    const name = (kind === 'identifier' || kind === 'quoted') && (named || keyword === 'as');
    if (name) reader.take();
    aliased ||= name;
  }
  return aliased ? {...source, aliased} : source;
}
