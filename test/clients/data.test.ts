import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {
  type AttributeValue,
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type ScalarAttributeType,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {type RunningServer, startServer} from './start-server.ts';

let server: RunningServer;
let client: DynamoDBClient;
const tables: string[] = [];

before(async () => {
  server = await startServer();
  client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
  });
});

after(async () => {
  for (const TableName of tables) await client.send(new DeleteTableCommand({TableName}));
  client.destroy();
  await server.stop();
});

/** A table with a string partition key and a sort key of the given type. */
async function createTable(TableName: string, type: ScalarAttributeType, [pk, sk] = ['pk', 'sk']): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        {AttributeName: pk, AttributeType: 'S'},
        {AttributeName: sk, AttributeType: type},
      ],
      KeySchema: [
        {AttributeName: pk, KeyType: 'HASH'},
        {AttributeName: sk, KeyType: 'RANGE'},
      ],
    }),
  );
  tables.push(TableName);
  await waitUntilTableExists({client, maxWaitTime: 20, minDelay: 1, maxDelay: 1}, {TableName});
  return TableName;
}

type Item = Record<string, AttributeValue>;

const put = (TableName: string, Item: Item) => client.send(new PutItemCommand({TableName, Item}));

async function get(TableName: string, {pk, sk}: Item): Promise<Item | undefined> {
  const Key = {pk: pk!, sk: sk!};
  return (await client.send(new GetItemCommand({TableName, Key, ConsistentRead: true}))).Item;
}

async function query(TableName: string, pk: string): Promise<Item[]> {
  const found: Item[] = [];
  const input = {TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: {':pk': {S: pk}}};
  for await (const page of paginateQuery({client}, input)) found.push(...page.Items!);
  return found;
}

/** A request whose body is exactly this text: no SDK has looked at its names. */
async function raw(operation: string, body: string): Promise<{status: number; text: string}> {
  const answer = await fetch(server.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260301T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260301/eu-west-1/dynamodb/aws4_request, ' +
        `SignedHeaders=host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
    },
    body,
  });
  return {status: answer.status, text: await answer.text()};
}

const refusal =
  (message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof DynamoDBServiceException);
    assert.equal(error.name, 'ValidationException');
    assert.match(error.message, message);
    return true;
  };

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length'];

test('names that JavaScript objects inherit are ordinary attribute names', async () => {
  const table = await createTable('DataNames', 'S', ['__proto__', 'constructor']);
  const nested = inherited.map(name => `"${name}":{"S":"in ${name}"}`).join(',');
  const key = '"__proto__":{"S":"a"},"constructor":{"S":"b"}';
  const item = `{${key},"toString":{"M":{${nested}}},"valueOf":{"L":[{"M":{${nested}}}]}}`;
  const written = await raw('PutItem', `{"TableName":"${table}","Item":${item}}`);
  assert.deepEqual(written, {status: 200, text: '{}'});
  const names =
    '"ExpressionAttributeNames":{"#p":"__proto__","#c":"constructor","#t":"toString","#h":"hasOwnProperty"}';
  const update =
    '"UpdateExpression":"SET #t.#p = :v, #h = if_not_exists(#h, :v) REMOVE #t.#c","ExpressionAttributeValues":{":v":{"N":"1"}}';
  const changed = await raw(
    'UpdateItem',
    `{"TableName":"${table}","Key":{${key}},${names},${update},"ConditionExpression":"attribute_exists(#p)"}`,
  );
  assert.deepEqual(changed, {status: 200, text: '{}'});
  const {status, text} = await raw('GetItem', `{"TableName":"${table}","Key":{${key}},"ConsistentRead":true}`);
  assert.equal(status, 200);
  // JSON.parse makes own properties of all of them; entries compares them without asking any prototype.
  const deep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== 'object' || value === null) return value;
    return new Map(Object.entries(value).map(([name, inner]) => [name, deep(inner)]));
  };
  const expected = `{"Item":{${key},"hasOwnProperty":{"N":"1"},"toString":{"M":{"__proto__":{"N":"1"},${inherited
    .filter(name => name !== '__proto__' && name !== 'constructor')
    .map(name => `"${name}":{"S":"in ${name}"}`)
    .join(',')}}},"valueOf":{"L":[{"M":{${nested}}}]}}}`;
  assert.deepEqual(deep(JSON.parse(text)), deep(JSON.parse(expected)));
  const found = await raw(
    'Query',
    `{"TableName":"${table}","KeyConditionExpression":"#p = :p AND begins_with(#c, :p2)","FilterExpression":"attribute_not_exists(#t.#c)",` +
      `${names.replace(',"#h":"hasOwnProperty"', '')},"ExpressionAttributeValues":{":p":{"S":"a"},":p2":{"S":"b"}}}`,
  );
  assert.equal(JSON.parse(found.text).Count, 1, found.text);
});

test('text of every script comes back as it was written, sorted by its UTF-8 bytes', async () => {
  const table = await createTable('DataUnicode', 'S');
  // In UTF-16 the surrogates of 😀 sort before U+FFFF, in UTF-8 after it. Composed and decomposed é are two keys.
  const sorted = [
    '\u0000',
    ' ',
    '"\\/\b\f\n\r\t',
    'A',
    'a',
    'e\u0301',
    'é',
    'ß',
    'א',
    '中',
    '\u2028',
    '\uFFFF',
    '😀',
    '👨‍👩‍👧',
  ];
  sorted.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const text of sorted.toReversed()) {
    await put(table, {pk: {S: '🔑'}, sk: {S: text}, text: {S: text}, [`ключ ${text}`]: {SS: [text]}});
  }
  const found = await query(table, '🔑');
  assert.deepEqual(
    found.map(item => item.sk!.S),
    sorted,
  );
  for (const item of found) {
    assert.equal(item.text!.S, item.sk!.S);
    assert.deepEqual(item[`ключ ${item.sk!.S}`], {SS: [item.sk!.S]});
  }
});

test('an item of 400 KB goes in, one byte more does not', async () => {
  const table = await createTable('DataSize', 'S');
  // Names and values count as UTF-8: pk + 'a' + sk + 'a' + data + the text itself.
  const rest = Buffer.byteLength('pkaskadata');
  const filled = (bytes: number, sk: string): Item => ({
    pk: {S: 'a'},
    sk: {S: sk},
    data: {S: 'é'.repeat((bytes - rest) / 2)},
  });
  const full = filled(400 * 1024, 'a');
  await put(table, full);
  assert.deepEqual(await get(table, full), full);
  await assert.rejects(
    put(table, {...full, data: {S: `${full.data!.S}x`}}),
    refusal(/Item size has exceeded the maximum allowed size$/),
  );
  const Key = {pk: {S: 'a'}, sk: {S: 'a'}};
  const grow = {TableName: table, Key, UpdateExpression: 'SET x = :x', ExpressionAttributeValues: {':x': {S: ''}}};
  await assert.rejects(client.send(new UpdateItemCommand(grow)), refusal(/Item size to update has exceeded/));
  assert.deepEqual(await get(table, full), full);

  // Six of them are more than a page of 1 MB, and the pages joined are all of them.
  const more = ['b', 'c', 'd', 'e', 'f'].map(sk => filled(400 * 1024, sk));
  await Promise.all(more.map(item => put(table, item)));
  assert.deepEqual(await query(table, 'a'), [full, ...more]);
  const Keys = [full, ...more].map(({pk, sk}) => ({pk: pk!, sk: sk!}));
  const batch = await client.send(new BatchGetItemCommand({RequestItems: {[table]: {Keys}}}));
  assert.equal(batch.Responses![table]!.length, 6);
});

test('an item of 20,000 attributes', async () => {
  const table = await createTable('DataWide', 'S');
  const item: Item = {pk: {S: 'a'}, sk: {S: 'a'}};
  for (let i = 0; i < 20_000; i++) item[`a${i}`] = {N: String(i)};
  await put(table, item);
  assert.deepEqual(await get(table, item), item);
});

test('empty strings and binaries are values, but not keys', async () => {
  const table = await createTable('DataEmpty', 'S');
  const item: Item = {
    pk: {S: 'a'},
    sk: {S: 'a'},
    text: {S: ''},
    bytes: {B: new Uint8Array()},
    list: {L: []},
    map: {M: {}},
    nested: {L: [{S: ''}, {M: {text: {S: ''}}}, {B: new Uint8Array()}]},
  };
  await put(table, item);
  assert.deepEqual(await get(table, item), item);
  await assert.rejects(put(table, {...item, sk: {S: ''}}), refusal(/empty string value/));
  await assert.rejects(put(table, {...item, pk: {S: ''}}), refusal(/empty string value/));
  await assert.rejects(put(table, {...item, set: {SS: []}}), refusal(/An string set {2}may not be empty/));
});

function nestedIn(levels: number): AttributeValue {
  let value: AttributeValue = {S: 'deep'};
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? {L: [value]} : {M: {inner: value}};
  return value;
}

test('values nest to 32 levels and no deeper, however deep the request is', async () => {
  const table = await createTable('DataDepth', 'S');
  const item: Item = {pk: {S: 'a'}, sk: {S: 'a'}, value: nestedIn(31)};
  await put(table, item);
  assert.deepEqual(await get(table, item), item);
  await assert.rejects(put(table, {...item, value: nestedIn(33)}), refusal(/[Nn]esting/));
  const levels = 20_000;
  const absurd = `${'{"L":['.repeat(levels)}{"S":""}${']}'.repeat(levels)}`;
  const {status} = await raw(
    'PutItem',
    `{"TableName":"${table}","Item":{"pk":{"S":"a"},"sk":{"S":"b"},"v":${absurd}}}`,
  );
  assert.equal(status, 400);
  assert.deepEqual(await get(table, item), item);
});

test('numbers keep 38 digits over their whole range, in one spelling and one order', async () => {
  const table = await createTable('DataNumbers', 'N');
  const nines = '9'.repeat(38);
  const ones = '1'.repeat(37);
  // Written as on the left, answered as on the right; from the least to the greatest.
  const spellings: [string, string][] = [
    [`-${nines}E+88`, `-${nines}${'0'.repeat(88)}`],
    [`-${nines}`, `-${nines}`],
    ['-100', '-100'],
    ['-1.50', '-1.5'],
    [`-0.${'0'.repeat(129)}1`, `-0.${'0'.repeat(129)}1`],
    ['-0', '0'],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['0001.000', '1'],
    [`1.${ones}`, `1.${ones}`],
    ['12E2', '1200'],
    [nines, nines],
    [`${nines}E88`, `${nines}${'0'.repeat(88)}`],
  ];
  for (const [written] of spellings.toReversed()) {
    await put(table, {pk: {S: 'n'}, sk: {N: written}, list: {L: [{N: written}]}, set: {NS: [written]}});
  }
  const found = await query(table, 'n');
  assert.deepEqual(
    found.map(({sk, list, set}) => [sk!.N, list!.L![0]!.N, set!.NS![0]]),
    spellings.map(([, answered]) => [answered, answered, answered]),
  );
  const refused = [`1${'0'.repeat(37)}1`, '1e126', '1e-131', '', 'x', 'NaN', 'Infinity', '0x10', '1_000', ' 1'];
  for (const N of refused) {
    await assert.rejects(put(table, {pk: {S: 'n'}, sk: {N: '5'}, number: {N}}), {name: 'ValidationException'}, N);
  }
  // Decimal arithmetic: binary floating point would answer 0.30000000000000004 and lose the last digit of the other.
  const sums: [string, string, string][] = [
    ['0.1', '0.2', '0.3'],
    ['12345678901234567890123456789012345678', '1', '12345678901234567890123456789012345679'],
    ['1e125', '-1e125', '0'],
  ];
  for (const [a, b, sum] of sums) {
    const Key = {pk: {S: 'sum'}, sk: {N: '1'}};
    await put(table, {...Key, a: {N: a}});
    const {Attributes} = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key,
        UpdateExpression: 'SET a = a + :b',
        ExpressionAttributeValues: {':b': {N: b}},
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    assert.deepEqual(Attributes, {a: {N: sum}});
  }
});

test('binary sort keys are ordered by unsigned bytes, a prefix first', async () => {
  const table = await createTable('DataBinary', 'B');
  const keys = ['00', '0000', '00ff', '01', '7f', '80', 'ff', 'ff00', 'ffff', 'ff'.repeat(1024)];
  for (const hex of keys.toReversed()) {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    await put(table, {pk: {S: 'b'}, sk: {B: bytes}, set: {BS: [bytes]}});
  }
  const found = await query(table, 'b');
  const expected = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a, 'hex'), Buffer.from(b, 'hex')));
  assert.deepEqual(
    found.map(({sk}) => Buffer.from(sk!.B!).toString('hex')),
    expected,
  );
  assert.deepEqual(
    found.map(({set}) => Buffer.from(set!.BS![0]!).toString('hex')),
    expected,
  );
});

test('the longest keys are found again, and longer ones refused', async () => {
  const table = await createTable('DataKeys', 'S');
  const item: Item = {pk: {S: 'p'.repeat(2048)}, sk: {S: 's'.repeat(1024)}, n: {N: '1'}};
  await put(table, item);
  await put(table, {...item, sk: {S: `${'s'.repeat(1023)}t`}});
  assert.deepEqual(await get(table, item), item);
  assert.equal((await query(table, item.pk!.S!)).length, 2);
  await assert.rejects(put(table, {...item, pk: {S: 'p'.repeat(2049)}}), refusal(/2048/));
  await assert.rejects(put(table, {...item, sk: {S: 's'.repeat(1025)}}), refusal(/1024/));
});

test('updates that arrive at once are all counted, and only one of many deletes finds the item', async () => {
  const table = await createTable('DataRaces', 'S');
  const Key = {pk: {S: 'counter'}, sk: {S: 'a'}};
  const add = {TableName: table, Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: {':one': {N: '1'}}};
  await Promise.all(Array.from({length: 200}, () => client.send(new UpdateItemCommand(add))));
  assert.deepEqual((await get(table, Key))!.n, {N: '200'});
  const once = {TableName: table, Key, ConditionExpression: 'attribute_exists(pk)'};
  const outcomes = await Promise.allSettled(Array.from({length: 20}, () => client.send(new DeleteItemCommand(once))));
  assert.equal(outcomes.filter(({status}) => status === 'fulfilled').length, 1);
});
