import type {AttributeValue, Item} from '../model/attribute-value.ts';
import {addNumbers, subtractNumbers} from '../model/number-arithmetic.ts';
import {validationError} from '../model/service-error.ts';
import {type Path, valueAt} from './path.ts';
import type {Operand, UpdateValue} from './tree.ts';

/** The value that a SET writes. Throws ValidationException if the item does not have what it takes. */
export function evaluateUpdateValue(
  value: UpdateValue,
  item: Item,
  paths: readonly Path[],
  values: readonly AttributeValue[],
): AttributeValue {
  switch (value.kind) {
    case 'value':
      return values[value.slot]!;
    case 'path': {
      const found = valueAt(item, paths[value.slot]!);
      if (found !== undefined) return found;
      throw validationError('The provided expression refers to an attribute that does not exist in the item');
    }
    case 'arithmetic': {
      const left = evaluateNumber(value.args[0]!, item, paths, values);
      const right = evaluateNumber(value.args[1]!, item, paths, values);
      return {N: value.name === '+' ? addNumbers(left, right) : subtractNumbers(left, right)};
    }
    default: {
      const [first, second] = value.args;
      if (value.name === 'list_append') {
        const front = evaluateList(first!, item, paths, values);
        return {L: [...front, ...evaluateList(second!, item, paths, values)]};
      }
      // if_not_exists, whose first operand is a path.
      const existing = valueAt(item, paths[(first as Extract<Operand, {kind: 'path'}>).slot]!);
      return existing ?? evaluateUpdateValue(second!, item, paths, values);
    }
  }
}

function evaluateNumber(
  operand: Operand,
  item: Item,
  paths: readonly Path[],
  values: readonly AttributeValue[],
): string {
  const value = evaluateUpdateValue(operand, item, paths, values);
  if ('N' in value) return value.N;
  throw incorrectType();
}

function evaluateList(
  operand: Operand,
  item: Item,
  paths: readonly Path[],
  values: readonly AttributeValue[],
): readonly AttributeValue[] {
  const value = evaluateUpdateValue(operand, item, paths, values);
  if ('L' in value) return value.L;
  throw incorrectType();
}

export function incorrectType() {
  return validationError('An operand in the update expression has an incorrect data type');
}
