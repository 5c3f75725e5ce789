import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine} from '../../engine/engine.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createHandler} from '../handle.ts';

// What JavaScript's objects inherit are ordinary names to callers: of tables, of indexes, of key attributes.
const names = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'];

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Ask = (operation: string, input: string) => Promise<any>;

/** Takes the body as text: `{__proto__: …}` in the source would make no member of that name. */
function client(): Ask {
  const engine = createEngine({store: memoryStore(), clock: new ManualClock(), random: seededRandom(1)});
  const faults: unknown[] = [];
  const handle = createHandler({engine, region: 'us-east-1', onFault: fault => faults.push(fault)});
  return async (operation, input) => {
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
      'x-amz-date': '20260101T000000Z',
    };
    const answer = await handle({method: 'POST', url: '/', header: name => headers[name], body: Buffer.from(input)});
    assert.deepEqual(faults, []);
    const text = answer.body.map(String).join('');
    assert.equal(answer.status, 200, `${operation}: ${text}`);
    return JSON.parse(text);
  };
}

const schema = (table: string, key: string) =>
  JSON.stringify({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: key, AttributeType: 'S'},
      {AttributeName: 'sort', AttributeType: 'S'},
    ],
    KeySchema: [
      {AttributeName: key, KeyType: 'HASH'},
      {AttributeName: 'sort', KeyType: 'RANGE'},
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: table,
        KeySchema: [
          {AttributeName: key, KeyType: 'HASH'},
          {AttributeName: 'sort', KeyType: 'RANGE'},
        ],
        Projection: {ProjectionType: 'ALL'},
      },
    ],
  });

for (const name of names) {
  test(`statements about a key attribute called ${name}`, async () => {
    const ask = client();
    await ask('CreateTable', schema('table', name));
    const execute = async (Statement: string) =>
      JSON.stringify((await ask('ExecuteStatement', JSON.stringify({Statement}))).Items);
    const where = `WHERE "${name}" = 'a' AND sort = 'b'`;
    await execute(`INSERT INTO "table" VALUE {'${name}': 'a', 'sort': 'b'}`);
    const item = `"${name}":{"S":"a"},"sort":{"S":"b"}`;
    assert.equal(await execute(`SELECT * FROM "table" ${where}`), `[{${item}}]`);
    assert.equal(await execute(`UPDATE "table" SET n = 1 ${where} RETURNING ALL NEW *`), `[{${item},"n":{"N":"1"}}]`);
    assert.equal(await execute(`DELETE FROM "table" ${where} RETURNING ALL OLD *`), `[{${item},"n":{"N":"1"}}]`);
  });

  test(`batches for a table called ${name}`, async () => {
    const ask = client();
    await ask('CreateTable', schema(name, 'key'));
    const keyOf = (number: number) => `{"key": {"S": "a"}, "sort": {"S": "${number}"}}`;
    for (let first = 0; first < 60; first += 20) {
      const puts = Array.from(
        {length: 20},
        (_, at) =>
          `{"PutRequest": {"Item": {"key": {"S": "a"}, "sort": {"S": "${first + at}"}, "x": {"S": "${'x'.repeat(390_000)}"}}}}`,
      );
      const written = await ask(
        'BatchWriteItem',
        `{"RequestItems": {"${name}": [${puts}]}, "ReturnItemCollectionMetrics": "SIZE"}`,
      );
      assert.deepEqual(Object.keys(written.ItemCollectionMetrics), [name]);
    }
    const keys = Array.from({length: 60}, (_, number) => keyOf(number));
    const got = await ask('BatchGetItem', `{"RequestItems": {"${name}": {"Keys": [${keys}]}}}`);
    assert.deepEqual(Object.keys(got.UnprocessedKeys), [name], 'more than 16 MB');
    const left = Object.getOwnPropertyDescriptor(got.UnprocessedKeys, name)!.value.Keys.length;
    const right = Object.getOwnPropertyDescriptor(got.Responses, name)!.value.length;
    assert.equal(left + right, 60);
  });
}
