import {Parser} from './parser.ts';
import {note, type ProblemKind} from './problems.ts';
import type {Expression, Operand, UpdateAction, UpdateValue} from './tree.ts';
import type {UpdateTargets} from './update-targets.ts';

const keywords: ReadonlySet<string> = new Set(['SET', 'REMOVE', 'ADD', 'DELETE']);
// Found out against AWS by dynalite (test/updateItem.js).
const problemOrder: readonly ProblemKind[] = [
  'parentheses',
  'name',
  'function',
  'misuse',
  'section',
  'depth',
  'operators',
];

/** The grammar of update expressions. Throws ValidationException without a prefix. */
export function parseUpdate(text: string): Expression<readonly UpdateAction[], UpdateTargets> {
  const parser = new Parser(text, 'update', keywords);
  const actions: UpdateAction[] = [];
  const sections = new Set<string>();
  do {
    const section = parser.peekKeyword();
    if (section === undefined) throw parser.syntaxError();
    parser.takeKeyword(section);
    do actions.push(parseAction(parser, section));
    while (parser.takeSymbol(','));
    if (sections.has(section)) {
      note(parser.problems, 'section', `The "${section}" section can only be used once in an update expression;`);
    }
    sections.add(section);
  } while (parser.peek().kind !== 'end');
  return parser.finish(actions, problemOrder);
}

function parseAction(parser: Parser, section: string): UpdateAction {
  const path = (parser.parsePath() as Extract<Operand, {kind: 'path'}>).slot;
  switch (section) {
    case 'SET':
      parser.expectSymbol('=');
      return {kind: 'set', path, value: parseValue(parser).value};
    case 'ADD':
      return {kind: 'add', path, value: parser.parseValueSlot()};
    case 'DELETE':
      return {kind: 'delete', path, value: parser.parseValueSlot()};
    default:
      return {kind: 'remove', path};
  }
}

/** An operand, or a sum or difference of two, in parentheses or not. */
function parseValue(parser: Parser): {value: UpdateValue; parenthesised: boolean} {
  let left: UpdateValue;
  let parenthesised = false;
  if (parser.takeSymbol('(')) {
    const inner = parser.nested(() => parseValue(parser));
    parser.expectSymbol(')');
    if (inner.parenthesised) parser.noteParentheses();
    left = inner.value;
    parenthesised = true;
  } else {
    left = parser.parseBareOperand();
  }
  if (left.kind === 'arithmetic') return {value: left, parenthesised};
  const name = parser.isSymbol('+') ? '+' : parser.isSymbol('-') ? '-' : undefined;
  if (name === undefined) return {value: left, parenthesised};
  parser.takeSymbol(name);
  parser.countOperator();
  const right = parser.parseOperand();
  parser.noteNestedCall(left);
  parser.noteNestedCall(right);
  return {value: {kind: 'arithmetic', name, args: [left, right]}, parenthesised: false};
}
