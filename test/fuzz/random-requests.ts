import type {Chance} from './chance.ts';
import {creationOf, definitionsOf, type FuzzTable, fuzzTables} from './fuzz-tables.ts';
import {expressionsWith} from './random-expressions.ts';
import {randomStatement} from './random-statements.ts';
import {attributes, attributeValue, own, scalarOf} from './random-values.ts';

type Input = Record<string, unknown>;

/** Requests as callers might make them, for the operations that have much to look at. Most are valid, many nearly so. */
export const plausible: Record<string, (chance: Chance) => Input> = {
  CreateTable: chance => creationOf(chance.pick(fuzzTables)),
  DeleteTable: chance => ({TableName: nameOf(chance)}),
  DescribeTable: chance => ({TableName: nameOf(chance)}),
  UpdateTable: updateTable,
  PutItem: chance => {
    const table = chance.pick(fuzzTables);
    return {
      TableName: table.name,
      Item: item(chance, table),
      ...conditional(chance),
      ...returns(chance, ['NONE', 'ALL_OLD']),
    };
  },
  DeleteItem: chance => {
    const table = chance.pick(fuzzTables);
    return {
      TableName: table.name,
      Key: key(chance, table),
      ...conditional(chance),
      ...returns(chance, ['NONE', 'ALL_OLD']),
    };
  },
  UpdateItem: chance => {
    const table = chance.pick(fuzzTables);
    const use = expressionsWith(chance);
    return {
      TableName: table.name,
      Key: key(chance, table),
      UpdateExpression: use.update(),
      ...(chance.maybe(0.3) && {ConditionExpression: use.condition()}),
      ...use.placeholders(),
      ...returns(chance, ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']),
    };
  },
  GetItem: chance => {
    const table = chance.pick(fuzzTables);
    return {TableName: table.name, Key: key(chance, table), ...projecting(chance), ConsistentRead: chance.maybe(0.5)};
  },
  Query: query,
  Scan: chance => {
    const {table, index} = source(chance);
    const use = expressionsWith(chance);
    const segments = chance.maybe(0.2) && {Segment: chance.upTo(4), TotalSegments: chance.pick([1, 4, 1_000_000])};
    return {...reading(chance, table, index), ...filtering(chance, use), ...segments, ...use.placeholders()};
  },
  ExecuteStatement: chance => ({
    ...randomStatement(chance, ['select', 'insert', 'write']),
    ConsistentRead: chance.maybe(0.3),
    ...(chance.maybe(0.2) && {Limit: chance.pick([1, 3])}),
  }),
  BatchExecuteStatement: chance => {
    const kinds = chance.pick([['select'], ['insert', 'write']] as const);
    return {Statements: chance.many(1, 4, () => randomStatement(chance, kinds))};
  },
  ExecuteTransaction: chance => {
    const kinds = chance.pick([['select'], ['insert', 'write', 'exists']] as const);
    return {TransactStatements: chance.many(1, 4, () => randomStatement(chance, kinds))};
  },
  BatchGetItem: chance => ({
    RequestItems: own(
      chance.many(1, 3, () => {
        const table = chance.pick(fuzzTables);
        const Keys = chance.many(1, chance.maybe(0.02) ? 101 : 5, () => key(chance, table));
        return [table.name, {Keys, ...projecting(chance)}] as const;
      }),
    ),
  }),
  BatchWriteItem: chance => ({
    RequestItems: own(
      chance.many(1, 3, () => {
        const table = chance.pick(fuzzTables);
        const write = () =>
          chance.maybe(0.7) ? {PutRequest: {Item: item(chance, table)}} : {DeleteRequest: {Key: key(chance, table)}};
        return [table.name, chance.many(1, chance.maybe(0.05) ? 26 : 5, write)] as const;
      }),
    ),
    ...accounting(chance),
  }),
  TransactWriteItems: chance => ({
    TransactItems: chance.many(1, chance.maybe(0.02) ? 101 : 5, () => transactWrite(chance)),
    ...(chance.maybe(0.3) && {ClientRequestToken: chance.pick(['one', 'two', '__proto__', 't'.repeat(37)])}),
    ...accounting(chance),
  }),
  TransactGetItems: chance => ({
    TransactItems: chance.many(1, 5, () => {
      const table = chance.pick(fuzzTables);
      return {Get: {TableName: table.name, Key: key(chance, table), ...projecting(chance)}};
    }),
  }),
};

const nameOf = (chance: Chance) =>
  chance.pick([...fuzzTables.map(table => table.name), 'absent', 'arn:aws:dynamodb:us-east-1:000000000000:table/fuzz']);

function key(chance: Chance, table: FuzzTable): Input {
  return own(
    table.key.map(([name, type]) => [name, chance.maybe(0.97) ? scalarOf(chance, type) : attributeValue(chance)]),
  );
}

function item(chance: Chance, table: FuzzTable): Input {
  const indexKeys = table.indexes.flatMap(index => index.key).filter(() => chance.maybe(0.7));
  const keyValues = indexKeys.map(([name, type]) => [name, scalarOf(chance, type)] as const);
  return own([...Object.entries(attributes(chance, 5)), ...keyValues, ...Object.entries(key(chance, table))]);
}

const accounting = (chance: Chance) => ({
  ...(chance.maybe(0.3) && {ReturnConsumedCapacity: chance.pick(['NONE', 'TOTAL', 'INDEXES'])}),
  ...(chance.maybe(0.2) && {ReturnItemCollectionMetrics: 'SIZE'}),
});

const returns = (chance: Chance, allowed: readonly string[]) => ({
  ...(chance.maybe(0.4) && {ReturnValues: chance.pick(allowed)}),
  ...(chance.maybe(0.2) && {ReturnValuesOnConditionCheckFailure: 'ALL_OLD'}),
  ...accounting(chance),
});

function conditional(chance: Chance): Input {
  if (chance.maybe(0.6)) return {};
  const use = expressionsWith(chance);
  return {ConditionExpression: use.condition(), ...use.placeholders()};
}

function projecting(chance: Chance): Input {
  if (chance.maybe(0.6)) return {};
  const use = expressionsWith(chance);
  return {ProjectionExpression: use.projection(), ...use.placeholders()};
}

type FuzzIndex = FuzzTable['indexes'][number];

function source(chance: Chance): {table: FuzzTable; index: FuzzIndex | undefined} {
  const table = chance.pick(fuzzTables);
  return {table, index: chance.maybe(0.6) ? chance.pick([...table.indexes, undefined]) : undefined};
}

function reading(chance: Chance, table: FuzzTable, index: FuzzIndex | undefined): Input {
  // Made by hand, as callers may: with the attributes of both keys, mostly.
  const startKey = own([...(index?.key ?? []), ...table.key].map(([name, type]) => [name, scalarOf(chance, type)]));
  return {
    TableName: table.name,
    ...(index && {IndexName: index.name}),
    ...(chance.maybe(0.3) && {Limit: chance.pick([1, 2, 3, 1_000])}),
    ...(chance.maybe(0.3) && {ExclusiveStartKey: chance.maybe(0.9) ? startKey : attributes(chance, 3)}),
    ...(chance.maybe(0.2) && {
      Select: chance.pick(['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES']),
    }),
    ...(chance.maybe(0.2) && {ConsistentRead: true}),
    ...accounting(chance),
  };
}

const filtering = (chance: Chance, use: ReturnType<typeof expressionsWith>) => ({
  ...(chance.maybe(0.4) && {FilterExpression: use.condition()}),
  ...(chance.maybe(0.3) && {ProjectionExpression: use.projection()}),
});

function query(chance: Chance): Input {
  const {table, index} = source(chance);
  const use = expressionsWith(chance);
  return {
    ...reading(chance, table, index),
    KeyConditionExpression: use.keyCondition(index?.key ?? table.key),
    ...filtering(chance, use),
    ...(chance.maybe(0.4) && {ScanIndexForward: chance.maybe(0.5)}),
    ...use.placeholders(),
  };
}

function transactWrite(chance: Chance): Input {
  const table = chance.pick(fuzzTables);
  const use = expressionsWith(chance);
  const at = {TableName: table.name, Key: key(chance, table)};
  const onRefusal = chance.maybe(0.2) && {ReturnValuesOnConditionCheckFailure: 'ALL_OLD'};
  return chance.pick<() => Input>([
    () => ({Put: {TableName: table.name, Item: item(chance, table), ...conditional(chance), ...onRefusal}}),
    () => ({Delete: {...at, ...conditional(chance), ...onRefusal}}),
    () => ({Update: {...at, UpdateExpression: use.update(), ...use.placeholders(), ...onRefusal}}),
    () => ({ConditionCheck: {...at, ConditionExpression: use.condition(), ...use.placeholders(), ...onRefusal}}),
  ])();
}

/** Adds and removes indexes mostly, since there is something to keep consistent. */
function updateTable(chance: Chance): Input {
  const table = chance.pick(fuzzTables);
  const added: FuzzTable['key'] = chance.pick([
    [['b', 'B']],
    [
      ['g', 'S'],
      ['p', 'S'],
    ],
    [['m', 'S']],
    [
      ['n', 'N'],
      ['l', 'S'],
    ],
  ]);
  const IndexName = chance.pick(['added', '__proto__', ...table.indexes.map(index => index.name)]);
  const [hash, range] = added.map(([AttributeName]) => AttributeName);
  const KeySchema = [
    {AttributeName: hash, KeyType: 'HASH'},
    ...(range ? [{AttributeName: range, KeyType: 'RANGE'}] : []),
  ];
  return chance.pick<() => Input>([
    () => ({
      TableName: table.name,
      AttributeDefinitions: definitionsOf(table.key, ...table.indexes.map(index => index.key), added),
      GlobalSecondaryIndexUpdates: [
        {Create: {IndexName, KeySchema, Projection: {ProjectionType: chance.pick(['ALL', 'KEYS_ONLY'])}}},
      ],
    }),
    () => ({TableName: table.name, GlobalSecondaryIndexUpdates: [{Delete: {IndexName}}]}),
    () => ({TableName: table.name, TableClass: chance.pick(['STANDARD', 'STANDARD_INFREQUENT_ACCESS'])}),
    () => ({
      TableName: table.name,
      StreamSpecification: {StreamEnabled: chance.maybe(0.5), StreamViewType: 'NEW_IMAGE'},
    }),
  ])();
}
