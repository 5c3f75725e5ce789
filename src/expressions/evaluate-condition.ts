import {type AttributeValue, type Item, typeOf} from '../model/attribute-value.ts';
import {compareValues, equalValues} from '../model/compare-values.ts';
import {containsText} from './contains-text.ts';
import {type Path, valueAt} from './path.ts';
import type {Clause, Comparator, ConditionNode, ConditionOperand} from './tree.ts';

/** Whether an item meets a condition that was checked (check-condition.ts). Never throws. */
export function evaluateCondition(
  node: ConditionNode,
  item: Item,
  paths: readonly Path[],
  values: readonly AttributeValue[],
): boolean {
  switch (node.kind) {
    case 'and':
      for (const arg of node.args) if (!evaluateCondition(arg, item, paths, values)) return false;
      return true;
    case 'or':
      for (const arg of node.args) if (evaluateCondition(arg, item, paths, values)) return true;
      return false;
    case 'not':
      return !evaluateCondition(node.arg, item, paths, values);
    default:
      return evaluateClause(node, item, paths, values);
  }
}

function evaluateClause(
  clause: Clause,
  item: Item,
  paths: readonly Path[],
  values: readonly AttributeValue[],
): boolean {
  const {args} = clause;
  const first = resolve(args[0]!, item, paths, values);
  if (clause.kind === 'call') {
    if (clause.name === 'attribute_exists') return first !== undefined;
    if (clause.name === 'attribute_not_exists') return first === undefined;
  } else if (clause.kind === 'compare' && clause.name === '<>') {
    // What is not there differs from everything, even from what is not there either (test_condition_expression.py).
    const second = resolve(args[1]!, item, paths, values);
    return first === undefined || second === undefined || !equalValues(first, second);
  }
  if (first === undefined) return false;
  if (clause.kind === 'in') {
    for (let i = 1; i < args.length; i++) {
      const candidate = resolve(args[i]!, item, paths, values);
      if (candidate !== undefined && equalValues(first, candidate)) return true;
    }
    return false;
  }
  const second = resolve(args[1]!, item, paths, values);
  if (second === undefined) return false;
  switch (clause.kind) {
    case 'compare':
      return clause.name === '=' ? equalValues(first, second) : isOrdered(clause.name, first, second);
    case 'between': {
      const third = resolve(args[2]!, item, paths, values);
      return third !== undefined && isOrdered('>=', first, second) && isOrdered('<=', first, third);
    }
    default:
      return callFunction(clause.name, first, second);
  }
}

function callFunction(name: string, first: AttributeValue, second: AttributeValue): boolean {
  switch (name) {
    case 'begins_with':
      return beginsWith(first, second);
    case 'contains':
      return contains(first, second);
    default:
      return 'S' in second && typeOf(first) === second.S;
  }
}

/** Values of different types, or of types without order, are in no order. */
export function isOrdered(comparator: Comparator, first: AttributeValue, second: AttributeValue): boolean {
  const order = compareValues(first, second);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

export function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if ('S' in value) return 'S' in prefix && value.S.startsWith(prefix.S);
  if (!('B' in value) || !('B' in prefix)) return false;
  const start = Buffer.from(prefix.B, 'base64');
  return Buffer.from(value.B, 'base64').subarray(0, start.length).equals(start);
}

/** Part of a string or binary, member of a set, or element of a list. */
export function contains(value: AttributeValue, part: AttributeValue): boolean {
  if ('L' in value) {
    for (const element of value.L) if (equalValues(element, part)) return true;
    return false;
  }
  // Members of sets are in normal form, as values are: numbers without needless digits, binaries in canonical base64.
  if ('S' in part) return 'S' in value ? containsText(value.S, part.S) : 'SS' in value && value.SS.includes(part.S);
  if ('N' in part) return 'NS' in value && value.NS.includes(part.N);
  if (!('B' in part)) return false;
  if ('BS' in value) return value.BS.includes(part.B);
  return 'B' in value && containsText(bytesAsText(value.B), bytesAsText(part.B));
}

/** One character for each byte. */
function bytesAsText(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

function resolve(
  operand: ConditionOperand,
  item: Item,
  paths: readonly Path[],
  values: readonly AttributeValue[],
): AttributeValue | undefined {
  if (operand.kind === 'value') return values[operand.slot];
  if (operand.kind === 'path') return valueAt(item, paths[operand.slot]!);
  if (operand.kind === 'condition') return {BOOL: evaluateCondition(operand.node, item, paths, values)};
  // The only function that may be an operand of a condition is size.
  const value = resolve(operand.args[0]!, item, paths, values);
  const size = value === undefined ? undefined : sizeOf(value);
  return size === undefined ? undefined : {N: String(size)};
}

/** What size() answers; undefined for types that have no size. */
function sizeOf(value: AttributeValue): number | undefined {
  switch (typeOf(value)) {
    case 'S':
      return (value as {S: string}).S.length;
    case 'B':
      return Buffer.byteLength((value as {B: string}).B, 'base64');
    case 'SS':
      return (value as {SS: string[]}).SS.length;
    case 'NS':
      return (value as {NS: string[]}).NS.length;
    case 'BS':
      return (value as {BS: string[]}).BS.length;
    case 'L':
      return (value as {L: AttributeValue[]}).L.length;
    case 'M':
      return Object.keys((value as {M: Item}).M).length;
    default:
      return undefined;
  }
}
