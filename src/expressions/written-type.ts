import {type AttributeType, type AttributeValue, typeOf} from '../model/attribute-value.ts';
import type {UpdateAction, UpdateValue} from './tree.ts';

/** The type that an action gives to what it writes, where the request alone tells; undefined where the item decides. */
export function writtenType(action: UpdateAction, values: readonly AttributeValue[]): AttributeType | undefined {
  if (action.kind === 'remove') return undefined;
  return action.kind === 'set' ? typeOfValue(action.value, values) : typeOf(values[action.value]!);
}

function typeOfValue(value: UpdateValue, values: readonly AttributeValue[]): AttributeType | undefined {
  if (value.kind === 'value') return typeOf(values[value.slot]!);
  if (value.kind === 'arithmetic') return 'N';
  return value.kind === 'call' && value.name === 'list_append' ? 'L' : undefined;
}
