import {notWellFormed} from './not-well-formed.ts';
import {parseFromSource} from './parse-source.ts';
import type {TokenReader} from './token-reader.ts';
import type {Expression, OrderTerm, SelectStatement} from './tree.ts';

export function parseSelect(
  reader: TokenReader,
  parse: () => Expression,
  parseAny: (reader: TokenReader) => Expression,
): SelectStatement {
  reader.takeKeywords('select');
  let problem: string | undefined;
  if (reader.takeKeywords('distinct')) problem = 'Unsupported clause: DISTINCT';
  else reader.takeKeywords('all');
  if (reader.takeKeywords('value')) problem ??= "Select projection doesn't support value or pivot keywords";
  const projection = parseProjection(reader, parse);
  if (!reader.takeKeywords('from')) throw notWellFormed('Expected FROM after SELECT list');
  const source = parseFromSource(reader, parseAny);
  const where = reader.takeKeywords('where') ? parse() : undefined;
  const orderBy = parseOrderBy(reader, parse);
  if (reader.takeKeywords('group')) {
    reader.takeKeywords('partial');
    if (!reader.takeKeywords('by')) throw notWellFormed('Expected BY');
    do parse();
    while (reader.takeSymbol(','));
    problem ??= 'Unsupported clause: GROUP BY';
  }
  for (const clause of ['having', 'limit']) {
    if (!reader.takeKeywords(clause)) continue;
    parse();
    problem ??= `Unsupported clause: ${clause.toUpperCase()}`;
  }
  return {kind: 'select', projection, source, where, orderBy, problem};
}

function parseProjection(reader: TokenReader, parse: () => Expression): SelectStatement['projection'] {
  const values: {value: Expression; aliased: boolean}[] = [];
  let stars = 0;
  do {
    if (reader.takeSymbol('*')) {
      stars++;
      continue;
    }
    const value = parse();
    const named = reader.takeKeywords('as');
    const {kind} = reader.peek();
    const aliased = kind === 'identifier' || kind === 'quoted';
    if (aliased) reader.take();
    else if (named) throw notWellFormed('Expected identifier for alias');
    values.push({value, aliased});
  } while (reader.takeSymbol(','));
  if (stars === 0) return values;
  if (stars + values.length > 1) {
    throw notWellFormed(
      "Other expressions may not be present in the select list when '*' is used without dot notation.",
    );
  }
  return undefined;
}

function parseOrderBy(reader: TokenReader, parse: () => Expression): OrderTerm[] | undefined {
  if (!reader.takeKeywords('order')) return undefined;
  if (!reader.takeKeywords('by')) throw notWellFormed('Expected BY');
  const terms: OrderTerm[] = [];
  do {
    const by = parse();
    const descending = reader.takeKeywords('desc');
    if (!descending) reader.takeKeywords('asc');
    terms.push({by, descending});
  } while (reader.takeSymbol(','));
  return terms;
}
