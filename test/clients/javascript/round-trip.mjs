// What applications do with the AWS SDK for JavaScript v3 and its document client.
import assert from 'node:assert/strict';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  paginateListTables,
  ResourceInUseException,
  ResourceNotFoundException,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  PutCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

const TableName = 'JavascriptUsers';
const client = new DynamoDBClient({endpoint: process.env.STATOR_ENDPOINT});
const documents = DynamoDBDocumentClient.from(client, {marshallOptions: {removeUndefinedValues: true}});
const waiting = {client, maxWaitTime: 20, minDelay: 1, maxDelay: 1};

const definition = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    {AttributeName: 'PK', AttributeType: 'S'},
    {AttributeName: 'SK', AttributeType: 'S'},
    {AttributeName: 'status', AttributeType: 'S'},
    {AttributeName: 'createdAt', AttributeType: 'N'},
  ],
  KeySchema: [
    {AttributeName: 'PK', KeyType: 'HASH'},
    {AttributeName: 'SK', KeyType: 'RANGE'},
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'StatusIndex',
      KeySchema: [
        {AttributeName: 'status', KeyType: 'HASH'},
        {AttributeName: 'createdAt', KeyType: 'RANGE'},
      ],
      Projection: {ProjectionType: 'ALL'},
    },
  ],
};

// --- the table
const created = await client.send(new CreateTableCommand(definition));
assert.match(created.TableDescription.TableArn, /^arn:aws:dynamodb:eu-west-1:\d{12}:table\/JavascriptUsers$/);
assert.ok(created.TableDescription.CreationDateTime instanceof Date);
assert.equal((await waitUntilTableExists(waiting, {TableName})).state, 'SUCCESS');
await assert.rejects(client.send(new CreateTableCommand(definition)), ResourceInUseException);
const {Table} = await client.send(new DescribeTableCommand({TableName}));
assert.equal(Table.TableStatus, 'ACTIVE');
assert.equal(Table.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
assert.deepEqual(
  Table.GlobalSecondaryIndexes.map(index => [index.IndexName, index.IndexStatus]),
  [['StatusIndex', 'ACTIVE']],
);
const names = [];
for await (const page of paginateListTables({client, pageSize: 1}, {})) names.push(...page.TableNames);
assert.ok(names.includes(TableName));
await assert.rejects(
  client.send(new DescribeTableCommand({TableName: 'NoSuchTable'})),
  error => error instanceof ResourceNotFoundException && error.$metadata.httpStatusCode === 400,
);

// --- one user
const key = {PK: 'USER#1', SK: 'PROFILE'};
const user = {
  ...key,
  status: 'active',
  createdAt: 1_700_000_000,
  name: 'Ada Lovelace',
  email: undefined,
  verified: true,
  avatar: new Uint8Array([0, 1, 2, 254, 255]),
  roles: new Set(['admin', 'author']),
  address: {city: 'London', lines: ['12 St James’s Square', null], notes: {}},
};
await documents.send(new PutCommand({TableName, Item: user}));
const read = await documents.send(new GetCommand({TableName, Key: key, ConsistentRead: true}));
const {email: _, ...stored} = user;
assert.deepEqual(read.Item, stored);
assert.ok(read.$metadata.requestId);
const missing = await documents.send(new GetCommand({TableName, Key: {PK: 'USER#1', SK: 'NONE'}}));
assert.equal(missing.Item, undefined);
const narrow = await documents.send(
  new GetCommand({
    TableName,
    Key: key,
    ProjectionExpression: '#n, address.#l[0]',
    ExpressionAttributeNames: {'#n': 'name', '#l': 'lines'},
  }),
);
assert.deepEqual(narrow.Item, {name: 'Ada Lovelace', address: {lines: ['12 St James’s Square']}});

// --- the index
const byStatus = {
  TableName,
  IndexName: 'StatusIndex',
  KeyConditionExpression: '#s = :s AND createdAt >= :t',
  ExpressionAttributeNames: {'#s': 'status'},
  ExpressionAttributeValues: {':s': 'active', ':t': 1_600_000_000},
};
const active = await documents.send(new QueryCommand(byStatus));
assert.equal(active.Count, 1);
assert.deepEqual(active.Items, [stored]);

// --- conditions, with the error that the SDK makes of them
const again = {TableName, Item: user, ConditionExpression: 'attribute_not_exists(PK)'};
await assert.rejects(documents.send(new PutCommand(again)), error => {
  assert.ok(error instanceof ConditionalCheckFailedException);
  assert.equal(error.message, 'The conditional request failed');
  assert.equal(error.Item, undefined);
  return true;
});
await assert.rejects(
  documents.send(new PutCommand({...again, ReturnValuesOnConditionCheckFailure: 'ALL_OLD'})),
  error => error instanceof ConditionalCheckFailedException && error.Item.name.S === 'Ada Lovelace',
);

// --- updates
const updated = await documents.send(
  new UpdateCommand({
    TableName,
    Key: key,
    UpdateExpression:
      'SET visits = if_not_exists(visits, :zero) + :one, tags = list_append(:tags, :tags), #s = :inactive ' +
      'REMOVE address.notes ADD balance :big DELETE #r :author',
    ExpressionAttributeNames: {'#s': 'status', '#r': 'roles'},
    ExpressionAttributeValues: {
      ':zero': 0,
      ':one': 1,
      ':tags': ['a'],
      ':inactive': 'inactive',
      ':big': 2n ** 64n,
      ':author': new Set(['author']),
    },
    ReturnValues: 'ALL_NEW',
  }),
);
assert.deepEqual(updated.Attributes, {
  ...stored,
  status: 'inactive',
  visits: 1,
  tags: ['a', 'a'],
  balance: 2n ** 64n,
  roles: new Set(['admin']),
  address: {city: 'London', lines: ['12 St James’s Square', null]},
});
assert.equal((await documents.send(new QueryCommand(byStatus))).Count, 0);

// Numbers beyond JavaScript's own keep all their digits when asked for.
const exactClient = new DynamoDBClient({endpoint: process.env.STATOR_ENDPOINT});
const exact = DynamoDBDocumentClient.from(exactClient, {unmarshallOptions: {wrapNumbers: true}});
const digits = '1234567890123456789.0123456789012345678';
await exact.send(new PutCommand({TableName, Item: {PK: 'N', SK: 'N', digits: NumberValue.from(digits)}}));
const {Item: wide} = await exact.send(new GetCommand({TableName, Key: {PK: 'N', SK: 'N'}}));
assert.equal(wide.digits.toString(), digits);

// --- batches: whatever comes back unprocessed is sent again
async function batchWrite(requests) {
  let pending = {[TableName]: requests};
  for (let attempt = 0; Object.keys(pending).length > 0; attempt++) {
    assert.ok(attempt < 10, 'a batch never finished');
    pending = (await documents.send(new BatchWriteCommand({RequestItems: pending}))).UnprocessedItems ?? {};
  }
}
const events = Array.from({length: 75}, (_, i) => ({
  PK: 'USER#2',
  SK: `EVENT#${String(i).padStart(3, '0')}`,
  n: i,
  status: i % 2 === 0 ? 'even' : 'odd',
  createdAt: i,
}));
for (let i = 0; i < events.length; i += 25) {
  await batchWrite(events.slice(i, i + 25).map(Item => ({PutRequest: {Item}})));
}
const found = [];
let keys = {
  [TableName]: {
    ConsistentRead: true,
    Keys: [...events, {PK: 'USER#2', SK: 'NO SUCH EVENT'}].map(({PK, SK}) => ({PK, SK})),
  },
};
for (let attempt = 0; Object.keys(keys).length > 0; attempt++) {
  assert.ok(attempt < 20, 'a batch never finished');
  const answer = await documents.send(new BatchGetCommand({RequestItems: keys}));
  found.push(...answer.Responses[TableName]);
  keys = answer.UnprocessedKeys ?? {};
}
assert.deepEqual(
  found.sort((a, b) => a.n - b.n),
  events,
);

// --- pages
const pages = [];
for await (const page of paginateQuery(
  {client: documents, pageSize: 20},
  {
    TableName,
    KeyConditionExpression: 'PK = :p AND begins_with(SK, :s)',
    ExpressionAttributeValues: {':p': 'USER#2', ':s': 'EVENT#'},
    ScanIndexForward: false,
  },
)) {
  pages.push(page.Items);
}
assert.deepEqual(
  pages.map(page => page.length).filter(length => length > 0),
  [20, 20, 20, 15],
);
assert.deepEqual(pages.flat(), events.toReversed());
const odd = [];
for await (const page of paginateQuery(
  {client: documents, pageSize: 7},
  {...byStatus, ExpressionAttributeValues: {':s': 'odd', ':t': 10}},
)) {
  odd.push(...page.Items);
}
assert.deepEqual(
  odd,
  events.filter(({n}) => n % 2 === 1 && n >= 10),
);
const segments = await Promise.all(
  [0, 1, 2, 3].map(async Segment => {
    const seen = [];
    const scan = {
      TableName,
      Segment,
      TotalSegments: 4,
      FilterExpression: 'n BETWEEN :a AND :b',
      ExpressionAttributeValues: {':a': 30, ':b': 39},
    };
    for await (const page of paginateScan({client: documents, pageSize: 10}, scan)) seen.push(...page.Items);
    return seen;
  }),
);
assert.deepEqual(
  segments.flat().sort((a, b) => a.n - b.n),
  events.slice(30, 40),
);

// --- the end
const deleted = await documents.send(new DeleteCommand({TableName, Key: key, ReturnValues: 'ALL_OLD'}));
assert.equal(deleted.Attributes.visits, 1);
await batchWrite(events.slice(0, 25).map(({PK, SK}) => ({DeleteRequest: {Key: {PK, SK}}})));
const left = await documents.send(
  new QueryCommand({
    TableName,
    Select: 'COUNT',
    KeyConditionExpression: 'PK = :p',
    ExpressionAttributeValues: {':p': 'USER#2'},
  }),
);
assert.deepEqual([left.Count, left.Items], [50, undefined]);
await client.send(new DeleteTableCommand({TableName}));
assert.equal((await waitUntilTableNotExists(waiting, {TableName})).state, 'SUCCESS');
console.log('ok');
