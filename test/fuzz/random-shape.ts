import {inputShapeOf, shapeNamed} from '../../src/model/shape-table.ts';
import type {Chance} from './chance.ts';
import {fuzzTables} from './fuzz-tables.ts';
import {anything, attributeNames, attributeValue, own} from './random-values.ts';

/** An input of any operation, straight from its shape: every member is met, also those that nothing plausible uses. */
export function shapedInput(chance: Chance, operation: string): Record<string, unknown> {
  return shaped(chance, inputShapeOf(operation), 0) as Record<string, unknown>;
}

function shaped(chance: Chance, name: string, depth: number): unknown {
  if (name === 'AttributeValue') return attributeValue(chance);
  if (/^(TableName|TableArn|IndexName)$/.test(name)) return nameLike(chance);
  if (depth > 8 || chance.maybe(0.01)) return anything(chance);
  const shape = shapeNamed(name);
  switch (shape.type) {
    case 'structure': {
      const required = new Set(shape.required ?? []);
      const wanted = Object.entries(shape.members).filter(([member]) =>
        chance.maybe(required.has(member) ? 0.97 : 0.3),
      );
      return own(wanted.map(([member, of]) => [member, shaped(chance, of, depth + 1)]));
    }
    case 'list':
      return chance.many(0, 3, () => shaped(chance, shape.element, depth + 1));
    case 'map':
      return own(chance.many(0, 3, () => [mapKey(chance), shaped(chance, shape.value, depth + 1)]));
    case 'string':
      return shape.enum && chance.maybe(0.9)
        ? chance.pick(shape.enum)
        : chance.pick([...attributeNames, nameLike(chance)]);
    case 'boolean':
      return chance.maybe(0.5);
    case 'blob':
      return 'AA==';
    default:
      return chance.pick([0, 1, 2, 5, 100, -1, shape.min ?? 1, shape.max ?? 1_000]);
  }
}

const nameLike = (chance: Chance) =>
  chance.pick([
    ...fuzzTables.map(table => table.name),
    ...[
      'local',
      'global',
      'multi',
      'ab',
      'a b',
      'arn:aws:dynamodb:us-east-1:000000000000:table/fuzz',
      'arn:aws:dynamodb:::table/',
    ],
  ]);

const mapKey = (chance: Chance) => chance.pick(['#a', ':a', ...attributeNames, ...fuzzTables.map(table => table.name)]);
