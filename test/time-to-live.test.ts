import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {type StatorOptions, startStator} from '../src/server/library.ts';
import {temporaryDirectory} from './harness/server-process.ts';
import {freshDatabase, noPostgres} from './postgres/shared-postgres.ts';

const TableName = 'Sessions';
const credentials = {accessKeyId: 'x', secretAccessKey: 'x'};
const secondsNow = () => Math.floor(Date.now() / 1000);

/** Asks until it is so; fails when it isn't within some seconds. */
async function soon(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(50)) if (await isSo()) return;
  assert.fail(what);
}

const places: {name: string; skip: string | false; options(t: TestContext): Promise<StatorOptions>}[] = [
  {name: 'LMDB', skip: false, options: async t => ({data: temporaryDirectory(t), durability: 'relaxed'})},
  {name: 'PostgreSQL', skip: noPostgres(), options: async () => ({store: await freshDatabase()})},
];

for (const place of places)
  test(`items vanish within seconds of their expiry, from a table and its index, and after a restart (${place.name})`, {
    skip: place.skip,
  }, async t => {
    const options = await place.options(t);
    const start = async () => {
      const server = await startStator(options);
      return {server, client: new DynamoDBClient({endpoint: server.endpoint, region: 'us-east-1', credentials})};
    };
    let {server, client} = await start();
    t.after(() => server.close());
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [
          {AttributeName: 'id', AttributeType: 'S'},
          {AttributeName: 'user', AttributeType: 'S'},
        ],
        KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byUser',
            KeySchema: [{AttributeName: 'user', KeyType: 'HASH'}],
            Projection: {ProjectionType: 'KEYS_ONLY'},
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const put = (id: string, expiresIn: number) => {
      const expires = {N: `${secondsNow() + expiresIn}`};
      return client.send(new PutItemCommand({TableName, Item: {id: {S: id}, user: {S: 'ada'}, expires}}));
    };
    const ids = async () => {
      const scanned = await client.send(new ScanCommand({TableName}));
      const queried = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'byUser',
          KeyConditionExpression: '#u = :u',
          ExpressionAttributeNames: {'#u': 'user'},
          ExpressionAttributeValues: {':u': {S: 'ada'}},
        }),
      );
      const idsOf = (items: typeof scanned.Items) =>
        (items ?? [])
          .map(({id}) => id?.S)
          .sort()
          .join();
      return {table: idsOf(scanned.Items), index: idsOf(queried.Items)};
    };
    const onlyLeft = (wanted: string) => async () => {
      const {table, index} = await ids();
      return table === wanted && index === wanted;
    };

    // There before time to live is turned on, and long expired by then.
    await put('old', -100);
    await put('stays', 1_000);
    const specification = {Enabled: true, AttributeName: 'expires'};
    const turned = await client.send(new UpdateTimeToLiveCommand({TableName, TimeToLiveSpecification: specification}));
    assert.deepEqual(turned.TimeToLiveSpecification, specification);
    await soon('time to live is turned on', async () => {
      const {TimeToLiveDescription} = await client.send(new DescribeTimeToLiveCommand({TableName}));
      return TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED' && TimeToLiveDescription.AttributeName === 'expires';
    });
    await soon('what had expired before is gone', onlyLeft('stays'));

    await put('short', 1);
    assert.deepEqual(await ids(), {table: 'short,stays', index: 'short,stays'});
    await soon('what expired is gone', onlyLeft('stays'));

    await put('over a restart', 2);
    client.destroy();
    await server.close();
    ({server, client} = await start());
    await soon('what expired over a restart is gone', onlyLeft('stays'));
    client.destroy();
  });

test('tags through the SDK', async t => {
  const server = await startStator();
  t.after(() => server.close());
  const client = new DynamoDBClient({endpoint: server.endpoint, region: 'us-east-1', credentials});
  t.after(() => client.destroy());
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: [{Key: 'env', Value: 'test'}],
    }),
  );
  const ResourceArn = (await client.send(new DescribeTableCommand({TableName}))).Table!.TableArn!;
  await client.send(new TagResourceCommand({ResourceArn, Tags: [{Key: 'team', Value: 'a'}]}));
  await client.send(new UntagResourceCommand({ResourceArn, TagKeys: ['env']}));
  const {Tags, NextToken} = await client.send(new ListTagsOfResourceCommand({ResourceArn}));
  assert.deepEqual(Tags, [{Key: 'team', Value: 'a'}]);
  assert.equal(NextToken, undefined);
});
