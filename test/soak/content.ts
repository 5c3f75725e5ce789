import type {Item} from '../../src/model/attribute-value.ts';

export const soakTable = 'soak';
const partitions = 37;
const groups = 12;

/** Every item is made from its key's number and its version alone, so a reader knows all of it. */
export function contentOf(key: number, version: number): Item {
  const mixed = mix(key, version);
  const size = mixed % 97 === 0 ? 12_000 : 60 + (mixed % 240);
  return {
    ...keyOf(key),
    v: {N: String(version)},
    g: {S: groupOf(mixed)},
    n: {N: String(mixed % 1_000)},
    ...(mixed % 3 !== 0 && {l: {S: `l${mixed % 11}`}}),
    x: {S: `${version}.`.repeat(Math.ceil(size / `${version}.`.length))},
  };
}

export const keyOf = (key: number): Item => ({p: {S: partitionOf(key)}, s: {N: String(key)}});
export const partitionOf = (key: number) => `p${key % partitions}`;
export const groupOf = (number: number) => `g${number % groups}`;
export const numberOf = (item: Item, name: string) => Number((item[name] as {N: string} | undefined)?.N ?? Number.NaN);

/** What is wrong with an item that somebody read, or undefined. Of an index, only what it projects is there. */
export function wrongOf(item: Item): string | undefined {
  const key = numberOf(item, 's');
  const version = numberOf(item, 'v');
  const expected = contentOf(key, version);
  return sameItem(item, expected) ? undefined : `an item is not what was written: ${brief(item)}`;
}

export const brief = (value: unknown) => JSON.stringify(value)?.slice(0, 300);

export function sameItem(one: Item | undefined, other: Item | undefined): boolean {
  if (!one || !other) return one === other;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every(name => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

function mix(key: number, version: number): number {
  let mixed = Math.imul(key + 1, 0x9e3779b1) ^ Math.imul(version, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
