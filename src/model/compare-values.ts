import {type AttributeValue, type Item, typeOf} from './attribute-value.ts';
import {compareNumbers} from './number-order.ts';
import {compareBinaries, compareStrings} from './text-order.ts';

/**
 * Orders two values of the same type S, N or B, in normal form: strings by their UTF-8 bytes, numbers by value, binaries by
 * their bytes. Undefined for values that have no order: other types, or two different ones.
 */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if ('S' in a) return 'S' in b ? compareStrings(a.S, b.S) : undefined;
  if ('N' in a) return 'N' in b ? compareNumbers(a.N, b.N) : undefined;
  if ('B' in a) return 'B' in b ? compareBinaries(a.B, b.B) : undefined;
  return undefined;
}

/** Equality as DynamoDB's `=` knows it, of values in normal form: types must agree, sets have no order, documents are deep. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'S':
    case 'N':
    case 'B':
    case 'BOOL':
    case 'NULL':
      return (a as {S: string})[type as 'S'] === (b as {S: string})[type as 'S'];
    case 'SS':
    case 'NS':
    case 'BS':
      return equalSets((a as {SS: string[]})[type as 'SS'], (b as {SS: string[]})[type as 'SS']);
    case 'L':
      return equalLists((a as {L: AttributeValue[]}).L, (b as {L: AttributeValue[]}).L);
    case 'M':
      return equalItems((a as {M: Item}).M, (b as {M: Item}).M);
  }
}

function equalSets(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  // Sets are kept in order, so this nearly always decides.
  if (a.every((member, i) => member === b[i])) return true;
  const members = new Set(a);
  return b.every(member => members.has(member));
}

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((element, i) => equalValues(element, b[i]!));
}

/** Equality of two items or maps. */
export function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(name => Object.hasOwn(b, name) && equalValues(a[name]!, b[name]!));
}
