import {type AttributeType, type AttributeValue, typeOf} from '../model/attribute-value.ts';
import {compareValues} from '../model/compare-values.ts';
import type {Bindings} from './bindings.ts';
import {operandCountProblem, operandTypeProblem, pathRequiredProblem} from './functions.ts';
import {type Path, showPath} from './path.ts';
import type {Clause, ConditionNode, ConditionOperand} from './tree.ts';
import {findUndefined} from './undefined-placeholder.ts';

/**
 * What is wrong with a condition under the names and values of one request. AWS goes through the clauses in the order of
 * the text and answers with the first that has a problem (paritysuite queryKeyCondition); in one clause undefined
 * placeholders come first, then numbers of operands, equal operands, and types (dynalite, test/scan.js).
 */
export function findConditionProblem(node: ConditionNode, bindings: Bindings): string | undefined {
  switch (node.kind) {
    case 'not':
      return findConditionProblem(node.arg, bindings);
    case 'and':
    case 'or':
      for (const arg of node.args) {
        const problem = findConditionProblem(arg, bindings);
        if (problem !== undefined) return problem;
      }
      return undefined;
    default:
      return findClauseProblem(node, bindings);
  }
}

function findClauseProblem(clause: Clause, bindings: Bindings): string | undefined {
  const {resolved, values, incomplete} = bindings;
  for (const arg of clause.args) {
    const problem = arg.kind === 'condition' ? findConditionProblem(arg.node, bindings) : undefined;
    if (problem !== undefined) return problem;
  }
  return (
    (incomplete ? findUndefined(clause.args, bindings) : undefined) ??
    findCountProblem(clause) ??
    findEqualOperands(clause, resolved.paths) ??
    findTypeProblem(clause, values)
  );
}

type Operation = Clause | Extract<ConditionOperand, {kind: 'call'}>;

// In each of the following what stands inside is checked before what stands around it.

function findCountProblem(operation: Operation): string | undefined {
  for (const arg of operation.args) {
    const problem = arg.kind === 'call' ? findCountProblem(arg) : undefined;
    if (problem !== undefined) return problem;
  }
  return operation.kind === 'call' ? operandCountProblem(operation.name, operation.args) : undefined;
}

function findEqualOperands(operation: Operation, paths: readonly Path[]): string | undefined {
  const {args} = operation;
  const head = args[0]!;
  const first = head.kind === 'path' ? paths[head.slot]! : undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg.kind === 'call') {
      const problem = findEqualOperands(arg, paths);
      if (problem !== undefined) return problem;
    } else if (i > 0 && first !== undefined && arg.kind === 'path' && isSamePath(first, paths[arg.slot]!)) {
      return (
        'The first operand must be distinct from the remaining operands for this operator or function; ' +
        `operator: ${operation.name}, first operand: ${showPath(first)}`
      );
    }
  }
  return undefined;
}

function isSamePath(one: Path, two: Path): boolean {
  if (one.length !== two.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== two[i]) return false;
  return true;
}

function findTypeProblem(operation: Operation, values: readonly AttributeValue[]): string | undefined {
  for (const arg of operation.args) {
    const problem = arg.kind === 'call' ? findTypeProblem(arg, values) : undefined;
    if (problem !== undefined) return problem;
  }
  switch (operation.name) {
    case '<':
    case '<=':
    case '>':
    case '>=':
      return findOtherType(operation, values, 'SNB');
    case 'BETWEEN':
      return findOtherType(operation, values, 'SNB') ?? findBoundsProblem(operation, values);
    case 'begins_with':
      return findOtherType(operation, values, 'SB');
    case 'attribute_exists':
    case 'attribute_not_exists':
      return operation.args[0]!.kind === 'path' ? undefined : pathRequiredProblem(operation.name);
    case 'attribute_type':
      return findTypeNameProblem(operation.args[1]!, values);
    case 'size': {
      const type = knownType(operation.args[0]!, values);
      const hasNoSize = type === 'N' || type === 'BOOL' || type === 'NULL';
      return hasNoSize ? operandTypeProblem('size', type) : undefined;
    }
    default:
      return undefined;
  }
}

/** Undefined for what only an item tells. */
function knownType(operand: ConditionOperand, values: readonly AttributeValue[]): AttributeType | undefined {
  if (operand.kind === 'value') return typeOf(values[operand.slot]!);
  if (operand.kind === 'condition') return 'BOOL';
  // The only function that may be an operand of a condition is size.
  return operand.kind === 'call' ? 'N' : undefined;
}

/** `types`: those allowed, each of one letter. */
function findOtherType(operation: Operation, values: readonly AttributeValue[], types: string): string | undefined {
  for (const arg of operation.args) {
    const type = knownType(arg, values);
    if (type !== undefined && !types.includes(type)) return operandTypeProblem(operation.name, type);
  }
  return undefined;
}

function findBoundsProblem({args}: Operation, values: readonly AttributeValue[]): string | undefined {
  const [, lower, upper] = args;
  if (lower?.kind !== 'value' || upper?.kind !== 'value') return undefined;
  const low = values[lower.slot]!;
  const high = values[upper.slot]!;
  const bounds = `lower bound operand: AttributeValue: {${show(low)}}, upper bound operand: AttributeValue: {${show(high)}}`;
  if (typeOf(low) !== typeOf(high)) {
    return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`;
  }
  if (compareValues(low, high)! > 0) {
    return `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`;
  }
  return undefined;
}

function show(value: AttributeValue): string {
  const type = typeOf(value);
  return `${type}:${(value as Record<string, unknown>)[type]}`;
}

function findTypeNameProblem(operand: ConditionOperand, values: readonly AttributeValue[]): string | undefined {
  if (operand.kind === 'path') return operandTypeProblem('attribute_type', '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
  const value = operand.kind === 'value' ? values[operand.slot]! : undefined;
  if (value === undefined || !('S' in value)) {
    return operandTypeProblem('attribute_type', knownType(operand, values)!);
  }
  if (typeNames.has(value.S)) return undefined;
  return `Invalid attribute type name found; type: ${value.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`;
}

const typeNames: ReadonlySet<string> = new Set(['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M']);
