// 400 KB to the byte, by every way of writing. Captured in eu-west-2, 2026-08-18 and 2026-10-09
// (paritysuite/dynamodb-conformance tests/tier3/limits/{itemSizeBySurface,numberByteSize}).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {invalid, one, refusal} from './answers.ts';
import {freshTableName, onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {itemBytesMax, N, S} from './values.ts';

const putTooLarge = 'Item size has exceeded the maximum allowed size';
// The captures leave open whether PutItem says so inside its envelope.
const putRefused =
  /^ValidationException: (1 validation error detected: )?Item size has exceeded the maximum allowed size$/;
const updateTooLarge = 'Item size to update has exceeded the maximum allowed size';
const text = (bytes: number) => 'x'.repeat(bytes);

onEveryStore('item sizes', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});

  /** An item of so many bytes: `pk` (2 and the key) and the attribute `p` (1 and its value). */
  const itemOf = (pk: string, bytes: number) => ({pk: S(pk), p: S(text(bytes - 3 - pk.length))});

  test('PutItem takes 409,600 bytes and not one more', async () => {
    await target.db.putItem({TableName: table, Item: itemOf('put', itemBytesMax)});
    const over = target.db.putItem({TableName: table, Item: itemOf('put', itemBytesMax + 1)});
    assert.match(await refusal(over), putRefused);
  });

  // dynalite's tests, against AWS.
  test('PutItem says so before it looks at conditions, and whether or not the table is there', async () => {
    for (const TableName of [table, freshTableName('absent')]) {
      const over = {TableName, Item: itemOf('put', itemBytesMax + 1), Expected: {p: {}}};
      assert.match(await refusal(target.db.putItem(over)), putRefused);
    }
  });

  test('BatchWriteItem takes 409,600 bytes and not one more', async () => {
    const write = (bytes: number) =>
      target.db.batchWriteItem({RequestItems: {[table]: [{PutRequest: {Item: itemOf('batch', bytes)}}]}});
    await write(itemBytesMax);
    await invalid(write(itemBytesMax + 1), putTooLarge);
  });

  const numberSizes: [string, number][] = [
    ['0', 1],
    ['1', 2],
    ['-1', 3],
    ['10', 2],
    ['12', 2],
    ['123', 3],
    ['-123', 4],
    ['1000000', 2],
    ['123456', 4],
    ['3.14159', 5],
    ['0.5', 2],
    ['1E125', 2],
    ['42.12', 3],
    ['12345678901234567890123456789012345678', 20],
    ['-12345678901234567890123456789012345678', 21],
  ];
  for (const [number, bytes] of numberSizes) {
    test(`the number ${number} counts ${bytes}`, async () => {
      const item = (total: number) => ({...itemOf('number', total - 1 - bytes), n: N(number)});
      await target.db.putItem({TableName: table, Item: item(itemBytesMax)});
      assert.match(await refusal(target.db.putItem({TableName: table, Item: item(itemBytesMax + 1)})), putRefused);
    });
  }

  // AWS developer guide, "DynamoDB item sizes": a list or map costs 3 and 1 for each member.
  const otherSizes: [string, AttributeValue, number][] = [
    ['a boolean', {BOOL: true}, 1],
    ['null', {NULL: true}, 1],
    ['an empty string', S(''), 0],
    ['three characters of two bytes', S('äöü'), 6],
    ['binary', {B: new Uint8Array(5)}, 5],
    ['a string set', {SS: ['a', 'bc']}, 3],
    ['a number set', {NS: ['1', '123']}, 5],
    ['an empty list', {L: []}, 3],
    ['a list', {L: [S('ab'), {BOOL: true}]}, 3 + 2 + 2 + 1],
    ['an empty map', {M: {}}, 3],
    ['a map', {M: {ab: S('c')}}, 3 + 1 + 2 + 1],
  ];
  for (const [what, value, bytes] of otherSizes) {
    test(`${what} counts ${bytes}`, async () => {
      const item = (total: number) => ({...itemOf('other', total - 1 - bytes), v: value});
      await target.db.putItem({TableName: table, Item: item(itemBytesMax)});
      assert.match(await refusal(target.db.putItem({TableName: table, Item: item(itemBytesMax + 1)})), putRefused);
    });
  }

  test('with a long key UpdateItem is held to the finished item', async () => {
    const pk = 'k'.repeat(100);
    const update = (bytes: number) =>
      target.db.updateItem({
        TableName: table,
        Key: {pk: S(pk)},
        UpdateExpression: 'SET p = :p',
        ExpressionAttributeValues: {':p': itemOf(pk, bytes).p},
      });
    await update(itemBytesMax);
    await invalid(update(itemBytesMax + 1), updateTooLarge);
  });

  // Else it is held to what the statement writes and a price for each clause, which leaves out the key and what it does
  // not touch: 3, and 19 for each SET or ADD besides what it writes, and so on.
  interface Charge {
    clause: string;
    values?: Record<string, AttributeValue>;
    seed?: Record<string, AttributeValue>;
    charge: number;
  }
  const ten = S('y'.repeat(10));
  const padding = 3 + 19 + 1;
  const charges: Charge[] = [
    {clause: '', charge: 0},
    {clause: 'SET c = :c', values: {':c': S('y')}, charge: 19 + 1 + 1},
    {clause: 'SET c = :c', values: {':c': S('y'.repeat(500))}, charge: 19 + 1 + 500},
    {clause: 'SET c = abcdefghij', seed: {abcdefghij: ten}, charge: 19 + 1 + 1 + 14 + 10},
    {clause: 'SET c = m.z', seed: {m: {M: {z: ten}}}, charge: 19 + 1 + 1 + 15 + 15},
    {
      clause: 'SET c = l[10]',
      seed: {l: {L: Array.from({length: 11}, () => S('e'))}},
      charge: 19 + 1 + 1 + 15 + 16,
    },
    {
      clause: 'SET l = list_append(l, :new)',
      seed: {l: {L: [S('e')]}},
      values: {':new': {L: [ten]}},
      charge: 19 + 1 + 37 + 16 + (3 + 1 + 10),
    },
    {
      clause: 'SET c = if_not_exists(c, :m)',
      seed: {c: S('c')},
      values: {':m': {M: {a: S('y'.repeat(100))}}},
      charge: 19 + 1 + 39 + 16 + (3 + 1 + 1 + 100),
    },
    {
      clause: 'SET c = if_not_exists(c, :s), d = if_not_exists(d, :s)',
      seed: {c: S('c'), d: S('d')},
      values: {':s': S('s'.repeat(100))},
      charge: 2 * (19 + 1 + 39 + 16 + 100),
    },
    {clause: 'SET n = n + :n', seed: {n: N(1)}, values: {':n': N(1)}, charge: 19 + 1 + 34 + 16 + 2},
    {
      clause: 'SET n = n + :n',
      seed: {n: N('12345678901234567890')},
      values: {':n': N(1)},
      charge: 19 + 1 + 34 + 16 + 2,
    },
    {clause: 'SET n = n - :n', seed: {n: N(1)}, values: {':n': N(1)}, charge: 19 + 1 + 37 + 16 + 2},
    {clause: 'ADD abcdefghij :n', seed: {abcdefghij: N(1)}, values: {':n': N(1)}, charge: 19 + 10 + 2},
    {
      clause: 'ADD ss :new',
      seed: {ss: {SS: ['p']}},
      values: {':new': {SS: ['s'.repeat(500)]}},
      charge: 19 + 2 + 500,
    },
    {clause: 'REMOVE r', seed: {r: S('z')}, charge: 2},
    {clause: 'REMOVE abcdefghij', seed: {abcdefghij: ten}, charge: 11},
    {clause: 'REMOVE m.yyyyyyyyyy', seed: {m: {M: {x: ten, yyyyyyyyyy: S('r')}}}, charge: 1 + 1 + 4 + 10},
    {clause: 'REMOVE l[10]', seed: {l: {L: Array.from({length: 11}, () => S('e'))}}, charge: 1 + 1 + 4 + 2},
    {
      clause: 'DELETE abcdefghij :rm',
      seed: {abcdefghij: {SS: ['p', 'q'.repeat(20)]}},
      values: {':rm': {SS: ['q'.repeat(20)]}},
      charge: 11,
    },
  ];
  for (const {clause, values, seed, charge} of charges) {
    test(`UpdateItem charges ${charge} for '${clause}'`, async () => {
      const Key = {pk: S('U')};
      const expression = clause.startsWith('SET ') ? `SET b = :pad, ${clause.slice(4)}` : `SET b = :pad ${clause}`;
      const update = async (bytes: number) => {
        await target.db.putItem({TableName: table, Item: {...Key, ...seed}});
        return target.db.updateItem({
          TableName: table,
          Key,
          UpdateExpression: expression.trim(),
          ExpressionAttributeValues: {...values, ':pad': S(text(bytes))},
        });
      };
      const most = itemBytesMax - padding - charge;
      await update(most);
      await invalid(update(most + 1), updateTooLarge);
    });
  }

  test('UpdateItem charges its statement before it evaluates its condition', async () => {
    await target.db.putItem({TableName: table, Item: {pk: S('order'), c: S('x')}});
    for (const condition of ['attribute_exists(nope)', 'attribute_exists(c)', undefined]) {
      const update = target.db.updateItem({
        TableName: table,
        Key: {pk: S('order')},
        UpdateExpression: 'SET c = if_not_exists(c, :huge)',
        ConditionExpression: condition,
        ExpressionAttributeValues: {':huge': S(text(409_700))},
      });
      await invalid(update, updateTooLarge);
    }
  });

  test('the largest item is read, updated and deleted like any other', async () => {
    const Key = {pk: S('K'.repeat(30))};
    await target.db.putItem({TableName: table, Item: itemOf(Key.pk.S!, itemBytesMax)});
    const {Attributes} = await target.db.updateItem({
      TableName: table,
      Key,
      UpdateExpression: 'REMOVE p SET q = :q',
      ExpressionAttributeValues: {':q': N(1)},
      ReturnValues: 'ALL_NEW',
    });
    assert.deepEqual(Attributes, {...Key, q: N(1)});
  });

  test('names of attributes count', async () => {
    const name = 'n'.repeat(65_535);
    const rest = itemBytesMax - 2 - 1 - name.length;
    await target.db.putItem({TableName: table, Item: {pk: S('x'), [name]: S(text(rest))}});
    const over = target.db.putItem({TableName: table, Item: {pk: S('x'), [name]: S(text(rest + 1))}});
    assert.match(await refusal(over), putRefused);
  });

  test('an empty attribute name is refused', async () => {
    const put = target.db.putItem({TableName: table, Item: {pk: S('x'), '': S('y')}});
    await invalid(put, one('Empty attribute name'));
  });
});
