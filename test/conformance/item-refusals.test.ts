// What PutItem, UpdateItem, DeleteItem and GetItem refuse, and in which words.
// Captured in eu-west-2 and us-east-1, 2026-09-20 and 2026-10-09 (paritysuite/dynamodb-conformance
// captures/cross-region-latest, tests/tier3/error-messages/{putItem,updateItem,deleteItem}, validation-ordering/updateItem).
import {test} from 'node:test';
import {invalid, one} from './answers.ts';
import {freshTableName, onEveryStore, type Target} from './server.ts';
import {useTable} from './tables.ts';
import {S} from './values.ts';

type Operation = 'putItem' | 'updateItem' | 'deleteItem' | 'getItem';
type Extra = Record<string, unknown>;

const key = {pk: S('a')};
const base: Record<Operation, Extra> = {
  putItem: {Item: key},
  updateItem: {Key: key},
  deleteItem: {Key: key},
  getItem: {Key: key},
};
const send = (db: Target['db'], operation: Operation, input: Extra): Promise<unknown> =>
  (db[operation] as (input: unknown) => Promise<unknown>)(input);

const wrong = 'One or more parameter values were invalid: ';
const newEnum =
  'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]';
const capacityEnum =
  "Value 'INVALID' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]";
const metricsEnum =
  "Value 'INVALID' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]";
const olderReturnValues =
  "Value 'INVALID' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]";
const emptyName = one(
  "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
);
const noKey = "Value null at 'key' failed to satisfy constraint: Member must not be null";
const update = {UpdateExpression: 'SET b = :w', ExpressionAttributeValues: {':w': S('x')}};

/** Requests on a table that is there, whose key is `pk` (S). */
const onTable: [Operation, what: string, Extra, message: string][] = [
  ...(['putItem', 'deleteItem'] as const).flatMap((operation): [Operation, string, Extra, string][] => [
    [
      operation,
      'values without an expression',
      {ExpressionAttributeValues: {':v': S('x')}},
      one('ExpressionAttributeValues can only be specified when using expressions'),
    ],
    [
      operation,
      'names without an expression',
      {ExpressionAttributeNames: {'#a': 'a'}},
      one('ExpressionAttributeNames can only be specified when using expressions'),
    ],
    [
      operation,
      'no values at all',
      {ConditionExpression: 'attribute_exists(a)', ExpressionAttributeValues: {}},
      one('ExpressionAttributeValues must not be empty'),
    ],
    [
      operation,
      'no names at all',
      {ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: {}},
      one('ExpressionAttributeNames must not be empty'),
    ],
    [
      operation,
      'an empty condition',
      {ConditionExpression: ''},
      one('Invalid ConditionExpression: The expression can not be empty;'),
    ],
    [
      operation,
      'an expression beside Expected',
      {Expected: {pk: {Exists: false}}, ConditionExpression: 'attribute_not_exists(pk)'},
      one(
        'Can not use both expression and non-expression parameters in the same request: ' +
          'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
      ),
    ],
    [operation, 'ALL_NEW', {ReturnValues: 'ALL_NEW'}, one('ReturnValues can only be ALL_OLD or NONE')],
    [operation, 'UPDATED_NEW', {ReturnValues: 'UPDATED_NEW'}, one('ReturnValues can only be ALL_OLD or NONE')],
  ]),
  [
    'putItem',
    'redundant parentheses',
    {ConditionExpression: '((attribute_not_exists(pk)))'},
    one('Invalid ConditionExpression: The expression has redundant parentheses;'),
  ],
  [
    'putItem',
    'contains() of one path twice',
    {ConditionExpression: 'contains(#a, #a)', ExpressionAttributeNames: {'#a': 'data'}},
    one(
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; ' +
        'operator: contains, first operand: [data]',
    ),
  ],
  ['putItem', 'an empty string set', {Item: {...key, s: {SS: []}}}, one(`${wrong}An string set  may not be empty`)],
  ['putItem', 'an empty number set', {Item: {...key, s: {NS: []}}}, one(`${wrong}An number set  may not be empty`)],
  ['putItem', 'an empty binary set', {Item: {...key, s: {BS: []}}}, one(`${wrong}Binary sets should not be empty`)],
  [
    'putItem',
    'NULL that is false',
    {Item: {...key, n: {NULL: false}}},
    one(`${wrong}Null attribute value types must have the value of true`),
  ],
  [
    'putItem',
    'three unknown enums',
    {ReturnConsumedCapacity: 'INVALID', ReturnItemCollectionMetrics: 'INVALID', ReturnValues: 'INVALID'},
    `3 validation errors detected: ${capacityEnum}; ${newEnum}; ${metricsEnum}`,
  ],
  [
    'deleteItem',
    'two unknown enums',
    {ReturnConsumedCapacity: 'INVALID', ReturnValues: 'INVALID'},
    `2 validation errors detected: ${capacityEnum}; ${newEnum}`,
  ],
  // UpdateItem stops at its first (registry/splits update-item-validation-error-aggregation, 31 of 33 regions).
  ['updateItem', 'two unknown enums', {ReturnConsumedCapacity: 'INVALID', ReturnValues: 'INVALID'}, one(newEnum)],
  [
    'updateItem',
    'a syntax error',
    {UpdateExpression: 'INVALID SYNTAX HERE', ExpressionAttributeValues: {':v': S('x')}},
    one('Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"'),
  ],
  [
    'updateItem',
    'an unused name',
    {...update, ExpressionAttributeNames: {'#unused': 'a'}},
    one('Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}'),
  ],
  [
    'updateItem',
    'an unused value',
    {...update, ExpressionAttributeValues: {':w': S('x'), ':unused': S('y')}},
    one('Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}'),
  ],
  [
    'updateItem',
    'an undefined value',
    {UpdateExpression: 'SET a = :v'},
    one(
      'Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v',
    ),
  ],
  [
    'updateItem',
    'an undefined value in the condition',
    {...update, ConditionExpression: 'a = :v'},
    one(
      'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v',
    ),
  ],
  [
    'updateItem',
    'an expression beside AttributeUpdates',
    {...update, AttributeUpdates: {a: {Value: S('x'), Action: 'PUT'}}},
    one(
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}',
    ),
  ],
  [
    'updateItem',
    'an empty expression',
    {UpdateExpression: ''},
    one('Invalid UpdateExpression: The expression can not be empty;'),
  ],
  [
    'updateItem',
    'a change of the key',
    {UpdateExpression: 'SET pk = :v', ExpressionAttributeValues: {':v': S('b')}},
    `${wrong}Cannot update attribute pk. This attribute is part of the key`,
  ],
];

const pattern = (value: string) =>
  one(
    `Value '${value}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  );

/** Requests refused before any table is looked at. */
const beforeTable: [Operation, what: string, Extra, message: string][] = [
  [
    'putItem',
    'no table name',
    {TableName: undefined, Item: key},
    one("Value null at 'tableName' failed to satisfy constraint: Member must not be null"),
  ],
  ['putItem', 'an empty table name', {TableName: '', Item: key}, emptyName],
  ['putItem', 'an empty table name and item', {TableName: '', Item: {}}, emptyName],
  // 31 of 33 regions (registry/splits put-item-validation-error-aggregation, 2026-10-07).
  [
    'putItem',
    'an empty table name and an unknown enum',
    {TableName: '', Item: key, ReturnValues: 'INVALID'},
    emptyName,
  ],
  ['deleteItem', 'an empty table name and key', {TableName: '', Key: {}}, emptyName],
  ['updateItem', 'an empty table name and key', {TableName: '', Key: {}}, emptyName],
  ['putItem', 'a table name with odd characters', {TableName: 'bad table!@#', Item: key}, pattern('bad table!@#')],
  [
    'putItem',
    'a table name that is too long',
    {TableName: 'a'.repeat(256), Item: key},
    one(
      `Value '${'a'.repeat(256)}' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to 255`,
    ),
  ],
  [
    'updateItem',
    'an empty table name and no key',
    {TableName: '', ...update},
    "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: " +
      `Member must have length greater than or equal to 1; ${noKey}`,
  ],
  [
    'updateItem',
    'unknown enums, an empty table name and no key',
    {TableName: '', ...update, ReturnConsumedCapacity: 'INVALID', ReturnValues: 'INVALID'},
    `4 validation errors detected: ${capacityEnum}; Value '' at 'tableName' failed to satisfy constraint: ` +
      `Member must have length greater than or equal to 1; ${olderReturnValues}; ${noKey}`,
  ],
  [
    'updateItem',
    'an unknown ConditionalOperator and no key',
    {
      TableName: freshTableName('absent'),
      AttributeUpdates: {x: {Action: 'PUT', Value: S('1')}},
      Expected: {a: {Exists: false}, b: {Exists: false}},
      ConditionalOperator: 'XOR',
    },
    "2 validation errors detected: Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: " +
      `Member must satisfy enum value set: [OR, AND]; ${noKey}`,
  ],
];

onEveryStore('refused item requests', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});

  for (const [operation, what, extra, message] of onTable) {
    test(`${operation}: ${what}`, () =>
      invalid(send(target.db, operation, {TableName: table, ...base[operation], ...extra}), message));
  }

  for (const [operation, what, input, message] of beforeTable) {
    test(`${operation}: ${what}`, () => invalid(send(target.db, operation, input), message));
  }
});
