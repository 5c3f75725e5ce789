import {compareNumbers} from './number-order.ts';
import {compareBinaries, compareStrings} from './text-order.ts';

export type SetType = 'SS' | 'NS' | 'BS';

/** The order of members of a set. */
export function memberOrder(type: SetType): (a: string, b: string) => number {
  return type === 'SS' ? compareStrings : type === 'NS' ? compareNumbers : compareBinaries;
}

/**
 * Puts the members of a set in place into the order in which DynamoDB answers them: strings and binaries by bytes, numbers
 * by value (paritysuite, updateItem/basic: eu-west-2, October 2026). Numbers must be in normal form. False, and some other
 * order, if two members are equal.
 */
export function sortMembers(type: SetType, members: string[]): boolean {
  const compare = memberOrder(type);
  if (isRising(members, compare)) return true;
  members.sort(compare);
  return isRising(members, compare);
}

function isRising(members: readonly string[], compare: (a: string, b: string) => number): boolean {
  for (let i = 1; i < members.length; i++) {
    if (compare(members[i - 1]!, members[i]!) >= 0) return false;
  }
  return true;
}
