import assert from 'node:assert/strict';
import {test} from 'node:test';
import {runOperation as send} from '../../../test/harness/run-operation.ts';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine, type Engine} from '../../engine/engine.ts';
import {forgetTokens} from '../../engine/transactions/forget-tokens.ts';
import {expiredTokens} from '../../keyspace/request-token.ts';
import {ServiceError} from '../../model/service-error.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';

// Answers are those of us-east-1. Sources: paritysuite dynamodb-conformance tests/tier3/error-messages/{transactWriteItems,
// transactGetItems,transactIndexKeys,valueLayers}, validation-ordering/{transactions,deepRequests}, limits/{nestingDepth,
// itemSizeBySurface}, tests/tier2/transactions (all as of October 2026); floci #3674.

const clock = new ManualClock();

type Json = Record<string, unknown>;

/** An error as one line, with the reasons of a cancellation. */
async function refusal(engine: Engine, wire: object, name = 'TransactWriteItems'): Promise<unknown> {
  try {
    await send(engine, name, wire);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return error.members ? error.members.CancellationReasons : `${error.code}: ${error.message}`;
  }
  return 'done';
}

const key = (AttributeName: string, KeyType: string) => ({AttributeName, KeyType});
const all = {ProjectionType: 'ALL'};

async function newEngine(): Promise<Engine> {
  const store = memoryStore({discard: {random: seededRandom(5), chance: 0.3}});
  const engine = createEngine({store, clock, random: seededRandom(1)});
  const define = (...names: string[]) => names.map(AttributeName => ({AttributeName, AttributeType: 'S'}));
  const BillingMode = 'PAY_PER_REQUEST';
  await send(engine, 'CreateTable', {
    TableName: 'plain',
    BillingMode,
    AttributeDefinitions: define('pk'),
    KeySchema: [key('pk', 'HASH')],
  });
  await send(engine, 'CreateTable', {
    TableName: 'indexed',
    BillingMode,
    AttributeDefinitions: define('pk', 'sk', 'l', 'g'),
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    LocalSecondaryIndexes: [{IndexName: 'local', KeySchema: [key('pk', 'HASH'), key('l', 'RANGE')], Projection: all}],
    GlobalSecondaryIndexes: [
      {IndexName: 'global', KeySchema: [key('g', 'HASH')], Projection: all},
      {IndexName: 'also', KeySchema: [key('l', 'HASH')], Projection: {ProjectionType: 'KEYS_ONLY'}},
    ],
  });
  return engine;
}

const engine = await newEngine();
const at = (pk: string) => ({pk: {S: pk}});
const put = (pk: string, more: object = {}, TableName = 'plain') => ({Put: {TableName, Item: {...at(pk), ...more}}});
const check = (pk: string, ConditionExpression: string, more: object = {}) => ({
  ConditionCheck: {TableName: 'plain', Key: at(pk), ConditionExpression, ...more},
});
const set = (pk: string, v: object, more: object = {}) => ({
  Update: {
    TableName: 'plain',
    Key: at(pk),
    UpdateExpression: 'SET v = :v',
    ExpressionAttributeValues: {':v': v},
    ...more,
  },
});
const remove = (pk: string, more: object = {}) => ({Delete: {TableName: 'plain', Key: at(pk), ...more}});
const write = (...TransactItems: object[]) => ({TransactItems});
const get = async (pk: string) => (await send(engine, 'GetItem', {TableName: 'plain', Key: at(pk)})).Item;
const refused = (...items: object[]) => refusal(engine, write(...items));

const none = {Code: 'None'};
const conditionFailed = {Code: 'ConditionalCheckFailed', Message: 'The conditional request failed'};
const invalidAction = (Message: string) => ({Code: 'ValidationError', Message});
const invalid = (message: string) => `ValidationException: ${message}`;
const nesting =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';

function deep(levels: number): object {
  let value: object = {S: 'leaf'};
  for (let i = 0; i < levels; i++) value = {M: {n: value}};
  return value;
}

test('puts, updates, deletes and checks, over tables, at once', async () => {
  await send(engine, 'PutItem', {TableName: 'plain', Item: {...at('gone')}});
  await send(engine, 'PutItem', {TableName: 'plain', Item: {...at('there')}});
  const answer = await send(engine, 'TransactWriteItems', {
    ...write(
      put('new', {v: {S: 'x'}}),
      set('changed', {N: '1.50'}),
      remove('gone'),
      check('there', 'attribute_exists(pk)'),
      put('new', {sk: {S: 's'}, l: {S: 'l'}, g: {S: 'g'}}, 'indexed'),
    ),
    ReturnConsumedCapacity: 'INDEXES',
    ReturnItemCollectionMetrics: 'SIZE',
  });
  assert.deepEqual(await Promise.all(['new', 'changed', 'gone', 'there'].map(get)), [
    {...at('new'), v: {S: 'x'}},
    {...at('changed'), v: {N: '1.5'}},
    undefined,
    at('there'),
  ]);
  const units = (count: number) => ({CapacityUnits: count, WriteCapacityUnits: count});
  assert.deepEqual(answer, {
    ConsumedCapacity: [
      {TableName: 'plain', ...units(8), Table: units(8)},
      {
        TableName: 'indexed',
        ...units(5),
        Table: units(2),
        LocalSecondaryIndexes: {local: units(1)},
        GlobalSecondaryIndexes: {global: units(1), also: units(1)},
      },
    ],
    ItemCollectionMetrics: {indexed: [{ItemCollectionKey: at('new'), SizeEstimateRangeGB: [0, 1]}]},
  });
});

test('what is wrong with each action, in order, and nothing is written', async () => {
  await send(engine, 'PutItem', {TableName: 'plain', Item: {...at('old'), v: {N: '1'}}});
  const old = {ReturnValuesOnConditionCheckFailure: 'ALL_OLD'};
  const absent = {ConditionExpression: 'attribute_not_exists(pk)'};
  const present = {ConditionExpression: 'attribute_exists(pk)'};
  assert.deepEqual(
    await refused(
      put('unwritten'),
      {Put: {...put('old').Put, ...absent, ...old}},
      remove('absent', {...present, ...old}),
      check('there', 'attribute_not_exists(pk)'),
      set('of a wrong type', {N: '1'}, {UpdateExpression: 'SET v = w + :v'}),
    ),
    [
      none,
      {...conditionFailed, Item: {...at('old'), v: {N: '1'}}},
      conditionFailed,
      conditionFailed,
      invalidAction('The provided expression refers to an attribute that does not exist in the item'),
    ],
  );
  assert.equal(await get('unwritten'), undefined);
  await assert.rejects(send(engine, 'TransactWriteItems', write(put('a'), check('b', 'attribute_exists(pk)'))), {
    code: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
  });
});

test('what refuses the request as a whole, one thing after the other', async () => {
  const syntax = {ConditionExpression: 'a = = b'};
  const bogus = {ReturnConsumedCapacity: 'BOGUS'};
  const enumRefusal =
    "1 validation error detected: Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]";
  const absentTable = put('a', {}, 'absent');
  const bad = put('a', {}, 'bad!name');
  assert.deepEqual(
    [
      await refusal(engine, write()),
      await refusal(engine, {...write(absentTable, absentTable), ...bogus}),
      await refused(put('a'), {Update: {...set('b', {S: ''}).Update, TableName: 'bad!name'}}),
      await refused(bad),
      await refused({}),
      await refused({...put('a'), ...remove('a')}),
      await refused(absentTable, remove('a', syntax)),
      await refused(put('a', {d: deep(40)}), remove('a', syntax)),
      await refused({Delete: {TableName: 'plain', Key: {pk: deep(100)}, ...syntax}}),
      await refused({Delete: {TableName: 'plain', Key: {pk: deep(40)}}}, remove('a', syntax)),
      await refused(set('a', deep(40)), put('a', {'': {S: 'x'}})),
      await refused(check('a', 'attribute_exists(pk)', {ExpressionAttributeValues: {':v': {S: 'x'}}}), absentTable),
      await refused({Put: {...put('a').Put, ConditionExpression: ''}}),
      await refused(put('a', {n: {N: '1e2147483647'}})),
      await refused(set('a', {N: ''})),
      await refused(put('a', {s: {NS: ['2', '1', '2']}})),
      await refused(put('a', {v: {S: 'x'.repeat(409_600)}})),
      await refused(absentTable, put(''), {Put: {TableName: 'plain', Item: {pk: {N: '1'}}}}),
      await refused(put(''), {Put: {TableName: 'plain', Item: {pk: {N: '1'}}}}),
      await refused(put('a'), remove('a')),
    ],
    [
      invalid(
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ),
      invalid(enumRefusal),
      invalid(
        "1 validation error detected: Value 'bad!name' at 'transactItems.2.member.update.tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      ),
      invalid(
        "1 validation error detected: Value 'bad!name' at 'transactItems.1.member.put.tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      ),
      invalid('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request'),
      invalid('TransactItems can only contain one of Check, Put, Update or Delete'),
      invalid('Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"'),
      invalid(nesting),
      invalid('Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"'),
      invalid(nesting),
      invalid(`ExpressionAttributeValues contains invalid value: ${nesting} for key :v`),
      invalid('Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}'),
      invalid('Invalid ConditionExpression: The expression can not be empty;'),
      invalid('Number underflow. Attempting to store a number with magnitude smaller than supported range'),
      invalid(
        'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value for key :v',
      ),
      invalid('Input collection contains duplicates'),
      invalid('Item size has exceeded the maximum allowed size'),
      'ResourceNotFoundException: Requested resource not found',
      invalid(
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
      ),
      invalid('Transaction request cannot include multiple operations on one item'),
    ],
  );
});

// ExtendDB's test_transact_expression_validation.py.
test('names and values that no expression could use are taken', async () => {
  const spare = {ExpressionAttributeNames: {'#n': 'v'}, ExpressionAttributeValues: {':v': {N: '1'}}};
  assert.equal(await refused({Put: {...put('spare').Put, ...spare}}), 'done');
  assert.equal(await refused({Delete: {...remove('spare').Delete, ...spare}}), 'done');
  const get = {Get: {TableName: 'plain', Key: at('there'), ExpressionAttributeNames: {'#n': 'v'}}};
  assert.equal(await refusal(engine, write(get), 'TransactGetItems'), 'done');
  assert.equal(
    await refusal(engine, write({Get: {...get.Get, ProjectionExpression: 'pk'}}), 'TransactGetItems'),
    invalid('Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}'),
  );
});

test('a token that is too long comes first of all members', async () => {
  const token = 'x'.repeat(37);
  assert.equal(
    await refusal(engine, {...write(put('a')), ClientRequestToken: token, ReturnConsumedCapacity: 'BOGUS'}),
    invalid(
      `2 validation errors detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36; Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`,
    ),
  );
});

test('a key that the table cannot have cancels, the first one alone, before conditions and repeated items', async () => {
  const mismatch = invalidAction('The provided key element does not match the schema');
  const wrongKey = {Delete: {TableName: 'plain', Key: {pk: {N: '1'}}}};
  assert.deepEqual(await refused(put('a'), wrongKey, wrongKey, put('a'), check('a', 'attribute_exists(absent)')), [
    none,
    mismatch,
    none,
    none,
    none,
  ]);
  assert.deepEqual(await refused({Put: {TableName: 'plain', Item: {pk: {L: []}}}}), [
    invalidAction('One or more parameter values were invalid: Type mismatch for key pk expected: S actual: L'),
  ]);
});

test('index keys: of a wrong type they cancel, empty they refuse the request', async () => {
  const Key = {...at('i'), sk: {S: 's'}};
  const update = (v: object) => ({
    Update: {
      TableName: 'indexed',
      Key,
      UpdateExpression: 'SET l = :v',
      ExpressionAttributeValues: {':v': v},
    },
  });
  assert.deepEqual(await refused(put('i', {sk: {S: 's'}, l: {N: '5'}}, 'indexed')), [
    invalidAction(
      'One or more parameter values were invalid: Type mismatch for Index Key l Expected: S Actual: N IndexName: also',
    ),
  ]);
  assert.deepEqual(await refused(update({N: '5'})), [
    invalidAction(
      'One or more parameter values were invalid: Type mismatch for Index Key l Expected: S Actual: N IndexName: also',
    ),
  ]);
  assert.equal(
    await refused(update({S: ''})),
    invalid(
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
    ),
  );
  assert.match(
    String(await refused(put('i', {sk: {S: 's'}, l: {S: ''}}, 'indexed'))),
    /^ValidationException.*IndexName: also, IndexKey: l$/,
  );
});

test('what only the stored item tells cancels: size, depth, key attributes', async () => {
  assert.deepEqual(await refused(set('deep', deep(32))), [invalidAction(nesting)]);
  const large = {S: 'x'.repeat(409_600 - 'pk'.length - 'fit'.length - 'v'.length)};
  assert.equal(await refused(set('fit', large)), 'done');
  assert.deepEqual(await refused(set('fits', large)), [
    invalidAction('Item size to update has exceeded the maximum allowed size'),
  ]);
  assert.deepEqual(await refused(set('a', {S: 'b'}, {UpdateExpression: 'SET pk = :v'})), [
    invalidAction(
      'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
    ),
  ]);
});

test('the condition sees values that are too deep to be stored', async () => {
  assert.deepEqual(await refused(check('there', 'd = :d', {ExpressionAttributeValues: {':d': deep(32)}})), [
    conditionFailed,
  ]);
});

test('four megabytes', async () => {
  const items = (count: number) =>
    Array.from({length: count}, (_, i) => put(`big ${i}`, {v: {S: 'x'.repeat(350_000)}}));
  assert.match(String(await refused(...items(12))), /^ValidationException: .*size cannot exceed 4 MB/);
  assert.equal(await refused(...items(11)), 'done');
  const gets = (count: number) =>
    write(...Array.from({length: count}, (_, i) => ({Get: {TableName: 'plain', Key: at(`big ${i}`)}})));
  assert.equal(await refusal(engine, gets(11), 'TransactGetItems'), 'done');
  await send(engine, 'PutItem', {TableName: 'plain', Item: {...at('big 11'), v: {S: 'x'.repeat(350_000)}}});
  assert.match(
    String(await refusal(engine, gets(12), 'TransactGetItems')),
    /^ValidationException: .*size cannot exceed 4 MB/,
  );
});

// dynoxide's captures, eu-west-2, 2026-08-13.
test('a replay is charged for the images of the first call, whatever the item is now', async () => {
  const large = {v: {S: 'x'.repeat(9 * 1024 - 10)}};
  await send(engine, 'PutItem', {TableName: 'plain', Item: {...at('shrinks'), ...large}});
  const request = {...write(put('shrinks')), ClientRequestToken: 'shrink', ReturnConsumedCapacity: 'TOTAL'};
  const units = async () => (await send(engine, 'TransactWriteItems', request)).ConsumedCapacity;
  assert.deepEqual(await units(), [{TableName: 'plain', CapacityUnits: 18, WriteCapacityUnits: 18}]);
  await send(engine, 'DeleteItem', {TableName: 'plain', Key: at('shrinks')});
  assert.deepEqual(await units(), [{TableName: 'plain', CapacityUnits: 6, ReadCapacityUnits: 6}]);
});

test('a token: once in ten minutes, the same parameters in any order, replays charged as reads', async () => {
  const add = (v: string, names?: object) => ({
    Update: {
      TableName: 'plain',
      Key: at('counted'),
      UpdateExpression: 'ADD #v :v',
      ExpressionAttributeNames: {'#v': 'v', ...names},
      ExpressionAttributeValues: {':v': {N: v}},
    },
  });
  const counted = async () => ((await get('counted')) as {v: {N: string}}).v.N;
  const request = {
    ...write(put('one and a half', {v: {S: 'x'.repeat(1536)}}), add('1')),
    ClientRequestToken: 'token',
    ReturnConsumedCapacity: 'TOTAL',
  };
  const capacity = (answer: Json) => answer.ConsumedCapacity;
  assert.deepEqual(capacity(await send(engine, 'TransactWriteItems', request)), [
    {TableName: 'plain', CapacityUnits: 6, WriteCapacityUnits: 6},
  ]);
  const [first, second] = request.TransactItems;
  const {TableName, ...others} = (second as ReturnType<typeof add>).Update;
  const reordered = {...request, TransactItems: [first, {Update: {...others, TableName}}]};
  assert.deepEqual(capacity(await send(engine, 'TransactWriteItems', reordered)), [
    {TableName: 'plain', CapacityUnits: 4, ReadCapacityUnits: 4},
  ]);
  assert.equal(await counted(), '1');

  const other = {...request, TransactItems: [first, add('2')]};
  assert.match(String(await refusal(engine, other)), /^IdempotentParameterMismatchException: /);
  clock.advance(599_000);
  assert.match(String(await refusal(engine, other)), /^IdempotentParameterMismatchException: /);
  await forgetTokens(engine);
  assert.match(String(await refusal(engine, other)), /^IdempotentParameterMismatchException: /);
  clock.advance(1_000);
  assert.equal(await refusal(engine, other), 'done');
  assert.equal(await counted(), '3');
});

test('a token of a cancelled transaction is free', async () => {
  const request = {...write(put('later'), check('awaited', 'attribute_exists(pk)')), ClientRequestToken: 'cancelled'};
  assert.deepEqual(await refusal(engine, request), [none, conditionFailed]);
  await send(engine, 'PutItem', {TableName: 'plain', Item: at('awaited')});
  assert.equal(await refusal(engine, request), 'done');
  assert.deepEqual(await get('later'), at('later'));
});

test('expired tokens are cleared, without a look at others', async () => {
  const count = async () => {
    const range = expiredTokens(clock.now() + 100_000_000);
    return (await engine.store.scan(range, {reverse: false, entriesMax: 1000, bytesMax: 1e6})).keys.length;
  };
  const before = await count();
  assert.ok(before > 0);
  clock.advance(1_800_000);
  await send(engine, 'TransactWriteItems', {...write(put('kept')), ClientRequestToken: 'kept'});
  while (await forgetTokens(engine));
  assert.equal(await count(), 1);
});

test('TransactGetItems: in order, projected, nothing for what is not there', async () => {
  await send(engine, 'PutItem', {TableName: 'plain', Item: {...at('read'), v: {N: '1'}, w: {S: 'x'.repeat(5000)}}});
  const Get = {TableName: 'plain', Key: at('read')};
  const answer = await send(engine, 'TransactGetItems', {
    ...write(
      {Get: {...Get, ProjectionExpression: '#v', ExpressionAttributeNames: {'#v': 'v'}}},
      {Get: {...Get, Key: at('absent')}},
      {Get: {TableName: 'indexed', Key: {...at('new'), sk: {S: 's'}}, ProjectionExpression: 'absent'}},
    ),
    ReturnConsumedCapacity: 'INDEXES',
  });
  const units = (count: number) => ({CapacityUnits: count, ReadCapacityUnits: count});
  assert.deepEqual(answer, {
    Responses: [{Item: {v: {N: '1'}}}, {}, {Item: {}}],
    ConsumedCapacity: [
      {TableName: 'plain', ...units(6), Table: units(6)},
      {TableName: 'indexed', ...units(2), Table: units(2)},
    ],
  });
});

test('TransactGetItems: what it refuses', async () => {
  const Get = {TableName: 'plain', Key: at('read')};
  const answers: unknown[] = [];
  for (const items of [
    [],
    [{Get: {...Get, TableName: 'bad!name'}}],
    [{Get: {...Get, ProjectionExpression: '!!!'}}],
    [{Get: {...Get, Key: {pk: {N: 'abc'}}}}],
    [{Get: {...Get, TableName: 'absent', Key: {}}}],
    [{Get}, {Get: {...Get, Key: {}}}, {Get}],
    [{Get}, {Get}],
  ]) {
    answers.push(await refusal(engine, write(...items), 'TransactGetItems'));
  }
  assert.deepEqual(answers, [
    invalid(
      "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
    invalid(
      "1 validation error detected: Value 'bad!name' at 'transactItems.1.member.get.tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ),
    invalid('Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"'),
    invalid('The parameter cannot be converted to a numeric value: abc'),
    'ResourceNotFoundException: Requested resource not found',
    [none, invalidAction('The provided key element does not match the schema'), none],
    invalid('Transaction request cannot include multiple operations on one item'),
  ]);
});

test('null actions and members', async () => {
  for (const items of [[null], [{Put: null}], [{Get: null}], [put('a'), null]]) {
    for (const name of ['TransactWriteItems', 'TransactGetItems']) {
      assert.match(String(await refusal(engine, {TransactItems: items}, name)), /^(Validation|Serialization)Exception/);
    }
  }
});
