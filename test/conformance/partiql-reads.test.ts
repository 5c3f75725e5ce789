// What SELECT answers: conditions, keys, order, pages, columns.
// Captured in eu-west-2 and others, October 2026 (paritysuite/dynamodb-conformance
// tests/tier2/partiql/{grammar,whereFunctions,whereOverlap}), and in eu-west-2, 2026-09-17 (hectorvent/floci
// DynamoDbPartiQLEdgeCaseIntegrationTest and DynamoDbPartiQLDocumentedSyntaxIntegrationTest).
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import type {AttributeValue, ExecuteStatementCommandInput} from '@aws-sdk/client-dynamodb';
import {invalid, refusal} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {N, S} from './values.ts';

/** Conditions beside the key of the one item, and whether they hold. */
const conditions: [condition: string, holds: boolean][] = [
  ['attribute_exists(ss)', true],
  ['attribute_exists(nope)', false],
  ['ATTRIBUTE_NOT_EXISTS (nope)', true],
  ['NOT attribute_exists(nope)', true],
  ['(attribute_exists(nope) OR attribute_exists("ss"))', true],
  ['attribute_exists(m.sub)', true],
  ['attribute_exists(m.nope)', false],
  ["size(s) = 3 AND attribute_type(ss, 'SS')", true],
  ['nul IS NULL AND s IS NOT NULL AND nope IS NOT NULL', true],
  ['nope IS NULL', false],
  ['flag IS BOOL AND s IS STRING AND n IS NUMERIC AND m IS STRUCT', true],
  ['s IS BOOL', false],
  ['nope IS MISSING AND s IS NOT MISSING', true],
  ["contains(ss, 'a') AND begins_with(s, 'st') AND s <> 'x' AND s != 'y'", true],
  ['n BETWEEN - 2 AND +5 AND n IN [- 1, 1]', true],
  ['n = - - 1', true],
  ['n > -/* c */-1', false],
  ['n>-5;', true],
  ["s IN ('a', 'str') AND NOT s IN ['b']", true],
  // A condition as an operand.
  ['attribute_exists(nope) = false', true],
  ['true = attribute_exists(n)', true],
  ['attribute_exists(n) <> 1', true],
  ["contains(nope, 'z') = false", true],
  ['(n BETWEEN 0 AND 5) = true', true],
  ["(n = 5 OR s = 'x') = false", true],
  ['attribute_exists(nope) IN [true, false]', true],
  ['attribute_exists(n) = attribute_exists(s)', true],
  ['attribute_exists(n) = flag', true],
  ['attribute_exists(n) = 1', false],
  ['NOT attribute_exists(n) = true', false],
  ['(attribute_exists(n) = true) = false', false],
  ['attribute_exists(n) = s', false],
];

/** Of partition `r`, which holds the sort keys 1, 2 and 3. */
const ranges: [where: string, sortKeys: string[]][] = [
  ["(sk='1' OR sk='2')", ['1', '2']],
  ["sk IN ['3','1']", ['1', '3']],
  ["(sk < '1' OR sk > '1' OR sk='1')", ['1', '2', '3']],
  ['attribute_exists(pk)', ['1', '2', '3']],
  ["NOT sk='1'", ['2', '3']],
  ["sk > '0' AND sk <> '1'", ['2', '3']],
  ["sk='1' AND sk > '0'", ['1']],
  ["sk > '1' AND sk < '3'", ['2']],
  ["'2' <= sk", ['2', '3']],
  ["sk > '3' AND sk < '1'", []],
  ["pk = 'other'", []],
  ...["NOT sk = '1'", "sk <> '1'", "NOT (sk = '1')"].map((negated): [string, string[]] => [
    `${negated} OR pk = 'r' AND sk = '2'`,
    ['2', '3'],
  ]),
  ["NOT sk IN ['1', '3'] OR pk = 'r' AND sk = '2'", ['2']],
  ["sk < '3' OR pk = 'r' AND NOT sk = '1' OR pk = 'absent'", ['1', '2', '3']],
];

onEveryStore('PartiQL reads', target => {
  const table = useTable(target, {attributes: {pk: 'S', sk: 'S'}, key: ['pk', 'sk']});
  const numbers = useTable(target, {attributes: {pk: 'N'}, key: ['pk']});

  const item = {
    ...{pk: S('one'), sk: S('1'), s: S('str'), n: N(1), ss: {SS: ['a', 'b']}, flag: {BOOL: true}},
    ...{m: {M: {sub: S('x'), k: {L: [S('c')]}}}, l: {L: [S('a'), S('b')]}, nul: {NULL: true as const}},
  };

  before(async () => {
    await target.db.putItem({TableName: table, Item: item});
    for (const pk of ['r', 'q']) {
      for (const sk of ['1', '2', '3']) await target.db.putItem({TableName: table, Item: {pk: S(pk), sk: S(sk)}});
    }
    for (const pk of ['7310000', '7.3', '-7.3']) await target.db.putItem({TableName: numbers, Item: {pk: N(pk)}});
  });

  const run = (statement: string, more: Partial<ExecuteStatementCommandInput> = {}) =>
    target.db.executeStatement({Statement: statement.replaceAll(/\bT\b/g, `"${table}"`), ...more});
  const select = async (statement: string) => (await run(statement)).Items!;
  const keysOf = (items: readonly Record<string, AttributeValue>[]) => items.map(({pk, sk}) => `${pk?.S}/${sk?.S}`);

  test('conditions', async () => {
    for (const [condition, holds] of conditions) {
      const items = await select(`SELECT * FROM T WHERE pk = 'one' AND sk = '1' AND ${condition}`);
      assert.equal(items.length, holds ? 1 : 0, condition);
    }
  });

  test('sort keys', async () => {
    for (const [where, expected] of ranges) {
      const items = await select(`SELECT sk FROM T WHERE pk = 'r' AND ${where}`);
      assert.deepEqual(items.map(({sk}) => sk!.S).sort(), expected, where);
    }
    assert.deepEqual(keysOf(await select("SELECT * FROM T WHERE pk='r' OR sk='1'")).length, 5, 'a scan');
    assert.deepEqual(await select('SELECT sk FROM T WHERE pk > 1'), []);
  });

  // Not captured: that they are refused and harm nothing is what counts.
  test('keys that no item can have', async () => {
    for (const [where, parameter] of [
      ['pk = ?', S('x'.repeat(5000))],
      ["pk = 'r' AND sk = ?", S('x'.repeat(5000))],
      ["pk = 'r' AND sk > ?", S('x'.repeat(100_000))],
      ["pk = 'r' AND sk IN ['1', ?] AND n = 1", S('x'.repeat(100_000))],
      ["pk = 'r' AND begins_with(sk, ?)", S('x'.repeat(100_000))],
      ["pk = 'r' AND sk = ?", S('')],
    ] as const) {
      assert.match(await refusal(run(`SELECT * FROM T WHERE ${where}`, {Parameters: [parameter]})), /^Validation/);
    }
    assert.equal((await run('SELECT * FROM T WHERE n = ?', {Parameters: [S('x'.repeat(100_000))]})).Items!.length, 0);
  });

  test('order', async () => {
    for (const [where, expected] of [
      ["pk = 'r' ORDER BY sk DESC", 'r/3 r/2 r/1'],
      ["pk = 'r' ORDER BY sk", 'r/1 r/2 r/3'],
      ["pk = 'r' ORDER BY pk ASC", 'r/3 r/2 r/1'],
      ["pk IN ['q', 'r'] ORDER BY pk DESC, sk ASC", 'r/1 r/2 r/3 q/1 q/2 q/3'],
      ["pk IN ['r', 'q']", 'q/1 q/2 q/3 r/1 r/2 r/3'],
    ] as const) {
      assert.equal(keysOf(await select(`SELECT pk, sk FROM T WHERE ${where}`)).join(' '), expected, where);
    }
  });

  test('pages of several partitions, and tokens that belong to one statement', async () => {
    const statement = "SELECT pk, sk FROM T WHERE pk IN ['q', 'r'] ORDER BY pk DESC";
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await run(statement, {Limit: 2, ...(NextToken !== undefined && {NextToken})});
      seen.push(...keysOf(page.Items!));
      ({NextToken} = page);
    } while (NextToken !== undefined);
    assert.equal(seen.join(' '), 'r/3 r/2 r/1 q/3 q/2 q/1');

    const mismatch = 'NextToken does not match request';
    const {NextToken: token} = await run('SELECT * FROM T WHERE pk = ?', {Limit: 1, Parameters: [S('r')]});
    await invalid(run('SELECT * FROM T', {NextToken: token!}), mismatch);
    await invalid(run('SELECT * FROM T WHERE pk = ?', {NextToken: token!, Parameters: [S('q')]}), mismatch);
    const rest = await run('SELECT * FROM T WHERE pk = ?', {NextToken: token!, Parameters: [S('r')]});
    assert.equal(keysOf(rest.Items!).join(' '), 'r/2 r/3');
    await invalid(run('SELECT * FROM T', {NextToken: 'nonsense'}), 'Invalid NextToken');
  });

  test('columns', async () => {
    const [row] = await select("SELECT m.k[0], l[-0], m.sub, pk, nope FROM T WHERE pk='one' AND sk='1'");
    assert.deepEqual(row, {'k[0]': S('c'), 'l[0]': S('a'), sub: S('x'), pk: S('one')});
    assert.deepEqual(await select("SELECT l[2147483647] FROM T WHERE pk='one' AND sk='1'"), [{}]);
    assert.deepEqual(await select("SELECT * FROM T WHERE pk='one' AND sk='1'"), [item]);
  });

  test('comments, and keywords in any case', async () => {
    for (const statement of [
      "SELECT * FROM T WHERE pk = 'one' -- a note",
      "-- a note\nSELECT * FROM T -- a note\nWHERE pk = 'one'",
      "SELECT/**/* FROM T /* a note */ WHERE pk/* key */='one' /* a note */; -- done",
      "select * from T where pk = 'one' and s = 'str'",
    ]) {
      assert.equal((await select(statement)).length, 1, statement);
    }
  });

  test('number literals', async () => {
    for (const literal of ['7.31e6', '7.31E6', '7.31e+6', '731e4', '73100000e-1', '.731e7']) {
      const found = await target.db.executeStatement({Statement: `SELECT * FROM "${numbers}" WHERE pk = ${literal}`});
      assert.deepEqual(found.Items, [{pk: N(7310000)}], literal);
    }
    const negative = await target.db.executeStatement({Statement: `SELECT * FROM "${numbers}" WHERE pk = -.73e1`});
    assert.deepEqual(negative.Items, [{pk: N('-7.3')}]);
  });

  test('capacity: a key is read by itself, a scan reads all', async () => {
    const units = async (where: string, more: Partial<ExecuteStatementCommandInput> = {}) => {
      const {ConsumedCapacity} = await run(`SELECT * FROM T ${where}`, {ReturnConsumedCapacity: 'TOTAL', ...more});
      return ConsumedCapacity?.CapacityUnits;
    };
    assert.equal(await units("WHERE pk = 'r' AND sk = '1'"), 0.5);
    assert.equal(await units("WHERE pk = 'r' AND sk = '1'", {ConsistentRead: true}), 1);
    assert.equal(await units("WHERE pk IN ['r', 'q'] AND sk = '1'"), 1);
    assert.equal(await units("WHERE pk = 'r' AND pk = 'q'"), 0.5);
  });
});
