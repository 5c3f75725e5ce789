import type {ConditionPaths} from './condition.ts';
import {Parser} from './parser.ts';
import {note, type ProblemKind} from './problems.ts';
import type {Comparator, ConditionNode, Expression, Operand} from './tree.ts';

const keywords: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
// Found out against AWS by dynalite (test/scan.js): these are looked for in the whole expression, one kind after the
// other; what else can be wrong, clause by clause (check-condition.ts).
const problemOrder: readonly ProblemKind[] = [
  'parentheses',
  'function',
  'misuse',
  'name',
  'depth',
  'operators',
  'operands',
];
const comparators: ReadonlySet<string> = new Set<Comparator>(['=', '<>', '<', '<=', '>', '>=']);
const inOperandsMax = 100;

/** While parentheses are open, it may not be known yet whether an operand or a condition stands in them. */
interface Part {
  node: ConditionNode | Operand;
  /** Directly in parentheses. */
  parenthesised: boolean;
}

/** The grammar of condition, filter and key condition expressions. Throws ValidationException without a prefix. */
export function parseCondition(text: string): Expression<ConditionNode, ConditionPaths> {
  const parser = new Parser(text, 'condition', keywords);
  const root = asCondition(parser, parseOr(parser));
  return parser.finish(root, problemOrder);
}

function parseOr(parser: Parser): Part {
  const first = parseAnd(parser);
  if (parser.peekKeyword() !== 'OR') return first;
  const args = [asCondition(parser, first)];
  while (parser.takeKeyword('OR')) {
    parser.countOperator();
    args.push(asCondition(parser, parseAnd(parser)));
  }
  return {node: {kind: 'or', args}, parenthesised: false};
}

function parseAnd(parser: Parser): Part {
  const first = parseNot(parser);
  if (parser.peekKeyword() !== 'AND') return first;
  const args = [asCondition(parser, first)];
  while (parser.takeKeyword('AND')) {
    parser.countOperator();
    args.push(asCondition(parser, parseNot(parser)));
  }
  return {node: {kind: 'and', args}, parenthesised: false};
}

function parseNot(parser: Parser): Part {
  let negations = 0;
  while (parser.takeKeyword('NOT')) {
    parser.countOperator();
    negations++;
  }
  const part = parsePrimary(parser);
  if (negations === 0) return part;
  let node = asCondition(parser, part);
  // Beyond the operator limit the expression is refused anyway.
  for (let i = 0; i < Math.min(negations, 301); i++) node = {kind: 'not', arg: node};
  return {node, parenthesised: false};
}

function parsePrimary(parser: Parser): Part {
  if (!parser.takeSymbol('(')) {
    const operand = parser.parseBareOperand();
    return parseComparison(parser, {node: operand, parenthesised: false});
  }
  const inner = parser.nested(() => parseOr(parser));
  parser.expectSymbol(')');
  if (inner.parenthesised) parser.noteParentheses();
  if (!isOperand(inner.node)) return {node: inner.node, parenthesised: true};
  const operand = parser.continuePath(inner.node);
  return parseComparison(parser, {node: operand, parenthesised: operand === inner.node});
}

/** Reads what follows an operand, if it makes a condition of it. */
function parseComparison(parser: Parser, left: Part): Part {
  const operand = left.node as Operand;
  const token = parser.peek();
  if (token.kind === 'symbol' && comparators.has(token.text)) {
    parser.takeSymbol(token.text);
    parser.countOperator();
    return condition(parser, {kind: 'compare', name: token.text as Comparator, args: [operand, parser.parseOperand()]});
  }
  if (parser.takeKeyword('BETWEEN')) {
    parser.countOperator();
    const lower = parser.parseOperand();
    if (!parser.takeKeyword('AND')) throw parser.syntaxError();
    return condition(parser, {kind: 'between', name: 'BETWEEN', args: [operand, lower, parser.parseOperand()]});
  }
  if (parser.takeKeyword('IN')) {
    parser.countOperator();
    parser.expectSymbol('(');
    const args = [operand];
    do args.push(parser.parseOperand());
    while (parser.takeSymbol(','));
    parser.expectSymbol(')');
    if (args.length - 1 > inOperandsMax) {
      note(
        parser.problems,
        'operands',
        `The IN operator is provided with too many operands; number of operands: ${args.length - 1}`,
      );
    }
    return condition(parser, {kind: 'in', name: 'IN', args});
  }
  return left;
}

function condition(parser: Parser, node: Exclude<ConditionNode, {kind: 'and' | 'or' | 'not'}>): Part {
  for (const arg of node.args) parser.noteNestedCall(arg);
  return {node, parenthesised: false};
}

/** An operand is a condition only if it is a call. */
function asCondition(parser: Parser, {node}: Part): ConditionNode {
  if (!isOperand(node)) return node;
  if (node.kind !== 'call') throw parser.syntaxError();
  if (node.name === 'size') parser.noteMisuse('size');
  return node;
}

function isOperand(node: ConditionNode | Operand): node is Operand {
  return node.kind === 'path' || node.kind === 'value' || node.kind === 'call';
}
