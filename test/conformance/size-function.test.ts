// What size() counts. A string's UTF-16 code units: eu-west-2, October 2026 (paritysuite/dynamodb-conformance
// tests/tier1/query/expressions); the rest: AWS developer guide, "Condition and filter expressions", function size.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {B, N, S} from './values.ts';

const sizes: [value: AttributeValue, size: number | undefined][] = [
  [S(''), 0],
  [S('abc'), 3],
  // One unit and two of them; two bytes and four.
  [S('é𝄞'), 3],
  [B([0xc3, 0xa9]), 2],
  [{SS: ['é', 'ab']}, 2],
  [{L: [S('abc'), N(1)]}, 2],
  [{M: {a: S('abc')}}, 1],
  [N(123), undefined],
  [{BOOL: true}, undefined],
];

onEveryStore('size()', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  for (const [v, size] of sizes) {
    test(`of ${JSON.stringify(v)}`, async () => {
      await target.db.putItem({TableName: table, Item: {pk: S('p'), v}});
      const holds = async (FilterExpression: string, n: number) => {
        const ExpressionAttributeValues = {':p': S('p'), ':n': N(n)};
        const query = {
          TableName: table,
          KeyConditionExpression: 'pk = :p',
          FilterExpression,
          ExpressionAttributeValues,
        };
        return (await target.db.query(query)).Count === 1;
      };
      assert.equal(await holds('size(v) >= :n', 0), size !== undefined);
      assert.equal(await holds('size(v) = :n', size ?? 0), size !== undefined);
    });
  }
});
