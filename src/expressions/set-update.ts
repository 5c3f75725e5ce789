import type {AttributeValue} from '../model/attribute-value.ts';
import {addNumbers} from '../model/number-arithmetic.ts';
import {memberOrder, type SetType} from '../model/set-members.ts';
import {incorrectType} from './evaluate-update.ts';

/** What ADD makes of a value: a sum, or the union of two sets. Throws ValidationException if the types differ. */
export function addToValue(existing: AttributeValue | undefined, addend: AttributeValue): AttributeValue {
  if (existing === undefined) return addend;
  if ('N' in addend) {
    if (!('N' in existing)) throw incorrectType();
    return {N: addNumbers(existing.N, addend.N)};
  }
  const type = setTypeOf(addend);
  const members = membersOf(existing, type);
  const known = new Set(members);
  const added = membersOf(addend, type).filter(member => !known.has(member));
  if (added.length === 0) return existing;
  // Sets are kept in order (set-members.ts).
  return {[type]: [...members, ...added].sort(memberOrder(type))} as unknown as AttributeValue;
}

/** What DELETE leaves of a set; undefined if nothing. Throws ValidationException if the types differ. */
export function deleteFromValue(existing: AttributeValue, removed: AttributeValue): AttributeValue | undefined {
  const type = setTypeOf(removed);
  const gone = new Set(membersOf(removed, type));
  const left = membersOf(existing, type).filter(member => !gone.has(member));
  return left.length === 0 ? undefined : ({[type]: left} as unknown as AttributeValue);
}

function setTypeOf(value: AttributeValue): SetType {
  return 'SS' in value ? 'SS' : 'NS' in value ? 'NS' : 'BS';
}

function membersOf(value: AttributeValue, type: SetType): readonly string[] {
  const members = (value as {[type in SetType]?: readonly string[]})[type];
  if (members === undefined) throw incorrectType();
  return members;
}
