type TokenKind = 'name' | 'nameReference' | 'valueReference' | 'integer' | 'symbol' | 'end';

export interface Token {
  kind: TokenKind;
  text: string;
  /** Where it stands in the expression, end excluded. */
  start: number;
  end: number;
}

// A name begins with a letter, never with "_"; after "#" or ":" any of them may stand (scylladb's
// test_update_expression.py, run against AWS). What fits nowhere is a symbol of its own, which no grammar knows.
const pattern = /[ \t\r\n]+|([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([0-9]+)|(<=|>=|<>|[\s\S])/gu;

/** Never fails; the last token is always `<EOF>`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole, name, nameReference, valueReference, integer, symbol] = match;
    const kind: TokenKind | undefined = name
      ? 'name'
      : nameReference
        ? 'nameReference'
        : valueReference
          ? 'valueReference'
          : integer
            ? 'integer'
            : symbol
              ? 'symbol'
              : undefined;
    if (kind) tokens.push({kind, text: whole, start: match.index, end: match.index + whole.length});
  }
  tokens.push({kind: 'end', text: '<EOF>', start: text.length, end: text.length});
  return tokens;
}
