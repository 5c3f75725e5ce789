import type {AttributeValue, Item} from '../../src/model/attribute-value.ts';
import {canonical} from '../harness/check-table.ts';
import type {Change, Comparison, Path, Test} from './program.ts';

/**
 * Conditions and updates once more, on trees instead of texts, for the few that programs are made of: written apart from
 * src/expressions, and naively.
 */
export function holds(item: Item, test: Test): boolean {
  if (test.test === 'and') return test.of.every(one => holds(item, one));
  if (test.test === 'or') return test.of.some(one => holds(item, one));
  if (test.test === 'not') return !holds(item, test.of);
  const value = valueAt(item, test.path);
  if (test.test === 'exists') return value !== undefined;
  if (test.test === 'missing') return value === undefined;
  // What is missing differs from everything.
  if (value === undefined) return test.test === 'compare' && test.by === '<>';
  switch (test.test) {
    case 'compare':
      return compares(value, test.by, test.value);
    case 'between':
      return compares(value, '>=', test.low) && compares(value, '<=', test.high);
    case 'in':
      return test.values.some(one => canonical(one) === canonical(value));
    case 'begins':
      return 'S' in value && value.S.startsWith(test.text);
    case 'contains':
      return 'SS' in value && 'S' in test.value && value.SS.includes(test.value.S);
    case 'type':
      return Object.keys(value)[0] === test.type;
    case 'size':
      return sizeOf(value) > test.above;
  }
}

export function compares(value: AttributeValue, by: Comparison, other: AttributeValue): boolean {
  if (by === '=') return canonical(value) === canonical(other);
  if (by === '<>') return canonical(value) !== canonical(other);
  if (Object.keys(value)[0] !== Object.keys(other)[0]) return false;
  const order = compareKeys(value, other);
  return by === '<' ? order < 0 : by === '<=' ? order <= 0 : by === '>' ? order > 0 : order >= 0;
}

/** Strings and binaries by their bytes, numbers by their value. */
export function compareKeys(a: AttributeValue, b: AttributeValue): number {
  if ('N' in a && 'N' in b) return Number(a.N) - Number(b.N);
  return Buffer.compare(bytesOf(a), bytesOf(b));
}

export function bytesOf(value: AttributeValue): Buffer {
  return 'B' in value ? Buffer.from(value.B, 'base64') : Buffer.from('S' in value ? value.S : '', 'utf8');
}

function sizeOf(value: AttributeValue): number {
  if ('S' in value) return value.S.length;
  if ('SS' in value) return value.SS.length;
  if ('L' in value) return value.L.length;
  if ('M' in value) return Object.keys(value.M).length;
  return -1;
}

export function valueAt(item: Item, [name, member]: Path): AttributeValue | undefined {
  const value = item[name];
  if (member === undefined) return value;
  return value && 'M' in value ? value.M[member] : undefined;
}

/** The item after these changes, or that they can't be made of it. Everything is worked out from the old item. */
export function changed(item: Item, changes: readonly Change[]): Item | 'invalid' {
  const after = structuredClone(item);
  for (const change of changes) {
    const old = valueAt(item, change.path);
    const value = newValue(item, old, change);
    if (value === 'invalid') return 'invalid';
    const [name, member] = change.path;
    if (member === undefined) {
      if (value === undefined) delete after[name];
      else after[name] = value;
      continue;
    }
    const map = after[name];
    if (!map || !('M' in map)) return 'invalid';
    if (value === undefined) delete map.M[member];
    else map.M[member] = value;
  }
  return after;
}

function newValue(item: Item, old: AttributeValue | undefined, change: Change): AttributeValue | undefined | 'invalid' {
  switch (change.change) {
    case 'set':
      return change.value;
    case 'copy':
      return valueAt(item, change.from) ?? 'invalid';
    case 'plus': {
      const start = old ?? (change.otherwise === undefined ? undefined : {N: String(change.otherwise)});
      return start && 'N' in start ? {N: String(Number(start.N) + change.by)} : 'invalid';
    }
    case 'append': {
      const start = old ?? (change.otherwise && {L: change.otherwise});
      return start && 'L' in start ? {L: [...start.L, ...change.list]} : 'invalid';
    }
    case 'add': {
      const {value} = change;
      if (old === undefined) return value;
      if ('N' in value) return 'N' in old ? {N: String(Number(old.N) + Number(value.N))} : 'invalid';
      return 'SS' in old && 'SS' in value ? {SS: [...new Set([...old.SS, ...value.SS])]} : 'invalid';
    }
    case 'remove':
      return undefined;
    case 'delete': {
      if (old === undefined) return undefined;
      if (!('SS' in old)) return 'invalid';
      const rest = old.SS.filter(member => !change.members.includes(member));
      return rest.length > 0 ? {SS: rest} : undefined;
    }
  }
}

/** What UPDATED_OLD and UPDATED_NEW show of an item: the parts that the update names. */
export function touchedParts(item: Item, changes: readonly Change[]): Item | undefined {
  const parts: Item = {};
  for (const {path} of changes) {
    const value = valueAt(item, path);
    if (value === undefined) continue;
    const [name, member] = path;
    parts[name] = member === undefined ? value : {M: {[member]: value}};
  }
  return Object.keys(parts).length > 0 ? parts : undefined;
}
