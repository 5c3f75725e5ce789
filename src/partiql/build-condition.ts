import type {ConditionPaths} from '../expressions/condition.ts';
import {functionShapes} from '../expressions/functions.ts';
import type {Comparator, ConditionNode, ConditionOperand} from '../expressions/tree.ts';
import {validationError} from '../model/service-error.ts';
import {at} from './place.ts';
import {Slots, type Template} from './slots.ts';
import type {Expression} from './tree.ts';

export type ConditionTemplate = Template<ConditionNode, ConditionPaths>;

const inOperandsMax = 100;
const comparators: ReadonlySet<string> = new Set<Comparator>(['=', '<>', '<', '<=', '>', '>=']);

/** A WHERE clause as a condition of the API. Throws ValidationException. */
export function buildCondition(where: Expression): ConditionTemplate {
  const slots = new Slots();
  const root = build(where, slots, 'WHERE clause must contain an expression that resolves to a boolean');
  return slots.finish(root);
}

/** `otherwise` is what AWS says of an expression that is no condition in this place. */
function build(expression: Expression, slots: Slots, otherwise: string): ConditionNode {
  switch (expression.kind) {
    case 'operator':
      return buildOperator(expression, slots);
    case 'is':
      return buildType(expression, slots);
    case 'call':
      if (expression.name === 'size') throw validationError(otherwise);
      return buildCall(expression, slots);
    default:
      throw validationError(otherwise);
  }
}

function buildOperator({name, args}: Extract<Expression, {kind: 'operator'}>, slots: Slots): ConditionNode {
  if (name === 'and' || name === 'or') {
    return {kind: name, args: args.map(arg => build(arg, slots, 'The arguments to AND/OR must be Expressions'))};
  }
  if (name === 'not') {
    return {kind: 'not', arg: build(args[0]!, slots, 'The argument to NOT must be a Type or Expression')};
  }
  if (name === 'in') return buildMembership(args, slots);
  const comparator = comparators.has(name) && args.length === 2;
  if (!comparator && name !== 'between') {
    throw validationError(`Unsupported operator in Condition Expression. Operator: ${name}`);
  }
  const operands = args.map(arg => buildOperand(arg, slots));
  return name === 'between'
    ? {kind: 'between', name: 'BETWEEN', args: operands}
    : {kind: 'compare', name: name as Comparator, args: operands};
}

function buildMembership([left, right]: readonly Expression[], slots: Slots): ConditionNode {
  const members = right!.kind === 'list' || right!.kind === 'bag' ? right!.elements : [];
  if (members.length === 0) {
    throw validationError(
      'IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member',
    );
  }
  if (members.length > inOperandsMax) {
    throw validationError(`The IN operator is provided with too many operands; number of operands: ${members.length}`);
  }
  return {kind: 'in', name: 'IN', args: [left!, ...members].map(arg => buildOperand(arg, slots))};
}

/** Types that IS knows, as those of attributes. */
const types: Readonly<Record<string, string>> = {
  NULL: 'NULL',
  BOOL: 'BOOL',
  BOOLEAN: 'BOOL',
  BLOB: 'B',
  STRING: 'S',
  NUMERIC: 'N',
  STRUCT: 'M',
  TUPLE: 'M',
  LIST: 'L',
};

function buildType({operand, type}: Extract<Expression, {kind: 'is'}>, slots: Slots): ConditionNode {
  if (operand.kind === 'oddPath') throw validationError(operand.problem);
  if (operand.kind !== 'path') {
    throw validationError('The left hand side argument to IS must be a Variable Reference, Literal, or Path');
  }
  const path = slots.path(operand.path);
  if (type === 'MISSING') return {kind: 'call', name: 'attribute_not_exists', args: [path]};
  const attributeType = types[type];
  if (attributeType === undefined) {
    throw validationError(
      `Unsupported data type for IS operator: ${type}. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]`,
    );
  }
  return {kind: 'call', name: 'attribute_type', args: [path, slots.constant({S: attributeType})]};
}

type Call = Extract<ConditionOperand, {kind: 'call'}>;

function buildCall({name, args, place}: Extract<Expression, {kind: 'call'}>, slots: Slots): Call {
  if (functionShapes.get(name)?.allowedIn !== 'condition' || args === undefined) {
    throw validationError(`Unrecognized function: ${name}${at(place)}`);
  }
  return {kind: 'call', name, args: args.map(arg => buildOperand(arg, slots))};
}

/** A condition may be an operand too: `attribute_exists(a) = true` (Floci's captures, eu-west-2, 2026). */
function buildOperand(expression: Expression, slots: Slots): ConditionOperand {
  switch (expression.kind) {
    case 'call': {
      const call = buildCall(expression, slots);
      return call.name === 'size' ? call : {kind: 'condition', node: call};
    }
    case 'operator':
    case 'is':
      return {kind: 'condition', node: build(expression, slots, '')};
    case 'constant':
      if (expression.value === 'missing') throw validationError('MISSING must be compared using IS operator');
      return slots.operand(expression);
    default:
      return slots.operand(expression);
  }
}
