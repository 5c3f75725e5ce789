import type {Chance} from './chance.ts';
import {attributeNames, attributeValue, own, scalarOf} from './random-values.ts';

/** Expressions of one request, and the placeholders that they use. */
export function expressionsWith(chance: Chance) {
  const names = new Map<string, string>();
  const values = new Map<string, object>();

  function name(wanted?: string): string {
    const attribute = wanted ?? chance.pick(attributeNames);
    if (/^[a-z]$/.test(attribute) && chance.maybe(0.5)) return attribute;
    const placeholder = `#${chance.maybe(0.05) ? '__proto__' : `n${names.size}`}`;
    names.set(placeholder, attribute);
    return placeholder;
  }
  function value(wanted?: object): string {
    const placeholder = `:${chance.maybe(0.05) ? 'constructor' : `v${values.size}`}`;
    values.set(placeholder, wanted ?? attributeValue(chance));
    return placeholder;
  }
  function path(): string {
    let text = name();
    while (chance.maybe(0.25)) text += chance.maybe(0.5) ? `.${name()}` : `[${chance.pick([0, 1, 2, 7, 99999])}]`;
    return text;
  }
  const operand = (): string => (chance.maybe(0.45) ? path() : chance.maybe(0.15) ? `size(${path()})` : value());
  const comparator = () => chance.pick(['=', '<>', '<', '<=', '>', '>=']);

  function condition(depth = 0): string {
    const forms: (() => string)[] = [
      () => `${operand()} ${comparator()} ${operand()}`,
      () => `${operand()} BETWEEN ${operand()} AND ${operand()}`,
      () => `${operand()} IN (${chance.many(1, chance.maybe(0.02) ? 105 : 4, operand).join(', ')})`,
      () => `attribute_exists(${path()})`,
      () => `attribute_not_exists(${path()})`,
      () => `attribute_type(${path()}, ${value({S: chance.pick(['S', 'N', 'M', 'BS', 'NULL', 'X', ''])})})`,
      () => `begins_with(${operand()}, ${operand()})`,
      () => `contains(${operand()}, ${operand()})`,
    ];
    if (depth < 4) {
      forms.push(
        () => `${condition(depth + 1)} ${chance.pick(['AND', 'OR', 'and'])} ${condition(depth + 1)}`,
        () => `NOT ${condition(depth + 1)}`,
        () => `(${condition(depth + 1)})`,
      );
    }
    return chance.pick(forms)();
  }

  function setOperand(depth = 0): string {
    if (depth > 1 || chance.maybe(0.6)) return chance.maybe(0.5) ? path() : value();
    const list = () => (chance.maybe(0.6) ? value({L: [attributeValue(chance, 3)]}) : setOperand(depth + 1));
    if (chance.maybe(0.5)) return `if_not_exists(${path()}, ${setOperand(depth + 1)})`;
    return `list_append(${list()}, ${list()})`;
  }
  function update(): string {
    const number = () => value({N: chance.pick(['1', '-1', '0.5', '9e125'])});
    const set = () => value(chance.pick([{SS: ['a', 'b']}, {NS: ['1']}, {BS: ['AA==']}]));
    const sections: (() => string)[] = [
      () =>
        `SET ${chance.many(1, 3, () => `${path()} = ${setOperand()}${chance.maybe(0.3) ? ` ${chance.pick(['+', '-'])} ${number()}` : ''}`).join(', ')}`,
      () => `REMOVE ${chance.many(1, 3, path).join(', ')}`,
      () => `ADD ${path()} ${chance.maybe(0.6) ? number() : set()}`,
      () => `DELETE ${path()} ${chance.maybe(0.8) ? set() : value()}`,
    ];
    return chance.many(1, 3, () => chance.pick(sections)()).join(' ');
  }

  /** `keys`: names and types, the sort key last. */
  function keyCondition(keys: readonly (readonly [string, string])[]): string {
    const typed = (type: string) => value(chance.maybe(0.95) ? scalarOf(chance, type) : undefined);
    const used = chance.maybe(0.3) ? keys.slice(0, 1) : keys;
    const parts = used.map(([key, type], at) => {
      if (at === 0 || chance.maybe(0.4)) return `${name(key)} = ${typed(type)}`;
      return chance.pick([
        () => `${name(key)} ${comparator()} ${typed(type)}`,
        () => `${name(key)} BETWEEN ${typed(type)} AND ${typed(type)}`,
        () => `begins_with(${name(key)}, ${typed(type)})`,
      ])();
    });
    return parts.join(' AND ');
  }

  const projection = () => chance.many(1, 5, path).join(', ');
  const garbage = () => chance.many(0, 12, () => chance.pick([...words, operand()])).join(' ');

  return {
    condition: () => (chance.maybe(0.06) ? garbage() : condition()),
    update: () => (chance.maybe(0.06) ? garbage() : update()),
    keyCondition,
    projection: () => (chance.maybe(0.06) ? garbage() : projection()),
    /** The members that hold the placeholders, when there are any. */
    placeholders: () => ({
      ...(names.size > 0 && {ExpressionAttributeNames: own([...names])}),
      ...(values.size > 0 && {ExpressionAttributeValues: own([...values])}),
    }),
  };
}

const words = [
  'SET',
  'REMOVE',
  'AND',
  'OR',
  'NOT',
  'IN',
  'BETWEEN',
  '(',
  ')',
  '((',
  '[',
  ']',
  '.',
  ',',
  '=',
  '<',
  '#',
  ':',
  '0',
  '"',
  '+',
];
