import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';
import {runOperation} from '../../../test/harness/run-operation.ts';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine, type Engine} from '../../engine/engine.ts';
import {ServiceError} from '../../model/service-error.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';

// What meets a transaction under way. Sources stand beside the code: engine/transactions/{conflict,under-way}.ts,
// api/transaction-answer.ts, and docs/differences.md for what nobody has recorded.

const transactionMs = 1_000;
const clock = new ManualClock();
let engine: Engine;

type Json = Record<string, unknown>;

const send = (name: string, wire: object, region?: string): Promise<Json> => runOperation(engine, name, wire, region);

/** An answer as one line: what went wrong, with the codes of a cancellation, or that nothing did. */
async function told(name: string, wire: object, region?: string): Promise<string> {
  try {
    await send(name, wire, region);
    return 'done';
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const reasons = error.members?.CancellationReasons as {Code: string}[] | undefined;
    return reasons ? reasons.map(({Code}) => Code).join() : `${error.code}: ${error.message}`;
  }
}

const TableName = 'plain';
const ongoing = 'TransactionConflictException: Transaction is ongoing for the item';
const at = (pk: string) => ({pk: {S: pk}});
const put = (pk: string, more: object = {}) => ({Put: {TableName, Item: {...at(pk), v: {N: '1'}}, ...more}});
const check = (pk: string, ConditionExpression = 'attribute_not_exists(pk)') => ({
  ConditionCheck: {TableName, Key: at(pk), ConditionExpression},
});
const add = (pk: string, more: object = {}) => ({
  TableName,
  Key: at(pk),
  UpdateExpression: 'ADD v :one',
  ExpressionAttributeValues: {':one': {N: '1'}},
  ...more,
});
const write = (TransactItems: object[], ClientRequestToken?: string) => ({TransactItems, ClientRequestToken});
const read = (...pks: string[]) => ({TransactItems: pks.map(pk => ({Get: {TableName, Key: at(pk)}}))});
const statements = (...texts: string[]) => ({TransactStatements: texts.map(Statement => ({Statement}))});
const itemOf = async (pk: string) => (await send('GetItem', {TableName, Key: at(pk)})).Item;

async function createTable(region?: string, name = TableName): Promise<void> {
  await send(
    'CreateTable',
    {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{AttributeName: 'pk', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}],
    },
    region,
  );
}

beforeEach(async () => {
  const store = memoryStore({discard: {random: seededRandom(5), chance: 0.3}});
  engine = createEngine({store, clock, random: seededRandom(1)}, {transactionMs});
  await createTable();
});

/** It is under way until the clock goes on. */
function begin(wire: object, name = 'TransactWriteItems'): Promise<string> {
  return told(name, wire);
}

async function end(...transactions: Promise<string>[]): Promise<string[]> {
  clock.advance(transactionMs);
  return Promise.all(transactions);
}

test('single writes of its items are refused, whatever it does with them; others are not', async () => {
  const transaction = begin(
    write([put('put'), {Delete: {TableName, Key: at('deleted')}}, {Update: add('updated')}, check('checked')]),
  );
  for (const pk of ['put', 'deleted', 'updated', 'checked']) {
    assert.equal(await told('PutItem', {TableName, Item: at(pk)}), ongoing);
    assert.equal(await told('UpdateItem', add(pk)), ongoing);
    assert.equal(await told('DeleteItem', {TableName, Key: at(pk)}), ongoing);
    for (const Statement of [
      `INSERT INTO plain VALUE {'pk': '${pk}'}`,
      `UPDATE plain SET v = 2 WHERE pk = '${pk}'`,
      `DELETE FROM plain WHERE pk = '${pk}'`,
    ]) {
      assert.equal(await told('ExecuteStatement', {Statement}), ongoing);
    }
  }
  assert.equal(await told('PutItem', {TableName, Item: at('other')}), 'done');
  assert.deepEqual(await end(transaction), ['done']);
  assert.deepEqual(await itemOf('updated'), {...at('updated'), v: {N: '1'}});
  assert.equal(await told('UpdateItem', add('updated')), 'done');
});

test('a statement of a batch is told so by itself, with its table', async () => {
  const transaction = begin(write([put('a')]));
  const Statements = ['a', 'b'].map(pk => ({Statement: `INSERT INTO plain VALUE {'pk': '${pk}'}`}));
  assert.deepEqual(await send('BatchExecuteStatement', {Statements}), {
    Responses: [
      {Error: {Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item'}, TableName},
      {TableName},
    ],
  });
  assert.deepEqual(await end(transaction), ['done']);
});

test('a batch is done but for its items, which come back', async () => {
  const transaction = begin(write([put('a'), put('b')]));
  const putA = {PutRequest: {Item: {...at('a'), v: {N: '7'}}}};
  const deleteB = {DeleteRequest: {Key: at('b')}};
  const putC = {PutRequest: {Item: at('c')}};
  const batch = (...requests: object[]) => ({RequestItems: {[TableName]: requests}, ReturnConsumedCapacity: 'TOTAL'});
  assert.deepEqual(await send('BatchWriteItem', batch(putA, putC, deleteB)), {
    UnprocessedItems: {[TableName]: [putA, deleteB]},
    ConsumedCapacity: [{TableName, CapacityUnits: 1}],
  });
  assert.deepEqual((await send('BatchWriteItem', batch(deleteB))).UnprocessedItems, {[TableName]: [deleteB]});
  assert.match(await told('BatchWriteItem', batch(putA, putA)), /^ValidationException: .*duplicates/);
  assert.deepEqual(await itemOf('c'), at('c'));
  assert.deepEqual(await end(transaction), ['done']);
  assert.deepEqual((await send('BatchWriteItem', batch(putA, deleteB))).UnprocessedItems, {});
  assert.deepEqual([(await itemOf('a')) as Json, await itemOf('b')], [putA.PutRequest.Item, undefined]);
});

test('what comes back of a table comes back under its name, whatever that is', async () => {
  await createTable('us-east-1', '__proto__');
  const transaction = begin(write([{Put: {TableName: '__proto__', Item: at('a')}}]));
  const RequestItems = JSON.parse('{"__proto__": [{"DeleteRequest": {"Key": {"pk": {"S": "a"}}}}]}') as object;
  const {UnprocessedItems} = await send('BatchWriteItem', {RequestItems});
  assert.equal(JSON.stringify(UnprocessedItems), JSON.stringify(RequestItems));
  assert.deepEqual(await end(transaction), ['done']);
});

test('plain reads meet nothing, and see what was there before', async () => {
  await send('PutItem', {TableName, Item: {...at('a'), v: {N: '0'}}});
  const transaction = begin(write([{Update: add('a')}]));
  const old = {...at('a'), v: {N: '0'}};
  assert.deepEqual(await itemOf('a'), old);
  const KeyConditionExpression = 'pk = :pk';
  const query = {TableName, KeyConditionExpression, ExpressionAttributeValues: {':pk': {S: 'a'}}, ConsistentRead: true};
  assert.deepEqual((await send('Query', query)).Items, [old]);
  assert.deepEqual((await send('Scan', {TableName})).Items, [old]);
  const Keys = [at('a')];
  assert.deepEqual((await send('BatchGetItem', {RequestItems: {[TableName]: {Keys}}})).Responses, {[TableName]: [old]});
  assert.deepEqual((await send('ExecuteStatement', {Statement: `SELECT * FROM plain WHERE pk = 'a'`})).Items, [old]);
  assert.deepEqual(await end(transaction), ['done']);
});

test('transactions that meet it are cancelled, at the items in question', async () => {
  const transaction = begin(write([put('a'), check('b')]));
  const none = {Code: 'None'};
  const conflict = {Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item'};
  await assert.rejects(send('TransactWriteItems', write([put('c'), {Update: add('a')}, check('b')])), {
    code: 'TransactionCanceledException',
    status: 400,
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict, TransactionConflict]',
    members: {CancellationReasons: [none, conflict, conflict]},
  });
  assert.equal(await told('TransactWriteItems', write([check('b')])), 'TransactionConflict');
  assert.equal(await told('TransactGetItems', read('c', 'a')), 'None,TransactionConflict');
  const select = (pk: string) => `SELECT * FROM plain WHERE pk = '${pk}'`;
  assert.equal(await told('ExecuteTransaction', statements(select('b'), select('c'))), 'TransactionConflict,None');
  const insert = (pk: string) => `INSERT INTO plain VALUE {'pk': '${pk}'}`;
  assert.equal(await told('ExecuteTransaction', statements(insert('c'), insert('a'))), 'None,TransactionConflict');
  assert.equal(await itemOf('c'), undefined);
  assert.deepEqual(await end(transaction), ['done']);
  assert.equal(await told('TransactGetItems', read('c', 'a')), 'done');
});

test('statements of a transaction are met like actions, EXISTS too', async () => {
  await send('PutItem', {TableName, Item: {...at('b'), v: {N: '1'}}});
  const exists = `EXISTS(SELECT * FROM plain WHERE pk = 'b' AND v = 1)`;
  const transaction = begin(statements(`INSERT INTO plain VALUE {'pk': 'a'}`, exists), 'ExecuteTransaction');
  assert.equal(await told('PutItem', {TableName, Item: at('a')}), ongoing);
  assert.equal(await told('UpdateItem', add('b')), ongoing);
  assert.deepEqual(await end(transaction), ['done']);
});

test('one that reads is met by nobody, nor one that was cancelled by a conflict', async () => {
  const transaction = begin(write([put('a')]));
  assert.equal(await told('TransactWriteItems', write([put('a'), put('b')])), 'TransactionConflict,None');
  assert.equal(await told('PutItem', {TableName, Item: at('b')}), 'done');
  assert.equal(await told('TransactGetItems', read('b')), 'done');
  assert.deepEqual(await end(transaction), ['done']);
});

test('everything else that is wrong comes first, one thing after the other', async () => {
  await send('PutItem', {TableName, Item: {...at('there'), t: {S: 'text'}}});
  const transaction = begin(write([put('a'), check('there', 'attribute_exists(pk)')], 'token'));
  const absent = {Put: {TableName: 'absent', Item: at('a')}};
  const wrongKey = {Delete: {TableName, Key: {wrong: {S: 'a'}}}};
  const failing = put('there', {ConditionExpression: 'attribute_not_exists(pk)'});
  const wrongType = {Update: add('there', {UpdateExpression: 'ADD t :one'})};
  const rows: [object[], string][] = [
    [[absent, wrongKey, put('a'), put('a')], 'ResourceNotFoundException: Requested resource not found'],
    [[wrongKey, put('a'), put('a')], 'ValidationError,None,None'],
    [[put('a'), put('a')], 'ValidationException: Transaction request cannot include multiple operations on one item'],
    // A condition and what the item makes impossible are told of the action that they belong to; conflicts of the others.
    [[put('a'), failing, put('c')], 'TransactionConflict,ConditionalCheckFailed,None'],
    [[put('a'), wrongType], 'TransactionConflict,ValidationError'],
    [[put('a'), put('there'), put('c')], 'TransactionConflict,TransactionConflict,None'],
  ];
  for (const [items, expected] of rows) assert.equal(await told('TransactWriteItems', write(items)), expected);

  const noMatch = 'ValidationException: The provided key element does not match the schema';
  assert.equal(
    await told('PutItem', {TableName: 'absent', Item: at('a')}),
    'ResourceNotFoundException: Requested resource not found',
  );
  assert.equal(await told('DeleteItem', {TableName, Key: {wrong: {S: 'a'}}}), noMatch);
  assert.match(
    await told('UpdateItem', add('a', {UpdateExpression: 'ADD pk :one'})),
    /^ValidationException: .*part of the key/,
  );
  // Of the item nothing is looked at.
  assert.equal(
    await told('PutItem', {TableName, Item: at('there'), ConditionExpression: 'attribute_not_exists(pk)'}),
    ongoing,
  );
  assert.equal(await told('UpdateItem', add('there', {UpdateExpression: 'ADD t :one'})), ongoing);

  const get = (Key: object, name = TableName) => ({Get: {TableName: name, Key}});
  const reads: [object[], string][] = [
    [[get(at('a'), 'absent'), get({wrong: {S: 'a'}})], 'ResourceNotFoundException: Requested resource not found'],
    [[get({wrong: {S: 'a'}}), get(at('a'))], 'ValidationError,None'],
    [
      [get(at('a')), get(at('a'))],
      'ValidationException: Transaction request cannot include multiple operations on one item',
    ],
    [[get(at('a')), get(at('b'))], 'TransactionConflict,None'],
  ];
  for (const [TransactItems, expected] of reads)
    assert.equal(await told('TransactGetItems', {TransactItems}), expected);
  assert.deepEqual(await end(transaction), ['done']);
});

test('a token is told of before the items: the same request is in progress, another is not the same', async () => {
  const inProgress = 'TransactionInProgressException: Transaction from previous request is still in progress';
  const mismatch =
    'IdempotentParameterMismatchException: Specified idempotent token was used with different request parameters within the idempotency window';
  const first = begin(write([put('a')], 'token'));
  assert.equal(await told('TransactWriteItems', write([put('a')], 'token')), inProgress);
  assert.equal(await told('TransactWriteItems', write([put('b')], 'token')), mismatch);
  assert.equal(await told('TransactWriteItems', write([put('a')], 'another')), 'TransactionConflict');
  assert.equal(await told('TransactWriteItems', write([put('a')])), 'TransactionConflict');
  // What is wrong with the request comes before its token.
  assert.equal(await told('TransactWriteItems', write([{Delete: {TableName, Key: {}}}], 'token')), 'ValidationError');
  assert.deepEqual(await end(first), ['done']);

  const statement = {...statements(`INSERT INTO plain VALUE {'pk': 'c'}`), ClientRequestToken: 'token'};
  const second = begin(statement, 'ExecuteTransaction');
  assert.equal(await told('ExecuteTransaction', statement), inProgress);
  assert.equal(
    await told('ExecuteTransaction', {
      ...statements(`INSERT INTO plain VALUE {'pk': 'd'}`),
      ClientRequestToken: 'token',
    }),
    mismatch,
  );
  assert.deepEqual(await end(second), ['done']);
});

test('what was done under its token is done, whoever has its items now', async () => {
  assert.deepEqual(await end(begin(write([put('a')], 'token'))), ['done']);
  const other = begin(write([put('a')]));
  assert.equal(await told('TransactWriteItems', write([put('a')], 'token')), 'done');
  const repeated = begin(write([put('b')], 'repeated'));
  assert.deepEqual(await end(other, repeated), ['done', 'done']);
  const again = begin(write([put('b')], 'repeated'));
  assert.equal(await told('TransactWriteItems', write([put('b')], 'repeated')), 'done');
  assert.deepEqual(await end(again), ['done']);
});

test('it ends however it ends: cancelled, refused, or by a store that fails', async () => {
  const isFree = async () => assert.equal(await told('UpdateItem', add('counter')), 'done');
  const failing = put('a', {ConditionExpression: 'attribute_exists(pk)'});
  assert.deepEqual(await end(begin(write([failing, {Update: add('counter')}], 'token'))), [
    'ConditionalCheckFailed,None',
  ]);
  await isFree();
  const refused = begin(write([{Update: add('counter')}, {Update: add('counter', {TableName: 'absent'})}]));
  assert.match(await refused, /^ResourceNotFoundException/);
  await isFree();

  const {commit} = engine.store;
  const broken = new Error('the store is broken');
  for (const fails of [
    () => Promise.reject(broken),
    () => {
      throw broken;
    },
  ]) {
    const transaction = send('TransactWriteItems', write([{Update: add('counter')}], 'token'));
    assert.equal(await told('UpdateItem', add('counter')), ongoing);
    engine.store.commit = fails;
    clock.advance(transactionMs);
    await assert.rejects(transaction, broken);
    engine.store.commit = commit;
    await isFree();
  }
  assert.deepEqual(await end(begin(write([{Update: add('counter')}], 'token'))), ['done']);
});

test('a table made anew meanwhile, and one of another region, are other tables', async () => {
  await createTable('eu-west-1');
  const transaction = begin(write([put('a', {ConditionExpression: 'attribute_not_exists(pk)'})]));
  assert.equal(await told('PutItem', {TableName, Item: at('a')}, 'eu-west-1'), 'done');
  await send('DeleteTable', {TableName});
  assert.equal(
    await told('PutItem', {TableName, Item: at('a')}),
    'ResourceNotFoundException: Requested resource not found',
  );
  await createTable();
  assert.equal(await told('PutItem', {TableName, Item: at('a')}), 'done');
  assert.deepEqual(await end(transaction), ['ConditionalCheckFailed']);
});
