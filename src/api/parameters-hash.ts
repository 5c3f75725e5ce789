import {createHash} from 'node:crypto';

/**
 * A hash that is the same for the same parameters, whatever order their members come in: Go writes the same
 * map in another order each time (aws-sdk-go-v2 #1900). `parameters` is JSON data that was checked (its depth is bounded).
 */
export function parametersHash(parameters: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(parameters, withSortedMembers)).digest();
}

/** Members with names that are array indexes come first in any object, in their order: so they do in both. */
function withSortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.length < 2) return value;
  // Pairs and not an object, in which a member called `__proto__` would be lost.
  return names.sort().map(name => [name, (value as Record<string, unknown>)[name]]);
}
