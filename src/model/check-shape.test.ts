import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {checkInput} from './check-shape.ts';
import {ServiceError} from './service-error.ts';
import {operationNames} from './shape-table.ts';

function refusal(operation: string, body: object): string {
  try {
    checkInput(operation, body);
  } catch (error) {
    assert(error instanceof ServiceError);
    return `${error.code}: ${error.message}`;
  }
  return 'accepted';
}

const constraint = (operation: string, body: object) => refusal(operation, body).replace(/^ValidationException: /, '');
const type = (operation: string, body: object) => refusal(operation, body).replace(/^SerializationException: /, '');
const one = (text: string) => `1 validation error detected: ${text}`;
const failed = 'failed to satisfy constraint: ';
const S = (text: string) => ({S: text});

test('wrong JSON types are refused in the words of the service', () => {
  // Captured by dynalite, test/helpers.js assertType.
  const cast =
    /^class sun\.reflect\.generics\..* cannot be cast to class java\.lang\.Class .* of loader 'bootstrap'\)$/;
  const rows: [string, object, string | RegExp][] = [
    ['PutItem', {TableName: true}, 'TRUE_VALUE cannot be converted to String'],
    ['PutItem', {TableName: false}, 'FALSE_VALUE cannot be converted to String'],
    ['PutItem', {TableName: 23}, 'NUMBER_VALUE cannot be converted to String'],
    ['PutItem', {TableName: 34.56}, 'DECIMAL_VALUE cannot be converted to String'],
    ['PutItem', {TableName: []}, 'Unrecognized collection type class java.lang.String'],
    ['PutItem', {TableName: {}}, 'Start of structure or map found where not expected'],
    ['GetItem', {ConsistentRead: '23'}, 'Unexpected token received from parser'],
    ['GetItem', {ConsistentRead: 23}, 'NUMBER_VALUE cannot be converted to Boolean'],
    ['GetItem', {ConsistentRead: 34.56}, 'DECIMAL_VALUE cannot be converted to Boolean'],
    ['GetItem', {ConsistentRead: []}, 'Unrecognized collection type class java.lang.Boolean'],
    ['Scan', {Limit: '23'}, 'STRING_VALUE cannot be converted to Integer'],
    ['Scan', {Limit: true}, 'TRUE_VALUE cannot be converted to Integer'],
    ['Scan', {Limit: []}, 'Unrecognized collection type class java.lang.Integer'],
    ['CreateTable', {ProvisionedThroughput: {ReadCapacityUnits: '1'}}, 'STRING_VALUE cannot be converted to Long'],
    ['CreateTable', {ProvisionedThroughput: 1}, 'Unexpected field type'],
    [
      'CreateTable',
      {ProvisionedThroughput: []},
      'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput',
    ],
    ['CreateTable', {KeySchema: 'x'}, 'Unexpected field type'],
    ['CreateTable', {KeySchema: {}}, 'Start of structure or map found where not expected'],
    ['CreateTable', {KeySchema: ['x']}, 'Unexpected value type in payload'],
    [
      'CreateTable',
      {KeySchema: [[]]},
      'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement',
    ],
    ['PutItem', {Item: 'x'}, 'Unexpected field type'],
    [
      'PutItem',
      {Item: []},
      'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
    ],
    ['PutItem', {Item: {a: 1}}, 'Unexpected value type in payload'],
    ['PutItem', {Item: {a: {S: 1}}}, 'NUMBER_VALUE cannot be converted to String'],
    ['PutItem', {Item: {a: {N: 1}}}, 'NUMBER_VALUE cannot be converted to String'],
    ['PutItem', {Item: {a: {B: 1}}}, 'only base-64-encoded strings are convertible to bytes'],
    ['PutItem', {Item: {a: {B: []}}}, 'Unrecognized collection type class java.nio.ByteBuffer'],
    ['PutItem', {Item: {a: {B: '23456'}}}, 'Base64 encoded length is expected a multiple of 4 bytes but found: 5'],
    ['PutItem', {Item: {a: {B: '=+/='}}}, 'Invalid last non-pad Base64 character dectected'],
    ['PutItem', {Item: {a: {B: '+/+='}}}, 'Invalid last non-pad Base64 character dectected'],
    ['PutItem', {Item: {a: {SS: {}}}}, 'Start of structure or map found where not expected'],
    ['PutItem', {Item: {a: {L: [1]}}}, 'Unexpected value type in payload'],
    ['PutItem', {Item: {a: {M: 1}}}, 'Unexpected field type'],
    ['PutItem', {Expected: {a: {Value: 'x'}}}, 'Unexpected field type'],
    ['BatchGetItem', {RequestItems: {abc: {Keys: ['x']}}}, cast],
    ['BatchWriteItem', {RequestItems: {abc: 'x'}}, cast],
    [
      'BatchWriteItem',
      {RequestItems: []},
      'Unrecognized collection type java.util.Map<java.lang.String, ' +
        'java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>',
    ],
  ];
  for (const [operation, body, message] of rows) {
    if (typeof message === 'string') assert.equal(type(operation, body), message, JSON.stringify(body));
    else assert.match(type(operation, body), message);
  }
});

test('the first wrong type of the body wins, and comes before every constraint', () => {
  assert.equal(type('PutItem', {Item: {a: {S: 1}}, TableName: 2}), 'NUMBER_VALUE cannot be converted to String');
  assert.equal(type('PutItem', {TableName: true, Item: 1}), 'TRUE_VALUE cannot be converted to String');
  assert.equal(type('PutItem', {TableName: '', Item: 1}), 'Unexpected field type');
});

test('null and unknown members are absent, and some texts are booleans', () => {
  const body = {TableName: 'abc', Key: {a: {S: 'x', N: null, Z: 1}}, ConsistentRead: 'TRUE', Unknown: 1};
  checkInput('GetItem', body);
  assert.deepEqual(body, {TableName: 'abc', Key: {a: S('x')}, ConsistentRead: true});
  assert.equal(
    constraint('GetItem', {TableName: 'abc', Key: null}),
    one(`Value null at 'key' ${failed}Member must not be null`),
  );
});

test('attribute names are only names', () => {
  const body = JSON.parse(
    '{"TableName":"abc","Item":{"__proto__":{"S":"x"},"constructor":null,"a":{"M":{"__proto__":null}}}}',
  );
  checkInput('PutItem', body);
  assert.equal(JSON.stringify(body.Item), '{"__proto__":{"S":"x"},"constructor":{},"a":{"M":{"__proto__":{}}}}');
});

test('values in one another: a hundred levels go on to the next stage, absurd ones are refused', () => {
  const nested = (levels: number) => {
    let value: object = S('leaf');
    for (let level = 0; level < levels; level++) value = {M: {n: value}};
    return {TableName: 'abc', Item: {a: value}};
  };
  assert.equal(refusal('PutItem', nested(100)), 'accepted');
  assert.equal(refusal('PutItem', nested(50_000)), 'SerializationException: ');
});

const tooShort = (name: string, path: string) =>
  `Value '${name}' at '${path}' ${failed}Member must have length greater than or equal to 3`;
const pattern = (name: string, path: string) =>
  `Value '${name}' at '${path}' ${failed}Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`;
const notNull = (path: string) => `Value null at '${path}' ${failed}Member must not be null`;
const returnValues = (form: 'old' | 'new') =>
  form === 'old'
    ? `Value 'INVALID' at 'returnValues' ${failed}Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]`
    : 'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]';
const consumed = `Value 'INVALID' at 'returnConsumedCapacity' ${failed}Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`;
const metrics = `Value 'INVALID' at 'returnItemCollectionMetrics' ${failed}Member must satisfy enum value set: [SIZE, NONE]`;
const emptyName = `Value at 'TableName' ${failed}Member must have length greater than or equal to 1`;
const emptyNameOlder = `Value '' at 'tableName' ${failed}Member must have length greater than or equal to 1`;
const item = {pk: S('x')};

test('constraints of the operations on items', () => {
  // Captured: paritysuite cross-region-latest.json and tests/tier3; the longest lists from dynalite.
  const rows: [string, object, string][] = [
    ['PutItem', {Item: item}, one(notNull('tableName'))],
    ['PutItem', {TableName: '', Item: item}, one(emptyName)],
    ['PutItem', {TableName: '', Item: {}, ReturnValues: 'INVALID'}, one(emptyName)],
    [
      'PutItem',
      {TableName: 'a'.repeat(256), Item: item},
      one(`Value '${'a'.repeat(256)}' at 'tableName' ${failed}Member must have length less than or equal to 255`),
    ],
    [
      'UpdateItem',
      {TableName: 'x!', Key: item},
      `2 validation errors detected: ${tooShort('x!', 'tableName')}; ${pattern('x!', 'tableName')}`,
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [],
        ClientRequestToken: 'x'.repeat(37),
        ReturnConsumedCapacity: 'INVALID',
        ReturnItemCollectionMetrics: 'INVALID',
      },
      `4 validation errors detected: Value '${'x'.repeat(37)}' at 'clientRequestToken' ${failed}Member must have length less than or equal to 36; ` +
        `${consumed}; ${metrics}; Value '[]' at 'transactItems' ${failed}Member must have length greater than or equal to 1`,
    ],
    ['PutItem', {TableName: 'bad table!@#', Item: item}, one(pattern('bad table!@#', 'tableName'))],
    [
      'PutItem',
      {
        TableName: 'valid',
        Item: item,
        ReturnValues: 'INVALID',
        ReturnConsumedCapacity: 'INVALID',
        ReturnItemCollectionMetrics: 'INVALID',
      },
      `3 validation errors detected: ${consumed}; ${returnValues('new')}; ${metrics}`,
    ],
    [
      'DeleteItem',
      {TableName: 'valid', Key: item, ReturnValues: 'INVALID', ReturnConsumedCapacity: 'INVALID'},
      `2 validation errors detected: ${consumed}; ${returnValues('new')}`,
    ],
    [
      'UpdateItem',
      {TableName: 'valid', Key: item, ReturnValues: 'INVALID', ReturnConsumedCapacity: 'INVALID'},
      one(returnValues('new')),
    ],
    ['UpdateItem', {TableName: '', Key: {}}, one(emptyName)],
    ['UpdateItem', {TableName: ''}, `2 validation errors detected: ${emptyNameOlder}; ${notNull('key')}`],
    [
      'UpdateItem',
      {TableName: '', ReturnConsumedCapacity: 'INVALID', ReturnValues: 'INVALID'},
      `4 validation errors detected: ${consumed}; ${emptyNameOlder}; ${returnValues('old')}; ${notNull('key')}`,
    ],
    [
      'UpdateItem',
      {TableName: 'valid', ConditionalOperator: 'XOR'},
      `2 validation errors detected: Value 'XOR' at 'conditionalOperator' ${failed}Member must satisfy enum value set: [OR, AND]; ${notNull('key')}`,
    ],
    [
      'Query',
      {TableName: 'valid', Limit: 0},
      one(`Value at 'Limit' ${failed}Member must have value greater than or equal to 1`),
    ],
    [
      'Query',
      {TableName: 'valid', ConditionalOperator: 'XOR', Select: 'BOGUS'},
      'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]',
    ],
    [
      'Scan',
      {TableName: 'valid', Limit: 0},
      one(`Value '0' at 'limit' ${failed}Member must have value greater than or equal to 1`),
    ],
    [
      'Scan',
      {
        TableName: 'abc;',
        ReturnConsumedCapacity: 'INVALID',
        AttributesToGet: [],
        IndexName: 'abc;',
        Segment: -1,
        TotalSegments: -1,
        Select: 'hi',
        Limit: -1,
        ScanFilter: {a: {}, b: {ComparisonOperator: ''}},
        ConditionalOperator: 'AN',
      },
      `10 validation errors detected: Value 'hi' at 'select' ${failed}Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]; ` +
        `${pattern('abc;', 'indexName')}; Value '-1' at 'totalSegments' ${failed}Member must have value greater than or equal to 1; ` +
        `${consumed}; ${pattern('abc;', 'tableName')}; Value 'AN' at 'conditionalOperator' ${failed}Member must satisfy enum value set: [OR, AND]; ` +
        `${notNull('scanFilter.a.member.comparisonOperator')}; Value '' at 'scanFilter.b.member.comparisonOperator' ${failed}` +
        'Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]; ' +
        `Value '-1' at 'segment' ${failed}Member must have value greater than or equal to 0; ` +
        `Value '-1' at 'limit' ${failed}Member must have value greater than or equal to 1`,
    ],
  ];
  for (const [operation, body, message] of rows) assert.equal(constraint(operation, body), message);
});

test('a value nested past 62 levels is read by the older framework', () => {
  const deep = (levels: number) => {
    let value: object = S('leaf');
    for (let level = 0; level < levels; level++) value = {M: {n: value}};
    return value;
  };
  const body = (levels: number) => ({
    TableName: 'abc',
    Key: item,
    ReturnValues: 'INVALID',
    ExpressionAttributeValues: {':v': deep(levels)},
  });
  assert.equal(constraint('DeleteItem', body(40)), one(returnValues('new')));
  assert.equal(constraint('DeleteItem', body(63)), one(returnValues('old')));
  assert.equal(constraint('DeleteItem', body(100)), one(returnValues('old')));
});

const keysOf = (kind: string) => `${failed}Map ${kind} must satisfy constraint: `;
const nameRules =
  '[Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]';
const listRules =
  '[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]';

test('constraints of batches', () => {
  const rows: [string, object, string][] = [
    ['BatchGetItem', {}, one(notNull('requestItems'))],
    [
      'BatchGetItem',
      {RequestItems: {}},
      one(`Value at 'RequestItems' ${failed}Member must have length greater than or equal to 1`),
    ],
    [
      'BatchGetItem',
      {RequestItems: {abc: {Keys: []}}},
      one(`Value at 'RequestItems.abc.member.Keys' ${failed}Member must have length greater than or equal to 1`),
    ],
    [
      'BatchGetItem',
      {RequestItems: {abc: {Keys: Array(101).fill(item)}}},
      one(`Value at 'RequestItems.abc.member.Keys' ${failed}Member must have length less than or equal to 100`),
    ],
    [
      'BatchGetItem',
      {RequestItems: {'bad!name': {Keys: [{pk: S('a')}]}}, ReturnConsumedCapacity: 'INVALID'},
      `2 validation errors detected: Value '{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}' at 'requestItems' ${keysOf('keys')}${nameRules}; ${consumed}`,
    ],
    ['BatchWriteItem', {RequestItems: {}}, 'The requestItems parameter is required for BatchWriteItem'],
    [
      'BatchWriteItem',
      {RequestItems: {abc: []}},
      one(`Value '{abc=[]}' at 'requestItems' ${keysOf('value')}${listRules}`),
    ],
    [
      'BatchWriteItem',
      {RequestItems: {'bad!name': [{PutRequest: {Item: item}}]}, ReturnConsumedCapacity: 'INVALID'},
      one(consumed),
    ],
    [
      'BatchWriteItem',
      {RequestItems: {'aa;': [{PutRequest: {}, DeleteRequest: {}}]}},
      `2 validation errors detected: ${notNull('requestItems.aa;.member.1.member.deleteRequest.key')}; ${notNull('requestItems.aa;.member.1.member.putRequest.item')}`,
    ],
    [
      'BatchWriteItem',
      {RequestItems: {'bad!name': [{PutRequest: {Item: {pk: S('bw-0')}}}]}},
      one(
        "Value '{bad!name=[WriteRequest(putRequest=PutRequest(item={pk=AttributeValue(s=bw-0, n=null, b=null, iNT=null, " +
          'dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, dOUBLESET=null, m=null, l=null, ' +
          `nULL=null, bOOL=null)}, workloadProfileName=null), deleteRequest=null)]}' at 'requestItems' ${keysOf('keys')}${nameRules}`,
      ),
    ],
  ];
  for (const [operation, body, message] of rows) assert.equal(constraint(operation, body), message);
});

test('constraints of the operations on tables', () => {
  const key = [{AttributeName: 'pk', KeyType: 'HASH'}];
  const table = {TableName: 'abc', AttributeDefinitions: [], KeySchema: key};
  const index = (name: string) => ({IndexName: name, KeySchema: key, Projection: {}});
  const rows: [string, object, string][] = [
    ['CreateTable', {KeySchema: []}, "The parameter 'TableName' is required but was not present in the request"],
    ['CreateTable', {...table, TableName: 'ab'}, one(tooShort('ab', 'tableName'))],
    [
      'CreateTable',
      {
        ...table,
        KeySchema: [...key, {AttributeName: 'sk', KeyType: 'RANGE'}, {AttributeName: 'extra', KeyType: 'RANGE'}],
      },
      one(
        "Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), " +
          `KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema' ${failed}Member must have length less than or equal to 2`,
      ),
    ],
    [
      'CreateTable',
      {...table, LocalSecondaryIndexes: [index('l1')], GlobalSecondaryIndexes: [index('g1')]},
      `2 validation errors detected: ${tooShort('g1', 'globalSecondaryIndexes.1.member.indexName')}; ${tooShort('l1', 'localSecondaryIndexes.1.member.indexName')}`,
    ],
    [
      'CreateTable',
      {...table, AttributeDefinitions: [{}]},
      `2 validation errors detected: ${notNull('attributeDefinitions.1.member.attributeType')}; ${notNull('attributeDefinitions.1.member.attributeName')}`,
    ],
    [
      'CreateTable',
      {...table, SSESpecification: {KMSMasterKeyId: 7}},
      'SerializationException: NUMBER_VALUE cannot be converted to String',
    ],
    [
      'CreateTable',
      {...table, StreamSpecification: {StreamEnabled: true, StreamViewType: ''}},
      one(
        `Value '' at 'streamSpecification.streamViewType' ${failed}Member must satisfy enum value set: [OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE]`,
      ),
    ],
    [
      'UpdateTable',
      {TableName: 'abc', GlobalSecondaryIndexUpdates: [{Update: {IndexName: 'gsi1', ProvisionedThroughput: {}}}]},
      '2 validation errors detected: ' +
        `${notNull('globalSecondaryIndexUpdates.1.member.update.provisionedThroughput.writeCapacityUnits')}; ` +
        `${notNull('globalSecondaryIndexUpdates.1.member.update.provisionedThroughput.readCapacityUnits')}`,
    ],
    [
      'DescribeTable',
      {TableName: ''},
      `2 validation errors detected: ${tooShort('', 'tableName')}; ${pattern('', 'tableName')}`,
    ],
    ['DescribeTable', {TableName: 'arn:aws:dynamodb:eu-west-2:000000000000:table/abc'}, 'accepted'],
    [
      'ListTables',
      {ExclusiveStartTableName: 'a;', Limit: 500},
      `3 validation errors detected: ${pattern('a;', 'exclusiveStartTableName')}; ${tooShort('a;', 'exclusiveStartTableName')}; ` +
        `Value '500' at 'limit' ${failed}Member must have value less than or equal to 100`,
    ],
  ];
  for (const [operation, body, message] of rows) assert.equal(constraint(operation, body), message);
});

test('no more than ten violations are named', () => {
  const message = constraint('CreateTable', {TableName: 'abc', AttributeDefinitions: Array(50).fill({})});
  assert.match(message, /^10 validation errors detected: /);
  assert.equal(message.split('; ').length, 10);
});

test('the echo of a huge request is cut off', () => {
  const Item = {a: {L: Array.from({length: 100_000}, () => S(''))}};
  const message = constraint('BatchWriteItem', {RequestItems: {abc: Array(26).fill({PutRequest: {Item}})}});
  assert.ok(message.length < 4_000_000, String(message.length));
  assert.ok(message.endsWith(listRules));
});

test('any JSON is accepted or refused, never more', () => {
  const names = operationNames();
  const words = ['TableName', 'Item', 'Key', 'S', 'N', 'B', 'M', 'L', 'SS', 'BS', 'RequestItems', 'Keys', 'KeySchema'];
  const more = [
    'Limit',
    'Expected',
    'PutRequest',
    'GlobalSecondaryIndexes',
    'IndexName',
    '__proto__',
    'a',
    'TransactItems',
  ];
  const json = fc.letrec(tie => ({
    value: fc.oneof(
      {maxDepth: 6},
      fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e300, '', 'abc', 'a;', 'AQ==', 'A', 'arn:aws:x', 'NONE'),
      fc.array(tie('value'), {maxLength: 4}),
      fc.dictionary(fc.constantFrom(...words, ...more), tie('value'), {maxKeys: 6}),
    ),
  })).value;
  const body = fc.dictionary(fc.constantFrom(...words, ...more), json, {maxKeys: 8});
  fc.assert(
    fc.property(fc.constantFrom(...names), body, (operation, value) => {
      const answer = refusal(operation, JSON.parse(JSON.stringify(value)));
      return /^(accepted$|SerializationException: |ValidationException: .)/.test(answer);
    }),
    {numRuns: Number(process.env.STATOR_FUZZ_RUNS ?? 3000)},
  );
});
