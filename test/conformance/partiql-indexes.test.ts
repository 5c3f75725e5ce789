// What a SELECT of an index answers, what it is charged, and what it is refused.
// Captured in eu-west-2, eu-west-1 and us-east-1, 2026-08 to 2026-10 (paritysuite/dynamodb-conformance
// tests/tier2/partiql/{executeStatementIndex,multiAttributeIndex}, tests/tier3/error-messages/{indexReads,
// partiqlMultiAttributeIndex}), and in eu-west-2, 2026-09-17 (hectorvent/floci DynamoDbPartiQLEdgeCaseIntegrationTest).
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import type {ExecuteStatementCommandInput} from '@aws-sdk/client-dynamodb';
import {invalid} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {S} from './values.ts';

const severalKeys =
  'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.';
const notProjected = (index: string, names: string) =>
  `One or more parameter values were invalid: Secondary index ${index} does not project one or more filter attributes: [${names}]`;

/** Where reads by key want more than the index holds; `I` is gsi-inc. */
const unprojected: [where: string, names: string | undefined][] = [
  ["gsiPk='y' AND np='np1'", 'np'],
  ["gsiPk='y' AND np IS MISSING", 'np'],
  ["gsiPk='y' AND begins_with(np, 'n')", 'np'],
  ["gsiPk='y' AND NOT np='np1'", 'np'],
  ["gsiPk IN ['y', 'z'] AND np='np1'", 'np'],
  ["gsiPk='y' AND NOT (np='np1' OR projattr='x')", 'np'],
  ["gsiPk='y' AND b='1' AND (a='2' OR projattr='3')", 'a, b'],
  ["gsiPk='y' AND (zz='1' OR aa='2' OR mm='3')", 'zz, aa, mm'],
  ["(gsiPk='y' OR gsiPk='z') AND zz='1'", 'zz'],
  ["(gsiPk='b' AND u1='1') OR (gsiPk='q' AND u2='1')", 'u2'],
  ["(gsiPk='q' AND u1='1') OR (gsiPk='b' AND u2='1')", 'u1'],
  ["(gsiPk='y' AND projattr='1') OR (gsiPk='z' AND aa='1')", undefined],
  ["gsiPk > 'a' AND zz='1'", undefined],
  ["gsiPk='y' AND (gsiPk='z' OR zz='1')", 'zz'],
  ["(gsiPk='y' AND zz='1') OR aa='1'", undefined],
  ["gsiPk='y' AND projattr='p1'", undefined],
  ["np='np1'", undefined],
];

onEveryStore('PartiQL indexes', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', gsiPk: 'S', lsiSk: 'S'},
    key: ['pk', 'sk'],
    local: {'lsi-keys': {range: 'lsiSk', projection: 'KEYS_ONLY'}},
    global: {'gsi-inc': {hash: ['gsiPk'], projection: ['projattr']}, 'gsi-all': {hash: ['gsiPk']}},
  });
  const several = useTable(target, {
    attributes: {pk: 'S', h1: 'S', h2: 'S', r1: 'S', r2: 'S'},
    key: ['pk'],
    global: {both: {hash: ['h1', 'h2'], range: ['r1', 'r2']}, ranges: {hash: ['h1'], range: ['r1', 'r2']}},
  });

  before(async () => {
    for (const [sk, gsiPk] of [
      ['s1', 'y'],
      ['s2', 'y2'],
      ['s4', 'y'],
    ] as const) {
      const keys = {pk: S('p'), sk: S(sk), gsiPk: S(gsiPk), lsiSk: S(`l${sk}`)};
      await target.db.putItem({TableName: table, Item: {...keys, projattr: S('p1'), np: S('np1')}});
    }
    await target.db.putItem({TableName: table, Item: {pk: S('p'), sk: S('s3'), np: S('np1')}});
    await target.db.putItem({TableName: several, Item: {pk: S('i'), h1: S('a'), h2: S('x'), r1: S('m'), r2: S('n')}});
  });

  const run = (statement: string, more: Partial<ExecuteStatementCommandInput> = {}) =>
    target.db.executeStatement({
      Statement: statement.replace(/\bT\b/g, `"${table}"`).replace(/\bM\b/g, `"${several}"`),
      ReturnConsumedCapacity: 'INDEXES',
      ...more,
    });
  const sortKeys = async (statement: string) => (await run(statement)).Items!.map(({sk}) => sk!.S).sort();

  test('members and attributes are those of the index', async () => {
    assert.deepEqual(await sortKeys(`SELECT sk FROM T."gsi-all" WHERE gsiPk = 'y'`), ['s1', 's4']);
    assert.deepEqual(await sortKeys(`SELECT sk FROM T."gsi-inc" WHERE pk = 'p'`), ['s1', 's2', 's4'], 'a scan');
    const {Items} = await run(`SELECT * FROM T."gsi-inc" WHERE gsiPk = 'y2'`);
    assert.deepEqual(Items, [{pk: S('p'), sk: S('s2'), gsiPk: S('y2'), projattr: S('p1')}]);
    assert.deepEqual(await sortKeys(`SELECT sk FROM T."gsi-inc" WHERE NOT np = 'np1'`), ['s1', 's2', 's4']);
    assert.deepEqual(await sortKeys(`SELECT sk FROM T."gsi-inc" WHERE np = 'np1'`), []);
    assert.deepEqual(await sortKeys(`SELECT sk FROM T."gsi-inc" WHERE (gsiPk = 'y' AND np = 'np1') OR gsiPk = 'y2'`), [
      's2',
    ]);
  });

  test('filters of what is not projected', async () => {
    for (const [where, names] of unprojected) {
      const answer = run(`SELECT pk FROM T."gsi-inc" WHERE ${where}`);
      if (names === undefined) await answer;
      else await invalid(answer, notProjected('gsi-inc', names));
    }
    await invalid(run(`SELECT pk FROM T."lsi-keys" WHERE pk = 'p' AND np = 'x'`), notProjected('lsi-keys', 'np'));
    await invalid(
      run(`SELECT np, alternate, pk FROM T."gsi-inc" WHERE gsiPk = 'y'`),
      'One or more parameter values were invalid: Global secondary index gsi-inc does not project [np, alternate]',
    );
  });

  test('a local index fetches from the table what it does not hold', async () => {
    const fetched = await run(`SELECT np FROM T."lsi-keys" WHERE pk = 'p'`);
    assert.equal(fetched.Items!.length, 3);
    assert.ok(fetched.Items!.every(({np}) => np?.S === 'np1'));
    assert.ok(fetched.ConsumedCapacity!.Table!.CapacityUnits! > 0);
    const own = await run(`SELECT lsiSk FROM T."lsi-keys" WHERE pk = 'p'`, {ConsistentRead: true});
    assert.equal(own.ConsumedCapacity!.Table!.CapacityUnits, 0);
    assert.equal(own.ConsumedCapacity!.LocalSecondaryIndexes!['lsi-keys']!.CapacityUnits, 1);
  });

  test('consistency and unknown indexes', async () => {
    await invalid(
      run(`SELECT * FROM T."gsi-all"`, {ConsistentRead: true}),
      'Strongly consistent read is not supported on Global Secondary Indexes',
    );
    await invalid(run(`SELECT * FROM T."none"`, {ConsistentRead: true}), 'The table does not have the specified index');
  });

  test('pages, and tokens of one index', async () => {
    const statement = `SELECT sk FROM T."gsi-all" WHERE gsiPk = 'y'`;
    const first = await run(statement, {Limit: 1});
    const second = await run(statement, {NextToken: first.NextToken!});
    assert.deepEqual(
      [...first.Items!, ...second.Items!].map(({sk}) => sk!.S),
      ['s1', 's4'],
    );
    await invalid(
      run(`SELECT sk FROM T."gsi-inc" WHERE gsiPk = 'y'`, {NextToken: first.NextToken!}),
      'NextToken does not match request',
    );
  });

  test('indexes with several key attributes', async () => {
    for (const statement of [
      `SELECT * FROM M."both" WHERE h1 = 'a'`,
      `SELECT * FROM M."both" WHERE h1 = 5`,
      `SELECT * FROM M."both"`,
      `SELECT COUNT(*) FROM M."both"`,
      `SELECT pk FROM M."ranges" WHERE h1 = 'a' ORDER BY r1 DESC`,
    ]) {
      await invalid(run(statement), severalKeys);
    }
    await invalid(
      run(`SELECT * FROM M."both" WHERE`),
      "Statement wasn't well formed, can't be processed: Unexpected term",
    );
    assert.equal((await run(`SELECT * FROM M WHERE pk = 'i'`)).Items!.length, 1);
    const {Responses} = await target.db.batchExecuteStatement({
      Statements: [
        {Statement: `SELECT * FROM "${several}"."both" WHERE h1 = 'a' AND h2 = 'x'`},
        {Statement: `SELECT * FROM "${table}"."gsi-all" WHERE gsiPk = 'y'`},
      ],
    });
    assert.deepEqual(
      Responses!.map(each => each.Error?.Message),
      [severalKeys, 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'],
    );
  });
});
