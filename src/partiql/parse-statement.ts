import {validationError} from '../model/service-error.ts';
import {notWellFormed} from './not-well-formed.ts';
import {parseChange} from './parse-change.ts';
import {parseExpression} from './parse-expression.ts';
import {parseSelect} from './parse-select.ts';
import {parseFromSource, parseSimpleSource} from './parse-source.ts';
import {TokenReader} from './token-reader.ts';
import type {Change, Expression, Returning, Statement} from './tree.ts';

export interface ParsedStatement {
  statement: Statement;
  /** How many `?` it has. */
  parameters: number;
}

/**
 * The grammar of PartiQL as DynamoDB reads it. A statement is an expression of which only some kinds can be run. Throws
 * ValidationException; the details are those of PartiQL's parser (paritysuite partiqlGrammar).
 */
export function parseStatement(text: string): ParsedStatement {
  const reader = new TokenReader(text);
  const expression = parse(reader);
  reader.takeSymbol(';');
  if (reader.peek().kind !== 'end') throw notWellFormed('Unexpected token after expression');
  return {statement: statementOf(expression), parameters: reader.parameters};
}

function parse(reader: TokenReader): Expression {
  return parseExpression(reader, parseNested);
}

function statementOf(expression: Expression): Statement {
  if (expression.kind === 'statement') return expression.statement;
  if (expression.kind === 'call' && expression.name === 'exists') {
    const [select] = expression.args ?? [];
    if (select?.kind === 'statement' && select.statement.kind === 'select') {
      return {kind: 'exists', select: select.statement};
    }
  }
  throw validationError(`Unsupported operation: ${operationNames[expression.kind]}`);
}

// Only the first is known from the service (paritysuite partiqlGrammar).
const operationNames: Readonly<Record<Expression['kind'], string>> = {
  is: 'IsType',
  path: 'Id',
  oddPath: 'Path',
  string: 'Lit',
  number: 'Lit',
  constant: 'Lit',
  parameter: 'Parameter',
  list: 'List',
  bag: 'Bag',
  struct: 'Struct',
  call: 'Call',
  operator: 'NAry',
  statement: 'Select',
};

function parseNested(reader: TokenReader): Statement | undefined {
  const {text} = reader.peek();
  switch (text) {
    case 'select':
      return parseSelect(reader, () => parse(reader), parse);
    case 'insert':
      return reader.isKeyword('into', 1) ? parseInsert(reader) : undefined;
    case 'update':
      reader.take();
      return parseUpdate(reader);
    case 'delete':
      reader.take();
      return parseDelete(reader);
    case 'from':
      reader.take();
      return parseFromFirst(reader);
    default:
      return undefined;
  }
}

function parseInsert(reader: TokenReader): Statement {
  reader.takeKeywords('insert', 'into');
  const source = parseSimpleSource(reader, parse, 'unaliased');
  const single = reader.takeKeywords('value');
  const value = parse(reader);
  return {kind: 'insert', source, value, single, returning: parseReturning(reader)};
}

function parseUpdate(reader: TokenReader): Statement {
  const source = parseSimpleSource(reader, parse, 'aliased');
  const changes = parseChanges(reader);
  const where = parseWhere(reader);
  return {kind: 'update', source, changes, where, returning: parseReturning(reader)};
}

/** `FROM table WHERE … SET …`: the WHERE stands before the changes, never after (paritysuite fromFirstUpdate). */
function parseFromFirst(reader: TokenReader): Statement {
  const source = parseFromSource(reader, parse);
  const where = parseWhere(reader);
  const changes = parseChanges(reader);
  return {kind: 'update', source, changes, where, returning: parseReturning(reader)};
}

function parseDelete(reader: TokenReader): Statement {
  if (!reader.takeKeywords('from')) throw notWellFormed('Expected FROM after DELETE');
  const source = parseSimpleSource(reader, parse, 'aliased');
  const where = parseWhere(reader);
  return {kind: 'delete', source, where, returning: parseReturning(reader)};
}

function parseWhere(reader: TokenReader): Expression | undefined {
  return reader.takeKeywords('where') ? parse(reader) : undefined;
}

function parseChanges(reader: TokenReader): Change[] {
  const changes: Change[] = [];
  while (reader.isKeyword('set') || reader.isKeyword('remove')) changes.push(...parseChange(reader, parse));
  if (changes.length === 0) throw notWellFormed('Expected data manipulation');
  return changes;
}

function parseReturning(reader: TokenReader): Returning | undefined {
  if (!reader.takeKeywords('returning')) return undefined;
  const extent = reader.takeKeywords('all') ? 'ALL' : reader.takeKeywords('modified') ? 'MODIFIED' : undefined;
  const side = reader.takeKeywords('old') ? 'OLD' : reader.takeKeywords('new') ? 'NEW' : undefined;
  if (!extent || !side) {
    throw notWellFormed('Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.');
  }
  if (!reader.takeSymbol('*')) {
    throw validationError("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause");
  }
  return `${extent} ${side}`;
}
