// What statements and transactions consume. Captured in eu-west-2, 2026-08-13 and 2026-08-15 (nubo-db/dynoxide
// tests/{partiql_index_consumed_capacity,transactional_index_consumed_capacity}.rs, src/actions/batch_execute_statement.rs).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue, Capacity, ConsumedCapacity} from '@aws-sdk/client-dynamodb';
import {invalid} from './answers.ts';
import {onEveryStore} from './server.ts';
import {type TableShape, useTable} from './tables.ts';
import {S} from './values.ts';

const shape: TableShape = {
  attributes: {pk: 'S', sk: 'S', g: 'S', l: 'S'},
  key: ['pk', 'sk'],
  local: {all: {range: 'l'}},
  global: {some: {hash: ['g'], projection: ['held']}},
};

/** Units in all, of the table, of the global and of the local index. */
type Units = [total: number, table: number, global?: number, local?: number];

function unitsOf(capacity: ConsumedCapacity | undefined): Units {
  const {CapacityUnits, Table, GlobalSecondaryIndexes, LocalSecondaryIndexes} = capacity!;
  const of = (indexes: Record<string, Capacity> | undefined, name: string) => indexes?.[name]?.CapacityUnits ?? 0;
  return [CapacityUnits!, Table!.CapacityUnits!, of(GlobalSecondaryIndexes, 'some'), of(LocalSecondaryIndexes, 'all')];
}

const INDEXES = {ReturnConsumedCapacity: 'INDEXES'} as const;
const long = S('x'.repeat(3000));

onEveryStore('capacity of statements', target => {
  const table = useTable(target, shape);
  const other = useTable(target, shape);
  const named = (statement: string) => statement.replaceAll(/\bT\b/g, `"${table}"`).replaceAll(/\bU\b/g, `"${other}"`);
  const put = (pk: string, attributes: Record<string, AttributeValue> = {}) =>
    target.db.putItem({TableName: table, Item: {pk: S(pk), sk: S('1'), ...attributes}});

  async function execute(statement: string): Promise<Units> {
    const {ConsumedCapacity} = await target.db.executeStatement({Statement: named(statement), ...INDEXES});
    return unitsOf(ConsumedCapacity);
  }

  async function batch(...statements: string[]): Promise<[string, Units][] | undefined> {
    const {ConsumedCapacity} = await target.db.batchExecuteStatement({
      Statements: statements.map(each => ({Statement: named(each)})),
      ...INDEXES,
    });
    return ConsumedCapacity?.map(each => [each.TableName!, unitsOf(each)]);
  }

  async function transact(...statements: string[]): Promise<ConsumedCapacity[]> {
    const {ConsumedCapacity} = await target.db.executeTransaction({
      TransactStatements: statements.map(each => ({Statement: named(each)})),
      ...INDEXES,
    });
    return ConsumedCapacity!;
  }

  const insert = (pk: string, attributes = '', into = 'T') =>
    `INSERT INTO ${into} VALUE {'pk':'${pk}','sk':'1'${attributes}}`;
  const indexed = `,'g':'g','l':'l'`;

  test('a statement costs what the same write costs', async () => {
    assert.deepEqual(await execute(insert('c1', indexed)), [3, 1, 1, 1]);
    assert.deepEqual(await execute(`UPDATE T SET other='o' WHERE pk='c1' AND sk='1'`), [2, 1, 0, 1]);
    assert.deepEqual(await execute(`UPDATE T SET g='h' WHERE pk='c1' AND sk='1'`), [4, 1, 2, 1]);
    assert.deepEqual(await execute(`DELETE FROM T WHERE pk='c1' AND sk='1'`), [3, 1, 1, 1]);
    assert.deepEqual(await execute(`DELETE FROM T WHERE pk='c1' AND sk='1'`), [1, 1, 0, 0]);
    await put('p1', {g: S('g'), held: long});
    assert.deepEqual(await execute(`UPDATE T SET held='p' WHERE pk='p1' AND sk='1'`), [6, 3, 3, 0]);
  });

  test('a transaction doubles what the table costs, not its indexes', async () => {
    const [first] = await transact(insert('d1', indexed));
    assert.deepEqual(unitsOf(first), [4, 2, 1, 1]);
    assert.equal(first!.WriteCapacityUnits, 4);
    assert.equal(first!.Table!.WriteCapacityUnits, 2);
    assert.equal(first!.GlobalSecondaryIndexes!.some!.WriteCapacityUnits, 1);
    const both = await transact(insert('q3', indexed), insert('q4', indexed));
    assert.deepEqual(both.map(unitsOf), [[8, 4, 2, 2]]);
    const apart = await transact(insert('q5', indexed), insert('q5', `,'g':'g'`, 'U'));
    const byTable = Object.fromEntries(apart.map(each => [each.TableName, unitsOf(each)]));
    assert.deepEqual(byTable, {[table]: [4, 2, 1, 1], [other]: [3, 2, 1, 0]});
    const [read] = await transact(`SELECT * FROM T WHERE pk='d1' AND sk='1'`);
    assert.deepEqual([read!.CapacityUnits, read!.ReadCapacityUnits, read!.Table!.CapacityUnits], [2, 2, 2]);
  });

  test('TransactWriteItems does so too, and charges a check as a write of what it looks at', async () => {
    await put('moved', {g: S('g'), held: S('x'.repeat(1500))});
    await put('gone', {g: S('g'), held: long});
    await put('checked', {held: long});
    const TableName = table;
    const key = (pk: string) => ({pk: S(pk), sk: S('1')});
    const {ConsumedCapacity: moved} = await target.db.transactWriteItems({
      TransactItems: [
        {
          Update: {
            TableName,
            Key: key('moved'),
            UpdateExpression: 'SET g = :g',
            ExpressionAttributeValues: {':g': S('h')},
          },
        },
      ],
      ...INDEXES,
    });
    assert.deepEqual(moved!.map(unitsOf), [[8, 4, 4, 0]]);
    const {ConsumedCapacity: gone} = await target.db.transactWriteItems({
      TransactItems: [{Delete: {TableName, Key: key('gone')}}],
      ...INDEXES,
    });
    assert.deepEqual(gone!.map(unitsOf), [[9, 6, 3, 0]]);
    const {ConsumedCapacity: checked} = await target.db.transactWriteItems({
      TransactItems: [{ConditionCheck: {TableName, Key: key('checked'), ConditionExpression: 'attribute_exists(pk)'}}],
      ...INDEXES,
    });
    assert.deepEqual(checked!.map(unitsOf), [[6, 6, 0, 0]]);
  });

  test('a batch sums up what each table costs', async () => {
    const both = await batch(insert('h1', indexed), insert('h2', `,'g':'g'`), insert('h1', `,'g':'g'`, 'U'));
    assert.deepEqual(Object.fromEntries(both!), {[table]: [5, 2, 2, 1], [other]: [2, 1, 1, 0]});
    const read = await batch(`SELECT * FROM T WHERE pk='h1' AND sk='1'`, `SELECT * FROM T WHERE pk='h2' AND sk='1'`);
    assert.deepEqual(read, [[table, [1, 1, 0, 0]]]);
  });

  test('in a batch what failed counts in the total alone, and only beside a success', async () => {
    await put('small', {g: S('g')});
    await put('large', {held: long});
    assert.equal(await batch(insert('small', `,'g':'g'`)), undefined);
    assert.deepEqual(await batch(insert('small', `,'g':'g'`), insert('m7', `,'g':'g'`)), [[table, [3, 1, 1, 0]]]);
    assert.deepEqual(await batch(insert('small'), insert('large'), insert('u5', `,'g':'g'`)), [[table, [6, 1, 1, 0]]]);
    const carried = insert('small', `,'held':'${long.S}'`);
    assert.deepEqual(await batch(carried, insert('u6', `,'g':'g'`)), [[table, [5, 1, 1, 0]]]);
    assert.deepEqual(await batch(insert('small'), insert('x1', `,'g':'g'`, 'U')), [[other, [2, 1, 1, 0]]]);
    const unkeyed = await batch(`SELECT * FROM T WHERE pk='h1' AND sk='1'`, `SELECT * FROM T WHERE held = 'x'`);
    assert.deepEqual(unkeyed, [[table, [0.5, 0.5, 0, 0]]]);
  });

  test('a batch reads or writes, and no item twice', async () => {
    const mixed = 'Read and write requests together in the same batch is not supported.';
    const twice = 'Provided list of item keys contains duplicates';
    const read = (pk: string) => `SELECT * FROM T WHERE pk='${pk}' AND sk='1'`;
    await invalid(batch(read('v1'), insert('v2')), mixed);
    await invalid(batch(read('v1'), 'SLECT', insert('v1')), mixed);
    await invalid(batch(read('v1'), read('v1')), twice);
    await invalid(batch(insert('v1'), `DELETE FROM T WHERE pk='v1' AND sk='1'`), twice);
    // What can't be read, or names no one item, takes no part in that.
    const count = `SELECT COUNT(*) FROM T WHERE pk='v1' AND sk='1'`;
    assert.equal((await batch(count, insert('v3')))?.length, 1);
    assert.equal((await batch(count, read('v1')))?.length, 1);
    assert.equal((await batch(`SELECT * FROM T WHERE pk='v1' AND sk='1' AND sk='2'`, read('v1')))?.length, 1);
    assert.deepEqual(await batch(`DELETE FROM T WHERE pk='v1'`, `DELETE FROM T WHERE pk='v1'`), undefined);
    assert.deepEqual(await batch(insert('v1'), insert('v1', '', 'U')), [
      [table, [1, 1, 0, 0]],
      [other, [1, 1, 0, 0]],
    ]);
  });
});
