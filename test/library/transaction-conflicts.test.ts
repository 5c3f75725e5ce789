import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {DynamoDB} from '@aws-sdk/client-dynamodb';
import {startStator} from 'stator';
import {temporaryDirectory} from '../harness/server-process.ts';

// Through the SDK, as a caller meets them. Where the answers come from stands beside the code and in docs/differences.md.

const transactionMs = 2_000;
const TableName = 'accounts';

const at = (pk: string) => ({pk: {S: pk}});
const Put = (pk: string, more: object = {}) => ({Put: {TableName, Item: at(pk), ...more}});
const update = (pk: string, more: object = {}) => ({
  TableName,
  Key: at(pk),
  UpdateExpression: 'ADD n :one',
  ExpressionAttributeValues: {':one': {N: '1'}},
  ...more,
});
const ConditionCheck = (pk: string) => ({
  ConditionCheck: {TableName, Key: at(pk), ConditionExpression: 'attribute_exists(pk)'},
});
const missing = {ConditionExpression: 'attribute_not_exists(pk)'};
const insert = (pk: string) => ({Statement: `INSERT INTO "${TableName}" VALUE {'pk': '${pk}'}`});
const select = (pk: string) => ({Statement: `SELECT * FROM "${TableName}" WHERE pk = '${pk}'`});

interface Refusal {
  name: string;
  message: string;
  CancellationReasons?: {Code: string; Message?: string}[];
  $metadata: {httpStatusCode: number};
}

/** `done`, or the error with the codes of its reasons. */
async function told(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'done';
  } catch (error) {
    const {name, message, CancellationReasons, $metadata} = error as Refusal;
    assert.equal($metadata.httpStatusCode, 400, `${error}`);
    if (!CancellationReasons) return `${name}: ${message}`;
    const codes = CancellationReasons.map(({Code}) => Code).join(', ');
    assert.equal(message, `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`);
    for (const {Code, Message} of CancellationReasons) {
      if (Code === 'TransactionConflict') assert.equal(Message, 'Transaction is ongoing for the item');
    }
    return `${name}: ${codes}`;
  }
}

const conflict = 'TransactionConflictException: Transaction is ongoing for the item';
const cancelled = (...codes: string[]) => `TransactionCanceledException: ${codes.join(', ')}`;

async function start(t: TestContext, options: object) {
  const stator = await startStator({...options, lifecycle: {transactionMs}});
  const clientFor = (maxAttempts: number) =>
    new DynamoDB({
      endpoint: stator.endpoint,
      region: 'us-east-1',
      credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
      maxAttempts,
    });
  const [db, insisting] = [clientFor(1), clientFor(10)];
  t.after(async () => {
    db.destroy();
    insisting.destroy();
    await stator.close();
  });
  await db.createTable({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'pk', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}],
  });
  /** Asks for a change that can't happen until the answer is another one. */
  async function untilUnderWay(pk: string): Promise<void> {
    while ((await told(db.updateItem(update(pk, {ConditionExpression: 'attribute_exists(nowhere)'})))) !== conflict);
  }
  return {db, insisting, untilUnderWay};
}

for (const [store, optionsOf] of [
  ['in memory', () => ({})],
  ['on LMDB', (t: TestContext) => ({data: temporaryDirectory(t), durability: 'relaxed'})],
] as const) {
  test(`an SDK is told of every conflict with a transaction under way (${store})`, async t => {
    const {db, insisting, untilUnderWay} = await start(t, optionsOf(t));
    await db.putItem({TableName, Item: at('checked')});
    await db.putItem({TableName, Item: at('there')});

    const request = {TransactItems: [Put('written'), ConditionCheck('checked')], ClientRequestToken: 'first'};
    const first = told(db.transactWriteItems(request));
    await untilUnderWay('written');
    const writes = (pk: string) => [
      db.putItem({TableName, Item: at(pk)}),
      db.updateItem(update(pk)),
      db.deleteItem({TableName, Key: at(pk)}),
      db.executeStatement(insert(pk)),
      db.executeStatement({Statement: `UPDATE "${TableName}" SET n = 1 WHERE pk = '${pk}'`}),
      db.executeStatement({Statement: `DELETE FROM "${TableName}" WHERE pk = '${pk}'`}),
    ];
    const transact = (...TransactItems: object[]) => db.transactWriteItems({TransactItems: TransactItems as []});
    const get = (...pks: string[]) =>
      db.transactGetItems({TransactItems: pks.map(pk => ({Get: {TableName, Key: at(pk)}}))});
    const rows: [string, Promise<unknown>][] = [
      ...[...writes('written'), ...writes('checked')].map((write): [string, Promise<unknown>] => [conflict, write]),
      ['done', db.putItem({TableName, Item: at('other')})],
      [cancelled('None', 'TransactionConflict'), transact(Put('unwritten'), {Update: update('written')})],
      [cancelled('TransactionConflict'), transact(ConditionCheck('checked'))],
      [cancelled('ConditionalCheckFailed', 'TransactionConflict'), transact(Put('there', missing), Put('written'))],
      [cancelled('TransactionConflict', 'None'), get('written', 'there')],
      [cancelled('TransactionConflict'), db.executeTransaction({TransactStatements: [select('written')]})],
      [
        cancelled('None', 'TransactionConflict'),
        db.executeTransaction({TransactStatements: [insert('new'), insert('written')]}),
      ],
      [
        'TransactionInProgressException: Transaction from previous request is still in progress',
        db.transactWriteItems(request),
      ],
      [
        'IdempotentParameterMismatchException: Specified idempotent token was used with different request parameters within the idempotency window',
        db.transactWriteItems({...request, TransactItems: [Put('other')]}),
      ],
      [
        'ValidationException: Transaction request cannot include multiple operations on one item',
        transact(Put('written'), Put('written')),
      ],
      [
        'ResourceNotFoundException: Requested resource not found',
        transact({Put: {TableName: 'absent', Item: at('written')}}, Put('written')),
      ],
      ['done', db.getItem({TableName, Key: at('written'), ConsistentRead: true})],
      ['done', db.batchGetItem({RequestItems: {[TableName]: {Keys: [at('written')]}}})],
      ['done', db.scan({TableName})],
      ['done', db.executeStatement(select('written'))],
      // SDKs try a token again by themselves, and are told of what was done.
      ['done', insisting.transactWriteItems(request)],
    ];
    const answers = rows.map(([, request]) => told(request));
    const batch = db.batchWriteItem({
      RequestItems: {[TableName]: [{PutRequest: {Item: at('written')}}, {PutRequest: {Item: at('batched')}}]},
    });
    const statements = db.batchExecuteStatement({Statements: [insert('written'), insert('stated')]});
    assert.deepEqual((await batch).UnprocessedItems, {[TableName]: [{PutRequest: {Item: at('written')}}]});
    const [refused, inserted] = (await statements).Responses!;
    assert.deepEqual(refused!.Error, {Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item'});
    assert.equal(inserted!.Error, undefined);
    for (const [number, answer] of answers.entries()) assert.equal(await answer, rows[number]![0], `row ${number}`);

    assert.equal(await first, 'done');
    const {Items} = await db.scan({TableName, ConsistentRead: true});
    assert.deepEqual(
      Items!.map(({pk}) => pk!.S).sort(),
      ['batched', 'checked', 'other', 'stated', 'there', 'written'],
      'nothing that was refused is there',
    );
    assert.equal(await told(db.updateItem(update('written'))), 'done');

    // One that is cancelled in the end is under way until then, and no longer.
    const failing = told(transact({Update: update('free')}, Put('there', missing)));
    await untilUnderWay('free');
    assert.equal(await failing, cancelled('None', 'ConditionalCheckFailed'));
    assert.equal(await told(db.updateItem(update('free'))), 'done');
  });
}
