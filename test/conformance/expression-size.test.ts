// Every expression has at most 4096 bytes as it was sent: no placeholder replaced, no space squeezed.
// eu-west-2, us-east-1, eu-central-1 and ap-southeast-2, 2026-07-12
// (paritysuite/dynamodb-conformance tests/tier3/limits/expressionSize).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {refusal} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {S} from './values.ts';

const tooLarge = /^ValidationException: .*Expression size has exceeded the maximum allowed size/;
const most = 4096;

/** `open`, then as many parts as fit, the last one filled up with spaces at its end. */
function expressionOf(bytes: number, open: string, joiner: string, part: (index: number) => string): string {
  let expression = open + part(0);
  for (let index = 1; expression.length + joiner.length + part(index).length <= bytes; index++) {
    expression += joiner + part(index);
  }
  return expression.padEnd(bytes);
}

const valuesOf = (expression: string): Record<string, AttributeValue> =>
  Object.fromEntries([...expression.matchAll(/:v\d+/g)].map(([name]) => [name, S('x')]));
const name = (index: number) => `attribute_with_a_name_that_takes_some_room_${index}`;

onEveryStore('expression sizes', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const key = {pk: S('a')};

  const surfaces: Record<string, (bytes: number) => Promise<unknown>> = {
    UpdateExpression: bytes => {
      const expression = expressionOf(bytes, 'SET ', ', ', index => `${name(index)} = :v${index}`);
      return target.db.updateItem({
        TableName: table,
        Key: key,
        UpdateExpression: expression,
        ExpressionAttributeValues: valuesOf(expression),
      });
    },
    ConditionExpression: bytes =>
      target.db.putItem({
        TableName: table,
        Item: {pk: S('fresh')},
        ConditionExpression: expressionOf(bytes, '', ' AND ', index => `attribute_not_exists(${name(index)})`),
      }),
    'FilterExpression of Query': bytes => {
      const expression = expressionOf(bytes, '', ' OR ', index => `${name(index)} = :v${index}`);
      return target.db.query({
        TableName: table,
        KeyConditionExpression: 'pk = :p',
        FilterExpression: expression,
        ExpressionAttributeValues: {...valuesOf(expression), ':p': S('a')},
      });
    },
    'FilterExpression of Scan': bytes => {
      const expression = expressionOf(bytes, '', ' OR ', index => `${name(index)} = :v${index}`);
      return target.db.scan({
        TableName: table,
        FilterExpression: expression,
        ExpressionAttributeValues: valuesOf(expression),
      });
    },
    ProjectionExpression: bytes =>
      target.db.getItem({
        TableName: table,
        Key: key,
        ProjectionExpression: expressionOf(bytes, '', ', ', index => name(index)),
      }),
    KeyConditionExpression: bytes =>
      target.db.query({
        TableName: table,
        KeyConditionExpression: 'pk = :v0'.padEnd(bytes),
        ExpressionAttributeValues: {':v0': S('a')},
      }),
  };

  for (const [surface, send] of Object.entries(surfaces)) {
    test(surface, async () => {
      assert.equal(await refusal(send(most)), '(accepted)');
      assert.match(await refusal(send(most + 1)), tooLarge);
    });
  }

  test('bytes are counted, not characters', async () => {
    const names = Object.fromEntries(
      Array.from({length: 30}, (_, index) => [`#a${index}`, `${'n'.repeat(246)}q${index}`]),
    );
    const ProjectionExpression = Object.keys(names).join(', ');
    const get = target.db.getItem({TableName: table, Key: key, ProjectionExpression, ExpressionAttributeNames: names});
    assert.equal(await refusal(get), '(accepted)');
  });
});
