// What INSERT, UPDATE and DELETE do and answer, alone and many at once.
// Captured in eu-west-2 and others, 2026-08 to 2026-10 (paritysuite/dynamodb-conformance tests/tier2/partiql/{setFunctions,
// fromFirstUpdate,writeResponses,executeStatement,batchExecuteStatement}), and in eu-west-2, 2026-09-17 (hectorvent/floci
// DynamoDbPartiQLEdgeCaseIntegrationTest and DynamoDbPartiQLDocumentedSyntaxIntegrationTest).
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type AttributeValue, DynamoDBServiceException} from '@aws-sdk/client-dynamodb';
import {invalid, refusal} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {itemBytesMax, N, S} from './values.ts';

const failed = 'ConditionalCheckFailedException: The conditional request failed';
const inFirst = 'Validation failed in TransactStatements[0]: ';

/** RETURNING of a change of `{tags: [a, b, c], data: old, keep: same}`: the row, or none. */
const returning: [change: string, returning: string, row: object | undefined][] = [
  ["SET data = 'new'", 'MODIFIED OLD', {data: S('old')}],
  ["SET data = 'new'", 'MODIFIED NEW', {data: S('new')}],
  ['REMOVE data', 'MODIFIED OLD', {data: S('old')}],
  ['REMOVE data', 'MODIFIED NEW', undefined],
  ["SET fresh = 'x'", 'MODIFIED OLD', undefined],
  ["SET fresh = 'x'", 'MODIFIED NEW', {fresh: S('x')}],
  ["SET tags[2] = 'y', tags[0] = 'x'", 'MODIFIED NEW', {tags: {L: [S('x'), S('y')]}}],
  ["SET tags[2] = 'y', tags[0] = 'x'", 'MODIFIED OLD', {tags: {L: [S('a'), S('c')]}}],
  ["SET tags[9] = 'd'", 'MODIFIED NEW', undefined],
  ["SET tags[3] = 'd'", 'MODIFIED NEW', {tags: {L: [S('d')]}}],
  ['REMOVE tags[1]', 'MODIFIED NEW', {tags: {L: [S('c')]}}],
  ['REMOVE tags[2]', 'MODIFIED NEW', undefined],
];

onEveryStore('PartiQL writes', target => {
  const table = useTable(target, {attributes: {pk: 'S', sk: 'S'}, key: ['pk', 'sk']});
  const named = (statement: string) => statement.replaceAll(/\bT\b/g, `"${table}"`);
  const run = (statement: string, values?: AttributeValue[]) =>
    target.db.executeStatement({Statement: named(statement), ...(values && {Parameters: values})});
  const put = (pk: string, attributes: Record<string, AttributeValue> = {}) =>
    target.db.putItem({TableName: table, Item: {pk: S(pk), sk: S('1'), ...attributes}});
  const get = async (pk: string) =>
    (await target.db.getItem({TableName: table, Key: {pk: S(pk), sk: S('1')}, ConsistentRead: true})).Item;
  const transact = (...statements: string[]) =>
    target.db.executeTransaction({TransactStatements: statements.map(each => ({Statement: named(each)}))});
  const batch = async (...statements: string[]) =>
    (await target.db.batchExecuteStatement({Statements: statements.map(each => ({Statement: named(each)}))}))
      .Responses!;

  test('INSERT stores literals of every kind, and nothing over what is there', async () => {
    const insert = `INSERT INTO T value {'pk':'dt', 'sk':?, 'n':1E3, 'f':-1.5e-3, 'z':-0, 'q':'it''s',
      'm':{'a':'v','b':4}, 'l':[1,'s',null,true], 'ns':<<1,34,4.50>>, 'ss':<<'b','a'>>}`;
    assert.deepEqual((await run(insert, [S('1')])).Items, []);
    assert.deepEqual(await get('dt'), {
      ...{pk: S('dt'), sk: S('1'), n: N(1000), f: N('-0.0015'), z: N(0), q: S("it's"), m: {M: {a: S('v'), b: N(4)}}},
      ...{l: {L: [N(1), S('s'), {NULL: true}, {BOOL: true}]}, ns: {NS: ['1', '4.5', '34']}, ss: {SS: ['a', 'b']}},
    });
    assert.equal(await refusal(run(insert, [S('1')])), 'DuplicateItemException: Duplicate primary key exists in table');
    await invalid(
      run("INSERT INTO T VALUE {'pk': 'x'}"),
      'One or more parameter values were invalid: Missing the key sk in the item',
    );
  });

  test('UPDATE of lists, sets, numbers and paths', async () => {
    await run(`INSERT INTO T VALUE {'pk':'up', 'sk':'1', 'n':1, 'm':{'a':1}, 'l':[1,'s'], 'ns':<<1,2>>, 'ss':<<'a'>>}`);
    await run(`UPDATE T SET n=n-1 SET n2=n + 100, m.b=[2020] SET l = LIST_APPEND(l, [4, <<'x'>>])
      SET ns = SET_ADD(ns, <<345, 1>>) SET ss = set_delete(ss, <<'a'>>) SET nss = set_add(nss, <<'x'>>)
      REMOVE m.a WHERE (pk='up' AND sk='1') AND n = 1`);
    assert.deepEqual(await get('up'), {
      ...{pk: S('up'), sk: S('1'), n: N(0), n2: N(101), m: {M: {b: {L: [N(2020)]}}}},
      ...{l: {L: [N(1), S('s'), N(4), {SS: ['x']}]}, ns: {NS: ['1', '2', '345']}, nss: {SS: ['x']}},
    });
  });

  test('UPDATE is refused where nothing is, DELETE is not', async () => {
    await put('cond', {a: N(1)});
    const absent = "WHERE pk = 'absent' AND sk = '1'";
    const there = "WHERE pk = 'cond' AND sk = '1'";
    assert.equal(await refusal(run(`UPDATE T SET a = 1 ${absent}`)), failed);
    assert.equal(await refusal(run(`UPDATE T SET a = 1 ${absent} AND attribute_not_exists(pk)`)), failed);
    assert.equal(await refusal(run(`FROM T ${absent} SET s = set_add(s, <<'x'>>)`)), failed);
    assert.equal(await refusal(run(`UPDATE T SET b = 1 ${there} AND a = 2`)), failed);
    assert.equal(await refusal(run(`DELETE FROM T ${there} AND attribute_exists(nope)`)), failed);
    assert.deepEqual((await run(`DELETE FROM T ${absent} AND a = 2 RETURNING ALL OLD *`)).Items, []);
    await run(`FROM T ${there} AND a = 1 SET c = 5 REMOVE a`);
    assert.deepEqual(await get('cond'), {pk: S('cond'), sk: S('1'), c: N(5)});
    assert.deepEqual((await run(`DELETE FROM T ${there} RETURNING ALL OLD *`)).Items, [
      {pk: S('cond'), sk: S('1'), c: N(5)},
    ]);
    assert.equal(await get('absent'), undefined);
  });

  test('the old item with a refusal, if asked for', async () => {
    await put('old', {a: N(1)});
    const statement = named("UPDATE T SET b = 1 WHERE pk = 'old' AND sk = '1' AND a = 2");
    for (const [asked, item] of [
      ['ALL_OLD', {pk: S('old'), sk: S('1'), a: N(1)}],
      ['NONE', undefined],
    ] as const) {
      const answer = target.db.executeStatement({Statement: statement, ReturnValuesOnConditionCheckFailure: asked});
      await assert.rejects(answer, error => {
        assert.ok(error instanceof DynamoDBServiceException);
        assert.deepEqual((error as {Item?: object}).Item, item);
        return true;
      });
    }
  });

  test('RETURNING', async () => {
    const item = {data: S('old'), keep: S('same'), tags: {L: [S('a'), S('b'), S('c')]}};
    for (const [change, what, row] of returning) {
      await put('ret', item);
      const {Items} = await run(`UPDATE T ${change} WHERE pk = 'ret' AND sk = '1' RETURNING ${what} *`);
      assert.deepEqual(Items, row ? [row] : [], `${change} ${what}`);
    }
    await put('ret', item);
    const update = (what: string) => run(`UPDATE T SET data = 'new' WHERE pk='ret' AND sk='1' RETURNING ${what} *`);
    assert.deepEqual((await update('ALL OLD')).Items, [{pk: S('ret'), sk: S('1'), ...item}]);
    assert.deepEqual((await update('ALL NEW')).Items, [{pk: S('ret'), sk: S('1'), ...item, data: S('new')}]);
  });

  test('items of 400 KB, to the byte', async () => {
    const fits = 'x'.repeat(itemBytesMax - 'pkbigsk1p'.length);
    const insert = "INSERT INTO T VALUE {'pk': 'big', 'sk': '1', 'p': ?}";
    await invalid(run(insert, [S(`${fits}x`)]), 'Item size has exceeded the maximum allowed size');
    await run(insert, [S(fits)]);
    const update = "UPDATE T SET p = ? WHERE pk = 'big' AND sk = '1'";
    await run(update, [S(fits)]);
    await invalid(run(update, [S(`${fits}x`)]), 'Item size to update has exceeded the maximum allowed size');
  });

  test('a batch: each statement for itself', async () => {
    for (const pk of ['b', 'c', 'd', 'e']) await put(pk, {val: S('here')});
    const keyOnly = 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.';
    const answers = await batch(
      "SLECT * FROM T WHERE pk = 'b'",
      "SELECT val FROM T WHERE pk IN ['b'] AND sk = '1'",
      "SELECT * FROM T WHERE pk = 'c' AND sk = '1' AND val = 'here'",
      "SELECT * FROM T WHERE pk = 'b'",
      "SELECT * FROM \"never-created\" WHERE pk = 'b' AND sk = '1'",
      "SELECT * FROM T WHERE pk = 'none' AND sk = '1'",
    );
    const malformed = "Statement wasn't well formed, can't be processed: Expected data manipulation";
    assert.deepEqual(answers, [
      {Error: {Code: 'ValidationError', Message: malformed}},
      {TableName: table, Item: {val: S('here')}},
      {Error: {Code: 'ValidationError', Message: keyOnly}},
      {Error: {Code: 'ValidationError', Message: keyOnly}},
      {Error: {Code: 'ResourceNotFound', Message: 'Requested resource not found'}},
      {TableName: table},
    ]);
    assert.deepEqual(
      await batch(
        "INSERT INTO T VALUE {'pk': 'b', 'sk': '1'}",
        "UPDATE T SET val = 'x' WHERE pk = 'c' AND sk = '1' AND val = 'wrong'",
        "DELETE FROM T WHERE pk = 'd' AND sk = '1' RETURNING MODIFIED OLD *",
        "UPDATE T REMOVE val WHERE pk = 'e' AND sk = '1' RETURNING MODIFIED NEW *",
      ),
      [
        {Error: {Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table'}, TableName: table},
        {Error: {Code: 'ConditionalCheckFailed', Message: 'The conditional request failed'}, TableName: table},
        {
          Error: {
            Code: 'ValidationError',
            Message:
              'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.',
          },
        },
        {TableName: table},
      ],
    );
    const capacity = await target.db.batchExecuteStatement({
      Statements: [true, false].map(ConsistentRead => ({
        Statement: named(`SELECT * FROM T WHERE pk = '${ConsistentRead ? 'b' : 'c'}' AND sk = '1'`),
        ConsistentRead,
      })),
      ReturnConsumedCapacity: 'TOTAL',
    });
    assert.deepEqual(capacity.ConsumedCapacity, [{TableName: table, CapacityUnits: 1.5}]);
  });

  test('a transaction: all or nothing', async () => {
    await put('t1', {a: S('x')});
    await put('t2');
    const set = (pk: string, more = '') => `UPDATE T SET done = 1 WHERE pk='${pk}' AND sk='1'${more}`;
    const exists = (where: string) => `EXISTS(SELECT * FROM T WHERE pk='t1' AND sk='1'${where})`;
    assert.deepEqual(
      (await transact(set('t1'), exists(' AND pk IS MISSING').replace('t1', 't3')).catch(
        (error: {CancellationReasons?: object[]}) => error.CancellationReasons,
      )) as unknown,
      [{Code: 'None'}, {Code: 'ConditionalCheckFailed', Message: 'The conditional request failed'}],
    );
    assert.equal((await get('t1'))!.done, undefined);
    const done = await transact(set('t2'), exists(' AND nope IS MISSING'), "INSERT INTO T VALUE {'pk':'t3','sk':'1'}");
    assert.deepEqual(done.Responses, []);
    assert.deepEqual((await get('t2'))!.done, N(1));

    const select = "SELECT * FROM T WHERE pk='t1' AND sk='1'";
    const {Responses} = await transact(select, "SELECT * FROM T WHERE pk='none' AND sk='1'");
    assert.deepEqual(Responses, [{Item: {pk: S('t1'), sk: S('1'), a: S('x')}}, {}]);
    for (const [statements, message] of [
      [
        [select, set('t2')],
        'ExecuteTransaction API does not support both read and write operations in the same request.',
      ],
      [
        [select, "SELECT a FROM T WHERE sk='1' AND pk='t1'"],
        'Transaction request cannot include multiple operations on one item',
      ],
      [[set('t1'), set('t1')], 'Transaction request cannot include multiple operations on one item'],
      [[exists(''), set('t2')], `${inFirst}EXISTS() must contain a single item read with additional condition`],
      [[`${set('t1')} RETURNING ALL NEW *`], `${inFirst}RETURNING clause is not supported in ExecuteTransaction.`],
      [
        [`${select} AND a = 'x'`],
        `${inFirst}Select statements within ExecuteTransaction must specify the primary key in the where clause.`,
      ],
      [['SELECT * FROM T WHERE'], `${inFirst}Statement wasn't well formed, can't be processed: Unexpected term`],
      [
        ["SELECT * FROM T.\"idx\" WHERE pk='t1' AND sk='1'"],
        `${inFirst}Reads on indices are not supported within transactions.`,
      ],
    ] as const) {
      await invalid(transact(...statements), message);
    }
  });

  test('a transaction is cancelled by keys, tables and items that are not as they should be', async () => {
    await put('c1');
    const mismatch = {Code: 'ValidationError', Message: 'The provided key element does not match the schema'};
    const missing = {Code: 'ResourceNotFound', Message: 'Requested resource not found'};
    const none = {Code: 'None'};
    const set = (where: string) => `UPDATE T SET a = 1 WHERE ${where}`;
    const lost = `UPDATE "never-created" SET a=1 WHERE pk='x' AND sk='1'`;
    for (const [statements, reasons] of [
      [
        [set("pk='c1'"), set("pk IN ['c1'] AND sk='1'"), set("pk='c1' AND sk=1"), set("pk='c1' AND sk='1'")],
        [mismatch, mismatch, mismatch, none],
      ],
      [
        ["SELECT * FROM T WHERE pk='c1' AND sk='1'", "SELECT * FROM T WHERE pk=1 AND sk='1'"],
        [none, mismatch],
      ],
      [
        ["INSERT INTO T VALUE {'pk':'c1','sk':'1'}", set("pk='c1' AND sk='2'")],
        [
          {Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table'},
          {Code: 'ConditionalCheckFailed', Message: 'The conditional request failed'},
        ],
      ],
      [
        ["INSERT INTO T VALUE {'pk':'c2'}"],
        [
          {
            Code: 'ValidationError',
            Message: 'One or more parameter values were invalid: Missing the key sk in the item',
          },
        ],
      ],
      [
        [`${lost} RETURNING ALL NEW *`, set("pk='c1' AND sk='1'")],
        [missing, none],
      ],
    ] as const) {
      await assert.rejects(transact(...statements), (error: {name: string; CancellationReasons: object[]}) => {
        assert.equal(error.name, 'TransactionCanceledException');
        assert.deepEqual(error.CancellationReasons, reasons);
        return true;
      });
    }
    assert.equal((await get('c1'))!.a, undefined);
  });

  test('a transaction under a token runs once', async () => {
    await put('once', {n: N(0)});
    const request = {
      ClientRequestToken: `once-${table}`.slice(0, 36),
      TransactStatements: [{Statement: named("UPDATE T SET n = n + 1 WHERE pk='once' AND sk='1'")}],
    };
    await target.db.executeTransaction(request);
    await target.db.executeTransaction(request);
    assert.deepEqual((await get('once'))!.n, N(1));
    const other = {...request, TransactStatements: [{Statement: named("DELETE FROM T WHERE pk='once' AND sk='1'")}]};
    assert.match(await refusal(target.db.executeTransaction(other)), /^IdempotentParameterMismatchException/);
  });
});
