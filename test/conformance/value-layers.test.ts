// Which of two layers an operation checks values in decides the wording of a bad number or a repeated set member.
// Captured in eu-west-2, us-east-1, eu-west-1 and us-west-2, 2026-10-09
// (paritysuite/dynamodb-conformance tests/tier3/error-messages/valueLayers).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {one, refusal} from './answers.ts';
import {onEveryStore, type Target} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const notNumeric = 'The parameter cannot be converted to a numeric value';
const tooPrecise = 'Attempting to store more than 38 significant digits in a Number';
const wrong = 'One or more parameter values were invalid: ';

const badNumbers = ['abc', '', '1e126', '1e2147483647'].map(N);
const newerNumbers = [`${notNumeric}: abc`, `${notNumeric}: `, overflow, overflow];
const olderNumbers = [`${notNumeric}: abc`, notNumeric, overflow, underflow];

const bytes = (base64: string) => Buffer.from(base64, 'base64');
const repeated: AttributeValue[] = [
  {SS: ['b', 'a', 'b']},
  {BS: [bytes('/w=='), bytes('AA=='), bytes('AA==')]},
  {NS: ['2', '1', '2']},
];
const newerRepeated = [
  `${wrong}Input collection ["a", "b", "b"] contains duplicates.`,
  `${wrong}Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`,
  `${wrong}Input collection contains duplicates.`,
];
const olderRepeated = [
  `${wrong}Input collection [b, a, b] contains duplicates.`,
  `${wrong}Input collection [/w==, AA==, AA==]of type BS contains duplicates.`,
  'Input collection contains duplicates',
];

type Send = (db: Target['db'], table: string, value: AttributeValue) => Promise<unknown>;

/** Every place where a value can stand, and the layer that reads it there. */
const places: {place: string; layer: 'enveloped' | 'bare' | 'older' | 'older expression'; send: Send}[] = [
  {
    place: 'PutItem item',
    layer: 'enveloped',
    send: (db, TableName, value) => db.putItem({TableName, Item: {pk: S('a'), value}}),
  },
  {
    place: 'PutItem nested',
    layer: 'enveloped',
    send: (db, TableName, value) => db.putItem({TableName, Item: {pk: S('a'), m: {M: {x: {L: [value]}}}}}),
  },
  {
    place: 'PutItem condition',
    layer: 'enveloped',
    send: (db, TableName, value) =>
      db.putItem({
        TableName,
        Item: {pk: S('a')},
        ConditionExpression: 'attribute_not_exists(pk) OR n = :v',
        ExpressionAttributeValues: {':v': value},
      }),
  },
  {
    place: 'UpdateItem value',
    layer: 'enveloped',
    send: (db, TableName, value) =>
      db.updateItem({
        TableName,
        Key: {pk: S('a')},
        UpdateExpression: 'SET n = :v',
        ExpressionAttributeValues: {':v': value},
      }),
  },
  {
    place: 'UpdateItem key',
    layer: 'enveloped',
    send: (db, TableName, value) =>
      db.updateItem({
        TableName,
        Key: {pk: value},
        UpdateExpression: 'SET n = :o',
        ExpressionAttributeValues: {':o': N(1)},
      }),
  },
  {
    place: 'DeleteItem condition',
    layer: 'enveloped',
    send: (db, TableName, value) =>
      db.deleteItem({
        TableName,
        Key: {pk: S('a')},
        ConditionExpression: 'n = :v',
        ExpressionAttributeValues: {':v': value},
      }),
  },
  {
    place: 'DeleteItem key',
    layer: 'enveloped',
    send: (db, TableName, value) => db.deleteItem({TableName, Key: {pk: value}}),
  },
  {place: 'GetItem key', layer: 'bare', send: (db, TableName, value) => db.getItem({TableName, Key: {pk: value}})},
  {
    place: 'BatchGetItem key',
    layer: 'bare',
    send: (db, table, value) => db.batchGetItem({RequestItems: {[table]: {Keys: [{pk: value}]}}}),
  },
  {
    place: 'Query key',
    layer: 'bare',
    send: (db, TableName, value) =>
      db.query({TableName, KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: {':v': value}}),
  },
  {
    place: 'Query filter',
    layer: 'bare',
    send: (db, TableName, value) =>
      db.query({
        TableName,
        KeyConditionExpression: 'pk = :p',
        FilterExpression: 'n = :v',
        ExpressionAttributeValues: {':p': S('a'), ':v': value},
      }),
  },
  {
    place: 'Query start key',
    layer: 'bare',
    send: (db, TableName, value) =>
      db.query({
        TableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: {':p': S('a')},
        ExclusiveStartKey: {pk: value},
      }),
  },
  {
    place: 'BatchWriteItem item',
    layer: 'older',
    send: (db, table, value) =>
      db.batchWriteItem({RequestItems: {[table]: [{PutRequest: {Item: {pk: S('a'), value}}}]}}),
  },
  {
    place: 'BatchWriteItem delete key',
    layer: 'older',
    send: (db, table, value) => db.batchWriteItem({RequestItems: {[table]: [{DeleteRequest: {Key: {pk: value}}}]}}),
  },
  {
    place: 'Scan filter',
    layer: 'older expression',
    send: (db, TableName, value) =>
      db.scan({TableName, FilterExpression: 'n = :v', ExpressionAttributeValues: {':v': value}}),
  },
];

const worded = {
  enveloped: (newer: string) => one(newer),
  bare: (newer: string) => newer,
  older: (_newer: string, older: string) => older,
  'older expression': (_newer: string, older: string) =>
    `ExpressionAttributeValues contains invalid value: ${older} for key :v`,
};

onEveryStore('values by layer', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});

  for (const {place, layer, send} of places) {
    test(`${place}: ${layer}`, async () => {
      const expected = (newer: string[], older: string[]) =>
        newer.map((message, index) => `ValidationException: ${worded[layer](message, older[index]!)}`);
      const answers = async (values: AttributeValue[]) =>
        Promise.all(values.map(value => refusal(send(target.db, table, value))));
      assert.deepEqual(await answers(badNumbers), expected(newerNumbers, olderNumbers));
      assert.deepEqual(await answers(repeated), expected(newerRepeated, olderRepeated));
    });
  }

  const numbersOfAnItem: [string, string][] = [
    ['1e99999999999', overflow],
    ['-1e99999999999', overflow],
    ['1e-99999999999', underflow],
    ['1e2147483648', overflow],
    ['1e-2147483648', underflow],
    ['1e9223372036854775808', `${notNumeric}: 1e9223372036854775808`],
    ['1e126', overflow],
    ['1e-131', underflow],
    ['0e126', overflow],
    ['0e-131', underflow],
    ['1.2.3', `${notNumeric}: 1.2.3`],
    [' 1', `${notNumeric}:  1`],
    ['1 ', `${notNumeric}: 1 `],
    ['0x10', `${notNumeric}: 0x10`],
    ['1e', `${notNumeric}: 1e`],
    ['NaN', `${notNumeric}: NaN`],
    ['Infinity', `${notNumeric}: Infinity`],
    ['+e2', `${notNumeric}: +e2`],
    ['1+2', `${notNumeric}: 1+2`],
    ['1234567890123456789012345678901234567890', tooPrecise],
  ];
  for (const [written, message] of numbersOfAnItem) {
    test(`PutItem refuses the number '${written}', alone and in a set`, async () => {
      const alone = target.db.putItem({TableName: table, Item: {pk: S('a'), n: N(written)}});
      assert.equal(await refusal(alone), `ValidationException: ${one(message)}`);
      const member = target.db.putItem({TableName: table, Item: {pk: S('a'), n: {NS: ['1', written]}}});
      assert.equal(await refusal(member), `ValidationException: ${one(message)}`);
    });
  }

  // us-east-1 (CHANGELOG 2026-06-26) and eu-west-2, October 2026 (limits/numberExponent).
  for (const [written, stored] of [
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.e5', '100000'],
    ['0e125', '0'],
    ['-0', '0'],
    ['0042.1200', '42.12'],
    ['1e-3', '0.001'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['123456789012345678901234567890.12345678', '123456789012345678901234567890.12345678'],
  ] as const) {
    test(`the number '${written}' reads back as it is counted`, async () => {
      await target.db.putItem({TableName: table, Item: {pk: S('number'), n: N(written)}});
      const {Item} = await target.db.getItem({TableName: table, Key: {pk: S('number')}, ConsistentRead: true});
      assert.deepEqual(Item?.n, {N: stored});
    });
  }
});
