import assert from 'node:assert/strict';
import {type BoundExpressions, bindExpressions} from '../../../src/expressions/bind.ts';
import {type KeySchema, resolveKeyCondition} from '../../../src/expressions/resolve-key-condition.ts';
import {type Item, setAttribute} from '../../../src/model/attribute-value.ts';
import {attributeValueSize, itemSize} from '../../../src/model/item-size.ts';
import type {WireItem} from '../../../src/model/parse-item.ts';
import {bareLayer, envelopedLayer, olderLayer} from '../../../src/model/value-layer.ts';
import {type FuzzTable, fuzzTables} from '../fuzz-tables.ts';
import {type ExpressionInput, expressionInputs} from './expression-texts.ts';
import {frozenItems} from './frozen-items.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';
import {mustMatchPart, mustUpdatePart} from './part-of-item.ts';

const layers = [bareLayer, envelopedLayer, olderLayer];
type Member = `${'condition' | 'filter' | 'update' | 'projection' | 'keyCondition'}Expression`;

function bind(member: Member, {text, names, values, item}: ExpressionInput, changed = text): BoundExpressions {
  const wire: WireItem = {};
  for (const name in values) wire[name] = JSON.parse(values[name]!);
  return bindExpressions(
    {
      [member]: changed,
      ...(names && {expressionAttributeNames: names}),
      ...(values && {expressionAttributeValues: wire}),
    },
    layers[item % layers.length]!,
    ['ConditionExpression', 'FilterExpression', 'UpdateExpression', 'KeyConditionExpression'],
  );
}

/** `use` sees the item, which can't be changed, and what was bound. */
function grammar(
  name: string,
  member: Member,
  kind: Parameters<typeof expressionInputs>[0],
  use: (bound: BoundExpressions, item: Item, input: ExpressionInput) => void,
): ParserFuzz<ExpressionInput> {
  let generate: ReturnType<typeof expressionInputs> | undefined;
  return {
    name,
    generate: chance => {
      generate ??= expressionInputs(kind);
      return generate(chance);
    },
    check(input) {
      try {
        use(bind(member, input), frozenItems[input.item]!, input);
        return undefined;
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

export const condition = grammar('condition', 'conditionExpression', 'condition', (bound, item, input) => {
  const matches = bound.condition!.matches(item);
  assert.equal(typeof matches, 'boolean');
  mustMatchPart(bound.condition!, item);
  const {filter} = bind('filterExpression', input);
  assert.equal(filter!.matches(item), matches, 'a filter means what a condition means');
  // There is room for two operators more than there may be.
  if (input.item % 8 !== 0 || input.text.length > 400) return;
  const {condition: not} = bind('conditionExpression', input, `NOT (${input.text})`);
  assert.equal(not!.matches(item), !matches, 'NOT turns the verdict around');
});

export const update = grammar('update', 'updateExpression', 'update', (bound, item) => {
  const change = bound.update!;
  assert(change.charge() >= 0);
  mustUpdatePart(change, item);
  const changed = change.apply(item, true);
  assert(itemSize(changed) >= 0);
  for (const name in change.updatedParts(changed)) assert(change.topLevelAttributes.has(name));
  for (const name in item) if (!change.topLevelAttributes.has(name)) assert.equal(changed[name], item[name]);
});

export const projection = grammar('projection', 'projectionExpression', 'projection', (bound, item) => {
  const {projection} = bound;
  const part = projection!.project(item);
  for (const name in part) {
    assert(projection!.topLevelAttributes.includes(name));
    assert(attributeValueSize(part[name]!) <= attributeValueSize(item[name]!));
  }
});

const schemas = fuzzTables.flatMap(({key, indexes}) => [
  schemaOf(key, 1),
  ...indexes.map(index => schemaOf(index.key, index.hashes)),
]);

function schemaOf(key: FuzzTable['key'], hashes: number): KeySchema {
  const attributes = key.map(([name, type]) => ({name, type: type as 'S'}));
  return {partition: attributes.slice(0, hashes), sort: attributes.slice(hashes)};
}

export const keyCondition = grammar('key-condition', 'keyConditionExpression', 'keyCondition', (bound, item, input) => {
  const asked = new Set(bound.keyCondition!.clauses.map(({attribute}) => attribute));
  const suits = ({partition, sort}: KeySchema) =>
    partition.every(({name}) => asked.has(name)) &&
    [...partition, ...sort].filter(({name}) => asked.has(name)).length === asked.size;
  const schema = schemas.find(suits) ?? schemas[input.item % schemas.length]!;
  const selection = resolveKeyCondition(bound.keyCondition!, schema);
  assert.equal(selection.partition.length, schema.partition.length);
  const key: Item = {};
  schema.partition.forEach(({name}, at) => {
    setAttribute(key, name, selection.partition[at]!);
  });
  // A key condition is a filter too, and the key that it asks for meets its part of it.
  const {filter: same} = bind('filterExpression', input);
  assert.equal(typeof same!.matches(item), 'boolean');
  if (selection.sortEquals.length === 0 && selection.sortRange === undefined) assert(same!.matches(key));
});
