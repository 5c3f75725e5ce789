import assert from 'node:assert/strict';
import {bindLegacy, type LegacyMembers} from '../../../src/api/bind-legacy.ts';
import {parseKeyConditions} from '../../../src/expressions/legacy/key-conditions.ts';
import {checkInput} from '../../../src/model/check-shape.ts';
import {itemSize} from '../../../src/model/item-size.ts';
import {parseBody} from '../../../src/model/parse-json.ts';
import {bareLayer, olderLayer} from '../../../src/model/value-layer.ts';
import {type Chance, chanceFrom} from '../chance.ts';
import {attributeNames, attributeValue, own, scalarOf} from '../random-values.ts';
import {frozenItems} from './frozen-items.ts';
import {jsonBytes, jsonPieces} from './json-texts.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';
import {mustMatchPart, mustUpdatePart} from './part-of-item.ts';
import {type RequestInput, requestInputs} from './request.ts';

const named = (chance: Chance, make: () => object) =>
  own(chance.many(1, 3, () => [chance.pick(attributeNames.filter(name => name !== '')), make()] as const));

/** An operator with as many values as it takes, mostly of types that it takes. */
function comparison(chance: Chance): object {
  const type = chance.pick(['S', 'N', 'B']);
  const values = (count: number) => chance.many(count, count, () => scalarOf(chance, type));
  return chance.pick([
    () => ({ComparisonOperator: chance.pick(['EQ', 'NE']), AttributeValueList: [attributeValue(chance, 3)]}),
    () => ({
      ComparisonOperator: chance.pick(['LT', 'LE', 'GT', 'GE', 'CONTAINS', 'NOT_CONTAINS']),
      AttributeValueList: values(1),
    }),
    () => ({ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{S: 'a'}]}),
    () => ({ComparisonOperator: 'IN', AttributeValueList: values(3)}),
    () => ({ComparisonOperator: 'BETWEEN', AttributeValueList: values(2)}),
    () => ({ComparisonOperator: chance.pick(['NULL', 'NOT_NULL'])}),
  ])();
}

const expected = (chance: Chance): object =>
  chance.pick([
    () => ({Value: attributeValue(chance, 3)}),
    () => ({Exists: false}),
    () => ({Exists: true, Value: {S: 'a'}}),
    () => comparison(chance),
  ])();

const attributeUpdate = (chance: Chance): object =>
  chance.pick([
    () => ({Value: attributeValue(chance, 3)}),
    () => ({Action: 'PUT', Value: attributeValue(chance, 3)}),
    () => ({Action: 'ADD', Value: chance.pick([{N: '1'}, {SS: ['a']}, {L: [{N: '1'}]}])}),
    () => ({Action: 'DELETE', ...(chance.maybe(0.5) && {Value: {SS: ['a']}})}),
  ])();

function seedsOf() {
  const chance = chanceFrom(19);
  const TableName = 'table';
  const Key = {p: {S: 'a'}};
  const operator = () => chance.maybe(0.4) && {ConditionalOperator: chance.pick(['AND', 'OR'])};
  const expectedOf = () => ({Expected: named(chance, () => expected(chance)), ...operator()});
  const conditions = () => named(chance, () => comparison(chance));
  const attributesToGet = () =>
    chance.maybe(0.5) && {AttributesToGet: chance.many(1, 4, () => chance.pick(attributeNames))};
  const makers: Record<string, () => object> = {
    PutItem: () => ({TableName, Item: Key, ...expectedOf()}),
    DeleteItem: () => ({TableName, Key, ...expectedOf()}),
    UpdateItem: () => ({
      TableName,
      Key,
      AttributeUpdates: named(chance, () => attributeUpdate(chance)),
      ...(chance.maybe(0.5) && expectedOf()),
    }),
    Query: () => ({
      TableName,
      KeyConditions: conditions(),
      QueryFilter: conditions(),
      ...operator(),
      ...attributesToGet(),
    }),
    Scan: () => ({TableName, ScanFilter: conditions(), ...operator(), ...attributesToGet()}),
    GetItem: () => ({TableName, Key, ...attributesToGet()}),
  };
  const names = Object.keys(makers);
  return chance
    .many(1_500, 1_500, () => {
      const operation = chance.pick(names);
      return {operation, pieces: jsonPieces(makers[operation]!())};
    })
    .filter(({pieces}) => pieces.length < 200 && pieces.every(piece => piece.length < 500));
}

/** The parameters from before expressions, tried on an item that can't be changed. */
export const legacy: ParserFuzz<RequestInput> = {
  name: 'legacy',
  generate: requestInputs(seedsOf),
  check(input) {
    try {
      const wire: LegacyMembers & {KeyConditions?: never} = parseBody(jsonBytes(input));
      checkInput(input.operation, wire);
      const item = frozenItems[input.text.length % frozenItems.length]!;
      const layer = input.text.length % 2 ? bareLayer : olderLayer;
      const {condition, filter, projection, update} = bindLegacy(wire, layer);
      for (const verdict of [condition?.matches(item), filter?.matches(item), filter?.matches({})]) {
        assert(verdict === undefined || typeof verdict === 'boolean');
      }
      for (const name in projection?.project(item)) assert(Object.hasOwn(item, name));
      if (condition) mustMatchPart(condition, item);
      if (update) mustUpdatePart(update, item);
      if (update) update.updatedParts(update.apply(item, true));
      if (update) assert(itemSize(update.apply(item, true)) >= 0);
      if (wire.KeyConditions) parseKeyConditions(wire.KeyConditions, layer);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};
