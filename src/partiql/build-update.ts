import type {Path} from '../expressions/path.ts';
import type {Operand, UpdateAction, UpdateValue} from '../expressions/tree.ts';
import type {UpdateTargets} from '../expressions/update-targets.ts';
import {typeOf} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {literalValue} from './literal-value.ts';
import {at} from './place.ts';
import {Slots, type Template} from './slots.ts';
import type {Change, Expression} from './tree.ts';

export interface UpdateTemplate extends Template<readonly UpdateAction[], UpdateTargets> {
  /** Parameters that must be sets, with what to say if they are not. */
  sets: readonly {parameter: number; problem: string}[];
}

/** SET and REMOVE as an update of the API. Throws ValidationException (paritysuite partiqlFunctions). */
export function buildUpdate(changes: readonly Change[]): UpdateTemplate {
  const slots = new Slots();
  const sets: {parameter: number; problem: string}[] = [];
  const actions = changes.map((change): UpdateAction => {
    const {target} = change;
    if (target.kind === 'oddPath') throw validationError(target.problem);
    if (target.kind !== 'path') throw validationError('Unrecognized assignment target');
    const path = slotOf(slots.path(target.path));
    if (change.kind === 'remove') return {kind: 'remove', path};
    const {value} = change;
    if (value.kind === 'call' && (value.name === 'set_add' || value.name === 'set_delete')) {
      const members = setOperand(value, target.path, slots, sets);
      return {kind: value.name === 'set_add' ? 'add' : 'delete', path, value: slotOf(members)};
    }
    return {kind: 'set', path, value: buildValue(value, slots)};
  });
  return {...slots.finish<readonly UpdateAction[], UpdateTargets>(actions), sets};
}

function slotOf(operand: Operand): number {
  return (operand as {slot: number}).slot;
}

function buildValue(value: Expression, slots: Slots): UpdateValue {
  if (value.kind === 'operator' && (value.name === '+' || value.name === '-') && value.args.length === 2) {
    return {kind: 'arithmetic', name: value.name, args: value.args.map(arg => buildOperand(arg, slots))};
  }
  return buildOperand(value, slots);
}

function buildOperand(value: Expression, slots: Slots): Operand {
  switch (value.kind) {
    case 'operator':
      throw validationError(`Unsupported operator in Update Expression. Operator: ${value.name}`);
    case 'is':
      throw validationError('IS operator is not supported in update expressions');
    case 'call': {
      if (value.name !== 'list_append' || value.args === undefined) {
        throw validationError(`Unrecognized function: ${value.name}${at(value.place)}`);
      }
      return {kind: 'call', name: value.name, args: value.args.map(arg => buildOperand(arg, slots))};
    }
    default:
      return slots.operand(value);
  }
}

function setOperand(
  {name, args, place}: Extract<Expression, {kind: 'call'}>,
  target: Path,
  slots: Slots,
  sets: {parameter: number; problem: string}[],
): Operand {
  const shown = name.toUpperCase();
  if (args?.length !== 2) throw validationError(`${shown} must have exactly two arguments${at(place)}`);
  const [first, second] = args as [Expression, Expression];
  if (first.kind !== 'path' || !isSamePath(first.path, target)) {
    throw validationError(`The first argument to ${shown} must equal the assignment value${at(place)}`);
  }
  // The position is the first argument's, not the second's.
  const problem = `The second argument to ${shown} must be a value with type SET${at(first.place)}`;
  if (second.kind === 'parameter') {
    sets.push({parameter: second.number, problem});
    return slots.parameter(second.number);
  }
  if (second.kind !== 'bag') throw validationError(problem);
  const value = literalValue(second);
  if (!isSetType(typeOf(value))) throw validationError(problem);
  return slots.constant(value);
}

export function isSetType(type: string): boolean {
  return type === 'SS' || type === 'NS' || type === 'BS';
}

function isSamePath(one: Path, two: Path): boolean {
  return one.length === two.length && one.every((element, i) => element === two[i]);
}
