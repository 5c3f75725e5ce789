// What JavaScript's objects inherit are ordinary names to callers, wherever a caller may choose a name.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {onEveryStore, type Target} from '../conformance/server.ts';

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf'];

/** Bodies are texts: `{__proto__: …}` in the source would make no member of that name. */
async function ask(target: Target, operation: string, body: string): Promise<string> {
  const answer = await target.raw(operation, body);
  assert.equal(answer.status, 200, `${operation} ${body}: ${answer.body}`);
  return answer.body;
}

async function refused(target: Target, operation: string, body: string): Promise<string> {
  const answer = await target.raw(operation, body);
  assert.equal(answer.status, 400, `${operation} ${body}: ${answer.body}`);
  return answer.body;
}

function definition(name: string): string {
  const key = `[{"AttributeName":"${name}","KeyType":"HASH"},{"AttributeName":"sort","KeyType":"RANGE"}]`;
  return `{"TableName":"${name}","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[{"AttributeName":"${name}","AttributeType":"S"},{"AttributeName":"sort","AttributeType":"S"}],
    "KeySchema":${key},"Tags":[{"Key":"${name}","Value":"${name}"}],
    "GlobalSecondaryIndexes":[{"IndexName":"${name}","KeySchema":${key},
      "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["${name}2"]}}]}`;
}

onEveryStore('names of inherited properties', target => {
  after(() => {
    // The server of these tests runs in this process.
    assert.equal(({} as {polluted?: unknown}).polluted, undefined);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.equal({}.toString(), '[object Object]');
  });

  for (const name of names) {
    test(`${name} as table, index, key, attribute, member of maps at every depth, and placeholder`, async () => {
      const say = (operation: string, body: string) => ask(target, operation, body);
      await say('CreateTable', definition(name));
      const key = `"${name}":{"S":"a"},"sort":{"S":"b"}`;
      const deep = `{"M":{"${name}":{"M":{"${name}":{"S":"leaf"},"polluted":{"S":"yes"}}},"list":{"L":[{"M":{"${name}":{"N":"1"}}}]}}}`;
      const item = `{${key},"${name}2":${deep},"m":${deep}}`;
      await say('PutItem', `{"TableName":"${name}","Item":${item}}`);
      const get = `{"TableName":"${name}","Key":{${key}},"ConsistentRead":true`;
      assert.equal(await say('GetItem', `${get}}`), `{"Item":${item}}`);
      const picked = await say(
        'GetItem',
        `${get},"ProjectionExpression":"m.#a.#a","ExpressionAttributeNames":{"#a":"${name}"}}`,
      );
      assert.equal(picked, `{"Item":{"m":{"M":{"${name}":{"M":{"${name}":{"S":"leaf"}}}}}}}`);
      assert.equal(await say('GetItem', `${get},"AttributesToGet":["${name}"]}`), `{"Item":{"${name}":{"S":"a"}}}`);

      // Placeholders may be called so as well.
      const update = `{"TableName":"${name}","Key":{${key}},"ReturnValues":"UPDATED_NEW",
        "UpdateExpression":"SET m.#${name}.#${name} = :${name}, n.x = if_not_exists(n.x, :${name})",
        "ConditionExpression":"attribute_exists(m.#${name}.#${name}) AND attribute_not_exists(m.#other)",
        "ExpressionAttributeNames":{"#${name}":"${name}","#other":"isPrototypeOf"},
        "ExpressionAttributeValues":{":${name}":{"S":"new"}}}`;
      assert.match(
        await refused(target, 'UpdateItem', update),
        /document path provided in the update expression is invalid/,
      );
      const updated = await say(
        'UpdateItem',
        update.replace(', n.x = if_not_exists(n.x, :', ', n = if_not_exists(n, :'),
      );
      assert.equal(updated, `{"Attributes":{"m":{"M":{"${name}":{"M":{"${name}":{"S":"new"}}}}},"n":{"S":"new"}}}`);
      await say(
        'UpdateItem',
        `{"TableName":"${name}","Key":{${key}},"UpdateExpression":"REMOVE m.#a","ExpressionAttributeNames":{"#a":"${name}"}}`,
      );
      const gone = `{"TableName":"${name}","FilterExpression":"attribute_exists(m.#a)","ExpressionAttributeNames":{"#a":"${name}"}}`;
      assert.equal(JSON.parse(await say('Scan', gone)).Count, 0);

      const query = `{"TableName":"${name}","IndexName":"${name}","ReturnConsumedCapacity":"INDEXES",
        "KeyConditionExpression":"#a = :${name}","ExpressionAttributeNames":{"#a":"${name}"},
        "ExpressionAttributeValues":{":${name}":{"S":"a"}}}`;
      const found = await say('Query', query);
      assert.ok(found.includes(`{${key},"${name}2":${deep}}`), found);
      assert.ok(found.includes(`"GlobalSecondaryIndexes":{"${name}":{`), found);

      const legacy = `{"TableName":"${name}","Key":{${key}},"AttributeUpdates":{"${name}3":{"Action":"PUT","Value":{"N":"3"}}},
        "Expected":{"${name}2":{"ComparisonOperator":"NOT_NULL"},"isPrototypeOf":{"Exists":false}}}`;
      await say('UpdateItem', legacy);
      const transact = `{"TransactItems":[{"ConditionCheck":{"TableName":"${name}","Key":{${key}},
        "ConditionExpression":"#a = :a","ExpressionAttributeNames":{"#a":"${name}3"},"ExpressionAttributeValues":{":a":{"N":"3"}}}}]}`;
      await say('TransactWriteItems', transact);
      const described = JSON.parse(await say('DescribeTable', `{"TableName":"${name}"}`));
      const tags = await say('ListTagsOfResource', `{"ResourceArn":"${described.Table.TableArn}"}`);
      assert.equal(tags, `{"Tags":[{"Key":"${name}","Value":"${name}"}]}`);
      await say('DeleteTable', `{"TableName":"${name}"}`);
      await refused(target, 'DescribeTable', `{"TableName":"${name}"}`);
    });

    test(`what no request has: members called ${name}`, async () => {
      // Unknown members mean nothing, whatever they hold, and nothing is inherited from them.
      const said = await refused(target, 'DescribeTable', `{"${name}":{"TableName":"inherited","polluted":"yes"}}`);
      assert.match(said, /ValidationException/);
      const none = await refused(target, 'PutItem', `{"TableName":"nobody","Item":{"${name}":{"${name}":{"S":"x"}}}}`);
      assert.match(none, /Supplied AttributeValue is empty/);
      const operation = await target.raw(name, '{}');
      assert.equal(operation.status, 400);
      assert.match(operation.body, /UnknownOperationException/);
      for (const request of [
        `{"TableName":"${name}","Key":{"pk":{"S":"a"}}}`,
        `{"TableName":"nobody","Key":{"pk":{"S":"a"}},"ReturnConsumedCapacity":"${name}"}`,
        `{"TableName":"nobody","Key":{"pk":{"S":"a"}},"ProjectionExpression":"#a","ExpressionAttributeNames":{"${name}":"a"}}`,
      ]) {
        assert.doesNotMatch(await refused(target, 'GetItem', request), /SerializationException/);
      }
    });
  }
});
