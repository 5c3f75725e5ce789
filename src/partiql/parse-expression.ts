import {functionKeywords, operatorKeywords} from './keywords.ts';
import {notWellFormed} from './not-well-formed.ts';
import {parsePathAfter} from './parse-path.ts';
import {parseTypeName} from './parse-type-name.ts';
import type {Place} from './place.ts';
import type {TokenReader} from './token-reader.ts';
import type {Token} from './tokens.ts';
import type {Expression, Statement} from './tree.ts';

/** How tightly operators bind (PartiQL specification). Set operators are read only to be refused. */
const precedences: ReadonlyMap<string, number> = new Map([
  ['or', 10],
  ['and', 20],
  ['=', 40],
  ['<>', 40],
  ['!=', 40],
  ['is', 40],
  ['in', 40],
  ['<', 50],
  ['<=', 50],
  ['>', 50],
  ['>=', 50],
  ['between', 50],
  ['like', 50],
  ['+', 60],
  ['-', 60],
  ['||', 60],
  ['*', 70],
  ['/', 70],
  ['%', 70],
]);
const notPrecedence = 30;
/** `a = b = c …`: each operator of a chain is one level deeper. */
const chainMax = 200;

/** Reads what a keyword such as SELECT begins, where an operand may stand. Undefined: none of them stands here. */
export type ParseNestedStatement = (reader: TokenReader) => Statement | undefined;

/** Operators by precedence, in the words of PartiQL's own parser, which the service reports (paritysuite partiqlGrammar). */
export function parseExpression(reader: TokenReader, statements: ParseNestedStatement, precedence = 0): Expression {
  return reader.nested(() => parse(reader, statements, precedence));
}

function parse(reader: TokenReader, statements: ParseNestedStatement, precedence: number): Expression {
  let left = parseUnary(reader, statements);
  let depth = 0;
  for (;;) {
    const {name, negated} = infixAt(reader);
    const binding = name === undefined ? 0 : precedences.get(name)!;
    if (name === undefined || binding <= precedence) return left;
    const {place} = reader.peek();
    if (reader.peek(negated && name !== 'is' ? 2 : 1).kind === 'end' && name !== 'is') {
      throw notWellFormed('Missing right-hand side expression of infix operator');
    }
    if (name !== 'and' && name !== 'or' && ++depth > chainMax) throw notWellFormed();
    reader.take();
    if (negated) reader.take();
    let made: Expression;
    if (name === 'and' || name === 'or') {
      made = joined(name, left, parseExpression(reader, statements, binding), place);
    } else if (name === 'is') {
      made = {kind: 'is', operand: left, type: parseTypeName(reader), place};
    } else if (name === 'in' && reader.isSymbol('(') && !reader.isKeyword('select', 1)) {
      reader.take();
      const elements = parseList(reader, statements, ')', 'RIGHT_PAREN');
      made = {kind: 'operator', name, args: [left, {kind: 'list', elements, place}], place};
    } else {
      const args = [left, parseExpression(reader, statements, binding)];
      if (name === 'between') {
        if (!reader.takeKeywords('and')) throw notWellFormed('Expected KEYWORD(and)');
        if (reader.peek().kind === 'end') throw notWellFormed('Expected expression after AND');
        args.push(parseExpression(reader, statements, binding));
      }
      made = {kind: 'operator', name: name === '!=' ? '<>' : name, args, place};
    }
    left = negated ? {kind: 'operator', name: 'not', args: [made], place} : made;
  }
}

/** One node for a whole chain, so that a long one is not deep. */
function joined(name: 'and' | 'or', left: Expression, right: Expression, place: Place): Expression {
  if (left.kind !== 'operator' || left.name !== name) return {kind: 'operator', name, args: [left, right], place};
  (left.args as Expression[]).push(right);
  return left;
}

/** `NOT IN` and the like are operators of their own; NOT stands before, and in IS NOT behind. */
function infixAt(reader: TokenReader): {name: string | undefined; negated: boolean} {
  const token = reader.peek();
  if (token.kind === 'keyword' && token.text === 'not') {
    const {kind, text} = reader.peek(1);
    const negatable = kind === 'keyword' && (text === 'in' || text === 'between' || text === 'like');
    return {name: negatable ? text : undefined, negated: negatable};
  }
  if (token.kind !== 'keyword' && token.kind !== 'symbol') return {name: undefined, negated: false};
  if (!precedences.has(token.text)) return {name: undefined, negated: false};
  return {name: token.text, negated: token.text === 'is' && reader.isKeyword('not', 1)};
}

function parseUnary(reader: TokenReader, statements: ParseNestedStatement): Expression {
  const signs: Token[] = [];
  while (reader.isSymbol('+') || reader.isSymbol('-')) signs.push(reader.take());
  if (reader.isKeyword('not')) {
    const {place} = reader.take();
    const operand = parseExpression(reader, statements, notPrecedence);
    return signed(signs, {kind: 'operator', name: 'not', args: [operand], place});
  }
  const term = parseTerm(reader, statements);
  return signed(
    signs,
    parsePathAfter(reader, term, () => parseExpression(reader, statements)),
  );
}

/** Signs of a number belong to it; those of anything else are operators. */
function signed(signs: readonly Token[], term: Expression): Expression {
  let result = term;
  for (const sign of signs.toReversed()) {
    if (result.kind !== 'number') result = {kind: 'operator', name: sign.text, args: [result], place: sign.place};
    else if (sign.text === '-') {
      const {value} = result;
      result = {...result, value: value.startsWith('-') ? value.slice(1) : `-${value}`};
    }
  }
  return result;
}

function parseTerm(reader: TokenReader, statements: ParseNestedStatement): Expression {
  const token = reader.peek();
  const {place} = token;
  switch (token.kind) {
    case 'identifier':
    case 'quoted':
      reader.take();
      if (reader.isSymbol('(')) return parseCall(reader, statements, token);
      return {kind: 'path', path: [token.text], place};
    case 'string':
    case 'number':
      reader.take();
      return {kind: token.kind, value: token.text, place};
    case 'keyword':
      return parseKeywordTerm(reader, statements, token);
    case 'symbol':
      return parseSymbolTerm(reader, statements, token);
    default:
      throw notWellFormed('Unexpected term');
  }
}

function parseKeywordTerm(reader: TokenReader, statements: ParseNestedStatement, token: Token): Expression {
  const {text, place} = token;
  if (text === 'true' || text === 'false' || text === 'null' || text === 'missing') {
    reader.take();
    return {kind: 'constant', value: text, place};
  }
  if (operatorKeywords.has(text)) throw notWellFormed('Unexpected operator');
  const statement = statements(reader);
  if (statement) return {kind: 'statement', statement, place};
  if (functionKeywords.has(text) && reader.isSymbol('(', 1)) {
    reader.take();
    return parseCall(reader, statements, token);
  }
  throw notWellFormed('Unexpected keyword');
}

function parseSymbolTerm(reader: TokenReader, statements: ParseNestedStatement, {text, place}: Token): Expression {
  const take = () => reader.take();
  switch (text) {
    case '?':
      take();
      return {kind: 'parameter', number: reader.parameters++, place};
    case '(': {
      take();
      const elements = parseList(reader, statements, ')', 'RIGHT_PAREN');
      if (elements.length === 0) throw notWellFormed('Expression group cannot be empty');
      return elements.length === 1 ? elements[0]! : {kind: 'list', elements, place};
    }
    case '[':
      take();
      if (reader.takeSymbol(']')) return {kind: 'list', elements: [], place};
      return {kind: 'list', elements: parseList(reader, statements, ']', 'RIGHT_BRACKET'), place};
    case '<<':
      take();
      if (reader.takeSymbol('>>')) return {kind: 'bag', elements: [], place};
      return {kind: 'bag', elements: parseList(reader, statements, '>>', 'RIGHT_DOUBLE_ANGLE_BRACKET'), place};
    case '{':
      take();
      return {kind: 'struct', fields: parseFields(reader, statements), place};
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '=':
    case '<>':
    case '!=':
    case '||':
    case '/':
    case '%':
    case '@':
    case '^':
      throw notWellFormed('Unexpected operator');
    default:
      throw notWellFormed('Unexpected term');
  }
}

function parseList(
  reader: TokenReader,
  statements: ParseNestedStatement,
  closing: string,
  closingName: string,
): Expression[] {
  const elements: Expression[] = [];
  do elements.push(parseExpression(reader, statements));
  while (reader.takeSymbol(','));
  reader.expectSymbol(closing, closingName);
  return elements;
}

function parseFields(reader: TokenReader, statements: ParseNestedStatement): (readonly [Expression, Expression])[] {
  const fields: (readonly [Expression, Expression])[] = [];
  if (reader.takeSymbol('}')) return fields;
  do {
    const name = parseExpression(reader, statements);
    reader.expectSymbol(':', 'COLON');
    fields.push([name, parseExpression(reader, statements)]);
  } while (reader.takeSymbol(','));
  reader.expectSymbol('}', 'RIGHT_CURLY');
  return fields;
}

/** The name has been taken, and a parenthesis follows. */
function parseCall(reader: TokenReader, statements: ParseNestedStatement, {text, place}: Token): Expression {
  reader.take();
  const name = text.toLowerCase();
  if (reader.takeSymbol(')')) return {kind: 'call', name, args: [], place};
  if (reader.isSymbol('*') && name === 'count') {
    reader.take();
    reader.expectSymbol(')', 'RIGHT_PAREN');
    return {kind: 'call', name, args: undefined, place};
  }
  if (reader.isSymbol('*')) throw notWellFormed(`${name}(*) is not allowed`);
  return {kind: 'call', name, args: parseList(reader, statements, ')', 'RIGHT_PAREN'), place};
}
