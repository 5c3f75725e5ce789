import {type AttributeType, type AttributeValue, typeOf} from '../model/attribute-value.ts';
import type {Bindings} from './bindings.ts';
import {operandCountProblem, operandTypeProblem, pathRequiredProblem} from './functions.ts';
import type {UpdateAction, UpdateValue} from './tree.ts';
import {findUndefinedName, findUndefinedValue} from './undefined-placeholder.ts';
import type {UpdateTargets} from './update-targets.ts';

/**
 * What is wrong with an update under the names and values of one request. Each check goes through the whole expression
 * before the next; their order was found out against AWS by dynalite (test/updateItem.js).
 */
export function findUpdateProblem(bindings: Bindings<readonly UpdateAction[], UpdateTargets>): string | undefined {
  const {expression, resolved, values} = bindings;
  if (bindings.incomplete) {
    const undefinedPlaceholder = findAnyUndefined(bindings);
    if (undefinedPlaceholder !== undefined) return undefinedPlaceholder;
  }
  if (resolved.derived.problem !== undefined) return resolved.derived.problem;
  for (const action of expression.root) {
    if (action.kind !== 'add' && action.kind !== 'delete') continue;
    const problem = findOperandProblem(action.kind, typeOf(values[action.value]!));
    if (problem !== undefined) return problem;
  }
  for (const action of expression.root) {
    const problem = action.kind === 'set' ? findValueProblem(action.value, values) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findAnyUndefined(bindings: Bindings): string | undefined {
  const {expression} = bindings;
  for (let path = 0; path < expression.paths.length; path++) {
    const problem = findUndefinedName(path, bindings);
    if (problem !== undefined) return problem;
  }
  for (let slot = 0; slot < expression.values.length; slot++) {
    const problem = findUndefinedValue(slot, bindings);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findOperandProblem(section: 'add' | 'delete', type: AttributeType): string | undefined {
  if (type === 'SS' || type === 'NS' || type === 'BS' || (section === 'add' && type === 'N')) return undefined;
  return (
    'Incorrect operand type for operator or function; ' +
    `operator: ${section.toUpperCase()}, operand type: ${longTypeNames[type]}, typeSet: ALLOWED_FOR_ADD_OPERAND`
  );
}

// Only here does AWS spell the types out, and names the set of types after ADD for both (Floci's captures, eu-west-2, 2026-09-17).
const longTypeNames: Record<Exclude<AttributeType, 'SS' | 'NS' | 'BS'>, string> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOL',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
};

function findValueProblem(value: UpdateValue, values: readonly AttributeValue[]): string | undefined {
  if (value.kind === 'path' || value.kind === 'value') return undefined;
  for (const arg of value.args) {
    const problem = findValueProblem(arg, values);
    if (problem !== undefined) return problem;
  }
  if (value.kind === 'arithmetic') return findOtherType(value, values, 'N');
  const count = operandCountProblem(value.name, value.args);
  if (count !== undefined) return count;
  if (value.name === 'list_append') return findOtherType(value, values, 'L');
  return value.args[0]!.kind === 'path' ? undefined : pathRequiredProblem(value.name);
}

function findOtherType(
  {name, args}: Exclude<UpdateValue, {kind: 'path' | 'value'}>,
  values: readonly AttributeValue[],
  expected: AttributeType,
): string | undefined {
  for (const arg of args) {
    const type = arg.kind === 'value' ? typeOf(values[arg.slot]!) : expected;
    if (type !== expected) return operandTypeProblem(name, type);
  }
  return undefined;
}
