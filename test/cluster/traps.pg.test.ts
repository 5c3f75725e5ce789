import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, describe, test} from 'node:test';
import {type Stator, startStator} from '../../src/server/library.ts';
import {type Client, connectTo, must, mustInTurn} from '../harness/call.ts';
import {canonical, checkTable, scanAll, untilSettled} from '../harness/check-table.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';

/** What other DynamoDBs on SQL fell into, each on two nodes: what one wrote, the other reads. */

type Value = Record<string, unknown>;
type Item = Record<string, Value>;

const attribute = (definition: Record<string, string>) =>
  Object.entries(definition).map(([AttributeName, AttributeType]) => ({AttributeName, AttributeType}));
const keys = (hash: string, ...ranges: string[]) => [
  {AttributeName: hash, KeyType: 'HASH'},
  ...ranges.map(AttributeName => ({AttributeName, KeyType: 'RANGE'})),
];
const index = (IndexName: string, KeySchema: object[], ProjectionType = 'ALL') => ({
  IndexName,
  KeySchema,
  Projection: {ProjectionType},
});
const onDemand = {BillingMode: 'PAY_PER_REQUEST'};

/** Bytes that no compression makes shorter. */
function noise(length: number, seed: number): Buffer {
  const blocks = Array.from({length: Math.ceil(length / 32)}, (_, i) =>
    createHash('sha256').update(`${seed}/${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

describe('traps, on two nodes over PostgreSQL', {skip: noPostgres()}, () => {
  let servers: Stator[];
  let a: Client;
  let b: Client;
  before(async () => {
    const store = await freshDatabase();
    servers = [await startStator({store}), await startStator({store})];
    [a, b] = servers.map(({endpoint}) => connectTo(endpoint)) as [Client, Client];
  });
  after(async () => {
    a.close();
    b.close();
    for (const server of servers) await server.close();
  });

  async function create(TableName: string, types: Record<string, string>, KeySchema: object[], more: object = {}) {
    const definition = {TableName, ...onDemand, AttributeDefinitions: attribute(types), KeySchema, ...more};
    await must(a.call, 'CreateTable', definition);
    return definition;
  }

  async function fill(TableName: string, items: Item[]): Promise<void> {
    for (let at = 0; at < items.length; at += 25) {
      const requests = items.slice(at, at + 25).map(Item => ({PutRequest: {Item}}));
      const {call} = at % 50 === 0 ? a : b;
      const {UnprocessedItems} = await must(call, 'BatchWriteItem', {RequestItems: {[TableName]: requests}});
      assert.deepEqual(UnprocessedItems, {});
    }
  }

  test('key encodings do not collide', async () => {
    const texts = [
      'a',
      'ab',
      'a\0',
      'a\0b',
      '\0',
      '\0\0',
      'a/',
      'a|b',
      'a%00',
      'é',
      'e\u0301',
      '\u{10ffff}',
      '1',
      '1.0',
      "'",
      '\\',
    ];
    await create('texts', {p: 'S', s: 'S'}, keys('p', 's'));
    const pairs = texts.flatMap(p => texts.map(s => ({p: {S: p}, s: {S: s}, text: {S: `${p} and ${s}`}})));
    await fill('texts', pairs);
    for (const p of texts) {
      const {Items} = await must(b.call, 'Query', {
        TableName: 'texts',
        KeyConditionExpression: 'p = :p',
        ExpressionAttributeValues: {':p': {S: p}},
      });
      const inOrder = [...texts].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      assert.deepEqual(
        Items.map((item: Item) => item.text),
        inOrder.map(s => ({S: `${p} and ${s}`})),
      );
    }
    const bytes = ['00', '0000', '00ff', 'ff', 'ff00', 'ffff', '01', '0001'].map(hex => Buffer.from(hex, 'hex'));
    await create('bytes', {p: 'B', s: 'B'}, keys('p', 's'));
    await fill(
      'bytes',
      bytes.flatMap(p => bytes.map(s => ({p: {B: p.toString('base64')}, s: {B: s.toString('base64')}}))),
    );
    assert.equal((await scanAll(b.call, 'bytes')).length, bytes.length ** 2);
  });

  test('numbers keep their 38 digits, as keys, in order, and in sums', async () => {
    const inOrder = [
      '-9.9999999999999999999999999999999999999E+125',
      '-99999999999999999999999999999999999999',
      '-99999999999999999999999999999999999998',
      '-1E-130',
      '0',
      '1E-130',
      '0.12345678901234567890123456789012345678',
      '0.12345678901234567890123456789012345679',
      '99999999999999999999999999999999999998',
      '99999999999999999999999999999999999999',
      '9.9999999999999999999999999999999999999E+125',
    ];
    await create('numbers', {p: 'S', n: 'N', m: 'N'}, keys('p', 'n'), {
      GlobalSecondaryIndexes: [index('by-m', keys('m', 'n'))],
    });
    await fill(
      'numbers',
      inOrder.map((n, i) => ({p: {S: 'p'}, n: {N: n}, m: {N: n}, i: {N: `${i}`}})),
    );
    const {Items} = await must(b.call, 'Query', {
      TableName: 'numbers',
      KeyConditionExpression: 'p = :p',
      ExpressionAttributeValues: {':p': {S: 'p'}},
    });
    assert.deepEqual(
      Items.map((item: Item) => item.i!.N),
      inOrder.map((_, i) => `${i}`),
    );
    for (const [i, m] of inOrder.entries()) {
      const found = await must(b.call, 'Query', {
        TableName: 'numbers',
        IndexName: 'by-m',
        KeyConditionExpression: 'm = :m',
        ExpressionAttributeValues: {':m': {N: m}},
      });
      assert.deepEqual(
        found.Items.map((item: Item) => item.i!.N),
        [`${i}`],
      );
    }
    const {Attributes} = await must(b.call, 'UpdateItem', {
      TableName: 'numbers',
      Key: {p: {S: 'p'}, n: {N: '0'}},
      UpdateExpression: 'SET v = :x + :y',
      ExpressionAttributeValues: {':x': {N: inOrder[8]}, ':y': {N: '1'}},
      ReturnValues: 'UPDATED_NEW',
    });
    assert.equal(Attributes.v.N, inOrder[9]);
  });

  test('several items under one index key, sparse indexes, and no entry is left behind', async () => {
    await create('sparse', {p: 'S', g: 'S', h: 'N'}, keys('p'), {
      GlobalSecondaryIndexes: [index('by-g', keys('g', 'h')), index('by-h', keys('h'), 'KEYS_ONLY')],
    });
    const items = Array.from({length: 60}, (_, i) => ({
      p: {S: `item ${i}`},
      ...(i % 3 !== 0 && {g: {S: 'same'}}),
      ...(i % 4 !== 0 && {h: {N: '1'}}),
    })) as Item[];
    await fill('sparse', items);
    await checkTable(b.call, 'sparse');
    const change = (i: number, UpdateExpression: string, values?: object) =>
      must(i % 2 ? a.call : b.call, 'UpdateItem', {
        TableName: 'sparse',
        Key: {p: {S: `item ${i}`}},
        UpdateExpression,
        ...(values && {ExpressionAttributeValues: values}),
      });
    await Promise.all(
      items.map(async (_, i) => {
        if (i % 5 === 0) await change(i, 'REMOVE g');
        if (i % 5 === 1) await change(i, 'SET g = :g', {':g': {S: 'other'}});
        if (i % 5 === 2) await change(i, 'SET h = :h', {':h': {N: '2'}});
        if (i % 5 === 3) await must(b.call, 'DeleteItem', {TableName: 'sparse', Key: {p: {S: `item ${i}`}}});
        if (i % 5 === 4) await must(a.call, 'PutItem', {TableName: 'sparse', Item: {p: {S: `item ${i}`}}});
      }),
    );
    assert.equal((await checkTable(b.call, 'sparse')).length, 48);
    const same = await scanAll(a.call, 'sparse', 'by-g');
    assert.ok(same.length > 1 && same.some(item => canonical(item.g) === canonical({S: 'other'})));
  });

  test('an index is ACTIVE only once it is complete, on whichever node one looks', async () => {
    const count = 3_000;
    await create('filled', {p: 'S'}, keys('p'));
    await fill(
      'filled',
      Array.from({length: count}, (_, i) => ({p: {S: `item ${i}`}, g: {S: `${i % 3}`}})),
    );
    await must(a.call, 'UpdateTable', {
      TableName: 'filled',
      AttributeDefinitions: attribute({g: 'S'}),
      GlobalSecondaryIndexUpdates: [{Create: index('by-g', keys('g'), 'KEYS_ONLY')}],
    });
    let refused = 0;
    for (let i = 0; ; i++) {
      const {call} = i % 2 ? a : b;
      const {Table} = await must(call, 'DescribeTable', {TableName: 'filled'});
      const other = i % 2 ? b : a;
      const status = Table.GlobalSecondaryIndexes[0].IndexStatus;
      const found = await other.call('Scan', {TableName: 'filled', IndexName: 'by-g', Select: 'COUNT'});
      if (status === 'ACTIVE') {
        assert.equal(found.body.Count, count);
        break;
      }
      // It may have become complete between the two.
      if (found.status === 200) assert.equal(found.body.Count, count);
      else {
        assert.match(found.body.message, /backfilling/);
        refused++;
      }
    }
    assert.ok(refused > 0);
    await checkTable(b.call, 'filled');
  });

  test('a token belongs to its transaction: sent to all nodes at once it is done once, and refused it leaves nothing', async () => {
    await create('tokens', {p: 'S'}, keys('p'));
    const once = (token: string, ConditionExpression?: string) => ({
      ClientRequestToken: token,
      TransactItems: [
        {
          Update: {
            TableName: 'tokens',
            Key: {p: {S: token}},
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: {':one': {N: '1'}},
            ...(ConditionExpression && {ConditionExpression}),
          },
        },
      ],
    });
    const count = async (p: string) =>
      (await must(b.call, 'GetItem', {TableName: 'tokens', Key: {p: {S: p}}, ConsistentRead: true})).Item?.n.N;
    for (let round = 0; round < 10; round++) {
      const request = once(`token ${round}`);
      await Promise.all(
        Array.from({length: 8}, (_, i) => mustInTurn((i % 2 ? a : b).call, 'TransactWriteItems', request)),
      );
      assert.equal(await count(`token ${round}`), '1');
    }
    const request = once('refused', 'attribute_exists(p)');
    assert.equal((await a.call('TransactWriteItems', request)).status, 400);
    await must(a.call, 'PutItem', {TableName: 'tokens', Item: {p: {S: 'refused'}}});
    await must(b.call, 'TransactWriteItems', request);
    await must(a.call, 'TransactWriteItems', request);
    assert.equal(await count('refused'), '1');
  });

  test('TransactGetItems is one snapshot, whatever is asked of whichever tables', async () => {
    for (const name of ['left', 'right']) {
      await create(name, {p: 'S'}, keys('p'));
      await must(a.call, 'PutItem', {TableName: name, Item: {p: {S: 'x'}, n: {N: '0'}}});
    }
    let going = true;
    const writing = Promise.all(
      [a, b].map(async ({call}) => {
        while (going) {
          const TransactItems = ['left', 'right'].map(TableName => ({
            Update: {
              TableName,
              Key: {p: {S: 'x'}},
              UpdateExpression: 'ADD n :one',
              ExpressionAttributeValues: {':one': {N: '1'}},
            },
          }));
          await must(call, 'TransactWriteItems', {TransactItems});
        }
      }),
    );
    const seen = new Set<string>();
    for (let i = 0; i < 150; i++) {
      const TransactItems = ['left', 'right'].map(TableName => ({Get: {TableName, Key: {p: {S: 'x'}}}}));
      const {Responses} = await mustInTurn((i % 2 ? a : b).call, 'TransactGetItems', {TransactItems});
      assert.equal(Responses[0].Item.n.N, Responses[1].Item.n.N);
      seen.add(Responses[0].Item.n.N);
    }
    going = false;
    await writing;
    assert.ok(seen.size > 5);
  });

  test('a re-created table sees nothing of the one before it, on any node, at once', async () => {
    const more = {
      GlobalSecondaryIndexes: [index('by-g', keys('g'))],
      StreamSpecification: {StreamEnabled: true, StreamViewType: 'KEYS_ONLY'},
    };
    for (let round = 0; round < 3; round++) {
      await create('again', {p: 'S', g: 'S'}, keys('p'), more);
      assert.deepEqual(await scanAll(b.call, 'again'), []);
      assert.deepEqual(await scanAll(b.call, 'again', 'by-g'), []);
      const {Item} = await must(b.call, 'GetItem', {TableName: 'again', Key: {p: {S: 'item 1'}}});
      assert.equal(Item, undefined);
      await fill(
        'again',
        Array.from({length: 400}, (_, i) => ({p: {S: `item ${i}`}, g: {S: 'same'}})),
      );
      assert.equal((await checkTable(b.call, 'again')).length, 400);
      await must(b.call, 'DeleteTable', {TableName: 'again'});
      assert.equal((await a.call('GetItem', {TableName: 'again', Key: {p: {S: 'item 1'}}})).status, 400);
      await untilSettled(a.call, 'again', 'gone');
    }
  });

  test('parallel scans neither miss nor repeat, while items change', async () => {
    const count = 1_000;
    await create('segments', {p: 'S', s: 'N'}, keys('p', 's'));
    const items = Array.from({length: count}, (_, i) => ({p: {S: `part ${i % 50}`}, s: {N: `${i}`}, v: {N: '0'}}));
    await fill('segments', items);
    let going = true;
    const changing = (async () => {
      for (let i = 0; going; i = (i + 7) % count) {
        const {p, s} = items[i]!;
        await must(a.call, 'PutItem', {TableName: 'segments', Item: {p, s, v: {S: 'x'.repeat(i)}}});
      }
    })();
    for (const TotalSegments of [1, 3, 16]) {
      const found = await Promise.all(
        Array.from({length: TotalSegments}, async (_, Segment) => {
          const numbers: string[] = [];
          let ExclusiveStartKey: Item | undefined;
          for (let page = 0; page === 0 || ExclusiveStartKey; page++) {
            const {call} = page % 2 ? a : b;
            const input = {TableName: 'segments', Segment, TotalSegments, Limit: 37, ExclusiveStartKey};
            const {Items, LastEvaluatedKey} = await must(call, 'Scan', input);
            numbers.push(...Items.map((item: Item) => item.s!.N as string));
            ExclusiveStartKey = LastEvaluatedKey;
          }
          return numbers;
        }),
      );
      const sorted = found.flat().sort((x, y) => Number(x) - Number(y));
      assert.deepEqual(
        sorted,
        items.map(({s}) => s.N),
      );
    }
    going = false;
    await changing;
  });

  test('the largest items and keys: 400 KB, partition keys of 2,048 bytes, sort keys of 1,024, in every index', async () => {
    await create('large', {p: 'B', s: 'B', g: 'B', h: 'B', l: 'B', m: 'B', n: 'B'}, keys('p', 's'), {
      LocalSecondaryIndexes: [index('local', keys('p', 'l'))],
      GlobalSecondaryIndexes: [
        index('by-g', keys('g', 'h')),
        index('multi', [
          {AttributeName: 'h', KeyType: 'HASH'},
          {AttributeName: 'l', KeyType: 'HASH'},
          {AttributeName: 'm', KeyType: 'RANGE'},
          {AttributeName: 'n', KeyType: 'RANGE'},
        ]),
      ],
    });
    const fills = [
      (length: number, seed: number) => noise(length, seed),
      (length: number) => Buffer.alloc(length),
      (length: number) => Buffer.alloc(length, 0xff),
    ];
    const items = fills.map((of, i) => {
      const B = (length: number, seed: number) => ({B: of(length, seed).toString('base64')});
      return {
        p: B(2_048, 1),
        s: B(1_024, 2),
        g: B(2_048, 3),
        h: B(1_024, 4),
        l: B(1_024, 5),
        m: B(512, 6),
        n: B(512, 7),
        i: {N: `${i}`},
      };
    });
    for (const item of items) {
      // 400 KB of text that does not compress, less the keys.
      const room = 400 * 1_024 - (2_048 * 2 + 1_024 * 4) - 200;
      const text = noise(room, 9).toString('base64').slice(0, room);
      await must(a.call, 'PutItem', {TableName: 'large', Item: {...item, text: {S: text}}});
      const {Item} = await must(b.call, 'GetItem', {TableName: 'large', Key: {p: item.p, s: item.s}});
      assert.equal(Item.text.S, text);
    }
    assert.equal((await checkTable(b.call, 'large')).length, items.length);
    for (const {p, s} of items) await must(b.call, 'DeleteItem', {TableName: 'large', Key: {p, s}});
    assert.deepEqual(await checkTable(a.call, 'large'), []);
  });
});
