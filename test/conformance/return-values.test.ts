// ReturnValues and ReturnValuesOnConditionCheckFailure of the writes (AWS API reference).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ConditionalCheckFailedException} from '@aws-sdk/client-dynamodb';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

onEveryStore('return values', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const key = (pk: string) => ({pk: S(pk)});

  test('PutItem returns what it replaced', async () => {
    const put = (n: number, extra = {}) =>
      target.db.putItem({TableName: table, Item: {...key('put'), n: N(n)}, ...extra});
    assert.equal((await put(1, {ReturnValues: 'ALL_OLD'})).Attributes, undefined);
    assert.deepEqual((await put(2, {ReturnValues: 'ALL_OLD'})).Attributes, {...key('put'), n: N(1)});
    assert.equal((await put(3, {ReturnValues: 'NONE'})).Attributes, undefined);
    assert.equal((await put(4)).Attributes, undefined);
  });

  test('DeleteItem returns what it deleted', async () => {
    await target.db.putItem({TableName: table, Item: {...key('delete'), n: N(1)}});
    const remove = () => target.db.deleteItem({TableName: table, Key: key('delete'), ReturnValues: 'ALL_OLD'});
    assert.deepEqual((await remove()).Attributes, {...key('delete'), n: N(1)});
    assert.equal((await remove()).Attributes, undefined);
  });

  for (const [what, Item, shown] of [
    ['an item', {...key('there'), n: N(1)}, {...key('there'), n: N(1)}],
    ['nothing', undefined, undefined],
  ] as const) {
    test(`a failed condition shows ${what} when asked to`, async () => {
      const Key = key('there');
      await target.db.deleteItem({TableName: table, Key});
      if (Item) await target.db.putItem({TableName: table, Item});
      const condition = {
        TableName: table,
        ConditionExpression: 'n > :v',
        ExpressionAttributeValues: {':v': N(5)},
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      } as const;
      const failed = async (answer: Promise<unknown>) => {
        await assert.rejects(answer, error => {
          assert.ok(error instanceof ConditionalCheckFailedException);
          assert.equal(error.message, 'The conditional request failed');
          assert.deepEqual(error.Item, shown);
          return true;
        });
      };
      await failed(target.db.putItem({...condition, Item: Key}));
      await failed(target.db.deleteItem({...condition, Key}));
      await failed(target.db.updateItem({...condition, Key, UpdateExpression: 'REMOVE x'}));
      const silent = target.db.putItem({...condition, Item: Key, ReturnValuesOnConditionCheckFailure: 'NONE'});
      await assert.rejects(silent, error => {
        assert.ok(error instanceof ConditionalCheckFailedException);
        assert.equal(error.Item, undefined);
        return true;
      });
    });
  }
});
