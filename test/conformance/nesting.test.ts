// 32 levels, counting the attribute as the first. eu-west-2 and us-east-1, 2026-06 and 2026-09-12
// (paritysuite/dynamodb-conformance tests/tier3/limits/nestingDepth); where deep requests have other faults too,
// 2026-10-09 (tests/tier3/validation-ordering/deepRequests).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {invalid, one, refusal} from './answers.ts';
import {freshTableName, onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {nested, S} from './values.ts';

const tooDeep =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
const olderReturnValues = one(
  "Value 'BOGUS' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
);

onEveryStore('nesting', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});

  test('31 wraps are stored and read back, by PutItem and by BatchWriteItem', async () => {
    const Item = {pk: S('deep'), data: nested(31)};
    await target.db.putItem({TableName: table, Item});
    const read = () => target.db.getItem({TableName: table, Key: {pk: S('deep')}, ConsistentRead: true});
    assert.deepEqual((await read()).Item, Item);
    await target.db.batchWriteItem({RequestItems: {[table]: [{PutRequest: {Item}}]}});
    assert.deepEqual((await read()).Item, Item);
  });

  test('32 wraps are refused, by PutItem and by BatchWriteItem', async () => {
    const Item = {pk: S('deeper'), data: nested(32)};
    await invalid(target.db.putItem({TableName: table, Item}), one(tooDeep));
    await invalid(target.db.batchWriteItem({RequestItems: {[table]: [{PutRequest: {Item}}]}}), tooDeep);
  });

  test('lists count like maps', async () => {
    let list = nested(0);
    for (let level = 0; level < 32; level++) list = {L: [list]};
    await invalid(target.db.putItem({TableName: table, Item: {pk: S('list'), list}}), one(tooDeep));
  });

  test('values of expressions are measured before the condition is evaluated', async () => {
    const update = (depth: number) =>
      target.db.updateItem({
        TableName: table,
        Key: {pk: S('condition')},
        UpdateExpression: 'SET touched = :t',
        ConditionExpression: 'd = :deep',
        ExpressionAttributeValues: {':t': S('y'), ':deep': nested(depth)},
      });
    assert.equal(await refusal(update(31)), 'ConditionalCheckFailedException: The conditional request failed');
    await invalid(update(32), one(tooDeep));
  });

  test('an update may not nest deeper than the value it writes', async () => {
    await target.db.putItem({TableName: table, Item: {pk: S('grow'), m: nested(20)}});
    const update = (depth: number) =>
      target.db.updateItem({
        TableName: table,
        Key: {pk: S('grow')},
        UpdateExpression: 'SET m.n.n.n = :deep',
        ExpressionAttributeValues: {':deep': nested(depth)},
      });
    await update(28);
    assert.match(await refusal(update(29)), /^ValidationException: .*Nesting Levels have exceeded supported limits/);
  });

  test('a value that is too deep is named before an empty name inside another, not before one of the item', async () => {
    const put = (attributes: Record<string, AttributeValue>) =>
      target.db.transactWriteItems({
        TransactItems: [{Put: {TableName: table, Item: {pk: S('a'), ...attributes}}}],
      });
    await invalid(put({m: {M: {'': S('x')}}, data: nested(40)}), tooDeep);
    await invalid(put({m: {M: {'': S('x')}}}), 'Empty attribute name');
    await invalid(put({data: nested(40), '': S('x')}), 'Empty attribute name');
  });

  // Past about 62 levels the item operations read the request in the older layer.
  const absent = freshTableName('absent');
  const key = {pk: S('a'), sk: S('1')};
  const condition = (depth: number) => ({
    ConditionExpression: 'd = :deep',
    ExpressionAttributeValues: {':deep': nested(depth)},
  });
  test('DeleteItem reads ReturnValues in the older layer when a value is nested 63 levels', async () => {
    const unknown = target.db.deleteItem({
      TableName: absent,
      Key: key,
      ...condition(63),
      ReturnValues: 'BOGUS' as never,
    });
    await invalid(unknown, olderReturnValues);
    const other = target.db.deleteItem({TableName: absent, Key: key, ...condition(100), ReturnValues: 'UPDATED_NEW'});
    await invalid(other, 'ReturnValues can only be ALL_OLD or NONE');
  });

  test('DeleteItem reads ReturnValues in the older layer when its key is nested 100 levels', async () => {
    const deepKey = {pk: nested(100), sk: S('1')};
    const unknown = target.db.deleteItem({TableName: absent, Key: deepKey, ReturnValues: 'BOGUS' as never});
    await invalid(unknown, olderReturnValues);
  });

  test('a request nested a hundred thousand levels is refused, and the server lives on', async () => {
    const depth = 100_000;
    const value = `${'{"M":{"n":'.repeat(depth)}{"S":"leaf"}${'}}'.repeat(depth)}`;
    const answer = await target.raw('PutItem', `{"TableName":"${table}","Item":{"pk":{"S":"a"},"d":${value}}}`);
    assert.equal(answer.status, 400);
    await target.db.getItem({TableName: table, Key: {pk: S('a')}});
  });
});
