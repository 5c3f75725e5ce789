import type {Chance} from './chance.ts';
import {anything, attributeNames, own} from './random-values.ts';

/** The same with something wrong somewhere: a value of another kind, a member gone or too many, a list too long. */
export function mutated(chance: Chance, value: unknown): unknown {
  const isContainer = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isContainer || chance.maybe(0.12)) return chance.maybe(0.9) ? anything(chance) : value;
  if (Array.isArray(value)) return mutatedList(chance, value);
  const entries = Object.entries(value);
  const at = chance.upTo(entries.length);
  const [name, inner] = entries[at]!;
  if (chance.maybe(0.1)) return own(entries.filter((_, other) => other !== at));
  if (chance.maybe(0.08)) return own([...entries, [chance.pick(attributeNames), anything(chance)]]);
  if (chance.maybe(0.08)) return own([...entries, [chance.pick(attributeNames), inner]]);
  entries[at] = [name, mutated(chance, inner)];
  return own(entries);
}

function mutatedList(chance: Chance, list: readonly unknown[]): unknown {
  const at = chance.upTo(list.length);
  if (chance.maybe(0.1)) return list.filter((_, other) => other !== at);
  if (chance.maybe(0.1)) return [...list, ...Array.from({length: chance.pick([1, 30, 120])}, () => list[at])];
  return list.map((element, other) => (other === at ? mutated(chance, element) : element));
}

/** JSON text that is no longer what it was, or no longer JSON. */
export function mutatedText(chance: Chance, text: string): Buffer {
  const at = chance.upTo(text.length + 1);
  const bytes = (start: number, end?: number) => Buffer.from(text.slice(start, end));
  return chance.pick<() => Buffer>([
    () => bytes(0, at),
    () => Buffer.concat([bytes(0, at), Buffer.from([chance.upTo(256)]), bytes(at + 1)]),
    () => Buffer.concat([bytes(0, at), Buffer.from(chance.pick(fragments)), bytes(at)]),
    () => Buffer.concat([bytes(0, at), bytes(chance.upTo(text.length + 1))]),
    // The first member again, after the others.
    () => Buffer.from(text.replace(/\{("[^"]*":)(.*)\}$/s, '{$1null,$1$2}')),
    () =>
      Buffer.from(
        text.replace(/-?\d+/, chance.pick(['1e400', '-0', '1.0', '1e2', '0x1', '01', 'NaN', '12345678901234567890'])),
      ),
  ])();
}

const fragments = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\\u',
  '\\ud800',
  'null',
  '\0',
  '"__proto__":{},',
  '['.repeat(5_000),
  '/**/',
];
