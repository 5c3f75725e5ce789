import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {seededRandom} from '../../src/base/random.ts';
import {type Crowded, conflicts, createTable, crowd, inTurn, kinds, newClient} from './with-clients.ts';

const TableName = 'crowd';
const clients = 24;
const rounds = 25;
const accounts = 6;
const opening = 1000;

const Key = (pk: string) => ({pk: {S: pk}});
const account = (number: number) => `account ${number}`;

function add(pk: string, amount: number, condition?: string) {
  const values: Record<string, AttributeValue> = {':amount': {N: String(amount)}};
  if (condition) values[':least'] = {N: String(-amount)};
  return {
    TableName,
    Key: Key(pk),
    UpdateExpression: 'ADD amount :amount',
    ...(condition && {ConditionExpression: condition}),
    ExpressionAttributeValues: values,
  };
}

/** True when the write happened; false when a condition refused it. */
async function happened(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await inTurn(write);
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException) {
      // Nothing but conditions refuses for good; others may have been in conflict at the same time.
      const codes = error.CancellationReasons!.map(({Code}) => Code!);
      for (const code of codes) assert.match(code, /^(None|ConditionalCheckFailed|TransactionConflict)$/);
      assert.ok(codes.includes('ConditionalCheckFailed'));
      return false;
    }
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

const amountOf = (item: Record<string, AttributeValue> | undefined) => Number(item?.amount?.N);

for (const kind of kinds) {
  describe(`many clients at once, ${kind.name}`, {skip: kind.skip}, () => {
    let server: Crowded;
    let client: DynamoDBClient;
    let metBefore = 0;
    before(async () => {
      metBefore = conflicts.met;
      server = await kind.start();
      client = newClient(server.endpoint);
      await createTable(client, TableName);
    });
    after(async () => {
      client.destroy();
      await server.close();
    });

    const amount = async (pk: string) =>
      amountOf((await client.send(new GetItemCommand({TableName, Key: Key(pk), ConsistentRead: true}))).Item);

    test('transfers keep the sum, and no reader sees half of one', async () => {
      for (let i = 0; i < accounts; i++) {
        await client.send(new PutItemCommand({TableName, Item: {...Key(account(i)), amount: {N: String(opening)}}}));
      }
      const everyAccount = Array.from({length: accounts}, (_, i) => ({Get: {TableName, Key: Key(account(i))}}));
      let deposits = 0;
      let transfers = 0;
      await crowd(server.endpoint, clients, async (mine, number) => {
        const random = seededRandom(number);
        const below = (limit: number) => Math.floor(random.fraction() * limit);
        for (let round = 0; round < rounds; round++) {
          const from = below(accounts);
          const to = (from + 1 + below(accounts - 1)) % accounts;
          const sum = 1 + below(400);
          if (number % 4 === 3) {
            const {Responses} = await inTurn(() =>
              mine.send(new TransactGetItemsCommand({TransactItems: everyAccount})),
            );
            const amounts = Responses!.map(({Item}) => amountOf(Item));
            assert.equal(
              amounts.reduce((all, one) => all + one, 0),
              accounts * opening,
            );
            assert.ok(amounts.every(one => one >= 0));
          } else if (number % 4 === 2) {
            // A single write beside the transactions, on an item that nobody sums up.
            await mine.send(new UpdateItemCommand(add('deposits', 1)));
            deposits++;
          } else {
            const TransactItems = [
              {Update: add(account(from), -sum, 'amount >= :least')},
              {Update: add(account(to), sum)},
              {Update: add('transfers', 1)},
            ];
            if (await happened(() => mine.send(new TransactWriteItemsCommand({TransactItems})))) transfers++;
          }
        }
      });
      const {Items} = await client.send(new ScanCommand({TableName, ConsistentRead: true}));
      const held = Items!.filter(item => item.pk!.S!.startsWith('account'));
      assert.equal(
        held.reduce((all, item) => all + amountOf(item), 0),
        accounts * opening,
      );
      assert.equal(await amount('transfers'), transfers);
      assert.equal(await amount('deposits'), deposits);
      assert.ok(transfers > clients);
      if (server.conflictsExpected) assert.ok(conflicts.met > metBefore);
    });

    test('single writes and transactions on the same items keep their sum too', async () => {
      for (const pk of ['left', 'right']) {
        await client.send(new PutItemCommand({TableName, Item: {...Key(pk), amount: {N: '0'}}}));
      }
      let sum = 0;
      await crowd(server.endpoint, clients, async (mine, number) => {
        for (let round = 0; round < rounds; round++) {
          if (number % 2 === 0) {
            const TransactItems = [{Update: add('left', 5)}, {Update: add('right', -5)}];
            await inTurn(() => mine.send(new TransactWriteItemsCommand({TransactItems})));
          } else {
            await inTurn(() => mine.send(new UpdateItemCommand(add(number % 4 === 1 ? 'left' : 'right', 1))));
            sum++;
          }
        }
      });
      assert.equal((await amount('left')) + (await amount('right')), sum);
    });

    test('counters lose nothing, read and written back under a condition', async () => {
      await client.send(new PutItemCommand({TableName, Item: {...Key('counter'), amount: {N: '0'}}}));
      let counted = 0;
      await crowd(server.endpoint, 8, async (mine, number) => {
        for (let round = 0; round < rounds; round++) {
          const {Item} = await mine.send(new GetItemCommand({TableName, Key: Key('counter'), ConsistentRead: true}));
          const seen = amountOf(Item);
          const put = {
            TableName,
            Item: {...Key('counter'), amount: {N: String(seen + 1)}},
            ConditionExpression: 'amount = :seen',
            ExpressionAttributeValues: {':seen': {N: String(seen)}},
          };
          const write = (): Promise<unknown> =>
            number % 2 === 0
              ? mine.send(new TransactWriteItemsCommand({TransactItems: [{Put: put}]}))
              : mine.send(new PutItemCommand(put));
          if (await happened(write)) counted++;
        }
      });
      assert.equal(await amount('counter'), counted);
      assert.ok(counted >= rounds);
    });

    test('a put where nothing may be has one winner', async () => {
      for (let round = 0; round < 20; round++) {
        const winners: number[] = [];
        const name = `prize ${round}`;
        await crowd(server.endpoint, 8, async (mine, number) => {
          const put = {
            TableName,
            Item: {...Key(name), amount: {N: String(number)}},
            ConditionExpression: 'attribute_not_exists(pk)',
          };
          const alone = {TableName, Item: {...Key(`${name} of ${number}`), amount: {N: '1'}}};
          const write = (): Promise<unknown> =>
            number % 2 === 0
              ? mine.send(new TransactWriteItemsCommand({TransactItems: [{Put: alone}, {Put: put}]}))
              : mine.send(new PutItemCommand(put));
          if (await happened(write)) winners.push(number);
        });
        assert.equal(winners.length, 1);
        assert.equal(await amount(name), winners[0]);
        for (let number = 0; number < 8; number += 2) {
          assert.equal(await amount(`${name} of ${number}`), number === winners[0] ? 1 : Number.NaN);
        }
      }
    });

    test('one token, many senders: done once', async () => {
      for (let round = 0; round < 10; round++) {
        const request = {
          TransactItems: [{Update: add(`once ${round}`, 1)}],
          ClientRequestToken: `token ${round}`,
        };
        await crowd(server.endpoint, 8, async mine => {
          await inTurn(() => mine.send(new TransactWriteItemsCommand(request)));
        });
        assert.equal(await amount(`once ${round}`), 1);
      }
      if (!server.restart) return;
      client.destroy();
      server = await server.restart();
      client = newClient(server.endpoint);
      const TransactItems = [{Update: add('once 3', 1)}];
      await client.send(new TransactWriteItemsCommand({TransactItems, ClientRequestToken: 'token 3'}));
      assert.equal(await amount('once 3'), 1);
      await assert.rejects(
        client.send(new TransactWriteItemsCommand({TransactItems, ClientRequestToken: 'token 4'})),
        IdempotentParameterMismatchException,
      );
    });
  });
}
