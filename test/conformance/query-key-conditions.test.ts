// Key conditions: operand types, order of refusals, and indexes with several sort keys.
// eu-west-2, eu-central-1 and us-east-1, October 2026 (paritysuite/dynamodb-conformance
// tests/tier3/error-messages/queryKeyConditionOperands, validation-ordering/queryKeyCondition, tier1/query/multiAttributeGsiKey).
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import type {AttributeValue, QueryCommandInput} from '@aws-sdk/client-dynamodb';
import {invalid, refusal} from './answers.ts';
import {freshTableName, onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {B, N, S} from './values.ts';

type Values = Record<string, AttributeValue>;

const schema = 'One or more parameter values were invalid: Condition parameter type does not match schema type';
const operand = (operator: string, type: string) =>
  'Invalid KeyConditionExpression: Incorrect operand type for operator or function; ' +
  `operator or function: ${operator}, operand type: ${type}`;
const emptyKey = (kind: string, name: string) =>
  'One or more parameter values are not valid. ' +
  `The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`;
const undefinedValue = (name: string) =>
  `Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; attribute value: ${name}`;
// ExtendDB's tests, us-east-1, July 2026, and dynoxide's, eu-west-2.
const nested = 'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes';
const q = {':p': S('q')};
const truth: AttributeValue = {BOOL: true};

onEveryStore('key conditions', target => {
  const text = useTable(target, {attributes: {pk: 'S', sk: 'S'}, key: ['pk', 'sk']});
  const number = useTable(target, {attributes: {pk: 'S', sk: 'N'}, key: ['pk', 'sk']});
  const send = (TableName: string, KeyConditionExpression: string, ExpressionAttributeValues: Values) =>
    target.db.query({TableName, KeyConditionExpression, ExpressionAttributeValues});

  const refused: ['text' | 'number', expression: string, Values, message: string][] = [
    ['text', 'pk = :p AND begins_with(sk, :v)', {...q, ':v': N(1)}, operand('begins_with', 'N')],
    ['text', 'pk = :p AND begins_with(sk, :v)', {...q, ':v': truth}, operand('begins_with', 'BOOL')],
    ['number', 'pk = :p AND begins_with(sk, :v)', {...q, ':v': N(1)}, operand('begins_with', 'N')],
    ['number', 'pk = :p AND begins_with(sk, :v)', {...q, ':v': S('a')}, schema],
    ['number', 'pk = :p AND sk < :v', {...q, ':v': truth}, operand('<', 'BOOL')],
    ['number', 'pk = :p AND :v >= sk', {...q, ':v': truth}, operand('>=', 'BOOL')],
    ['number', 'pk = :p AND sk BETWEEN :a AND :b', {...q, ':a': truth, ':b': truth}, operand('BETWEEN', 'BOOL')],
    ['number', 'pk = :p AND sk = :v', {...q, ':v': truth}, schema],
    ['text', 'foo.bar = :p', q, nested],
    ['text', 'pk = :p AND begins_with(sk[0], :v)', {...q, ':v': S('a')}, nested],
    [
      'number',
      'pk = :p AND sk > :a AND sk < :b',
      {...q, ':a': N(1), ':b': N(5)},
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    ],
    [
      'number',
      'pk = :p AND sk > :a AND extra = :b',
      {...q, ':a': N(1), ':b': N(5)},
      'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)',
    ],
    // Keys that can't be stored can't be asked for either (moto #7062, ThreatExchange #1324).
    ['text', 'pk = :v', {':v': S('')}, emptyKey('string', 'pk')],
    ['text', 'pk = :p AND sk > :v', {...q, ':v': S('')}, emptyKey('string', 'sk')],
    ['text', 'pk = :p AND begins_with(sk, :v)', {...q, ':v': S('')}, emptyKey('string', 'sk')],
    ['text', 'pk = :p AND sk BETWEEN :v AND :p', {...q, ':v': S('')}, emptyKey('string', 'sk')],
    [
      'number',
      'pk = :v',
      {':v': S('x'.repeat(2049))},
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      'text',
      'pk = :p AND sk <= :v',
      {...q, ':v': S('x'.repeat(1025))},
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
    // Clauses are looked at in the order of the text.
    ['text', 'pk = :missing AND begins_with(sk, :n)', {':n': N(1)}, undefinedValue(':missing')],
    ['text', 'begins_with(sk, :n) AND pk = :missing', {':n': N(1)}, operand('begins_with', 'N')],
    ['text', 'pk = :p AND begins_with(sk, :n) AND sk = :missing', {...q, ':n': N(1)}, operand('begins_with', 'N')],
    [
      'text',
      'pk = :p AND begins_with(sk, :n) AND sk > :s',
      {...q, ':n': N(1), ':s': S('a')},
      operand('begins_with', 'N'),
    ],
  ];
  for (const [kind, expression, values, message] of refused) {
    test(`${kind} sort key: ${expression} with ${Object.values(values).map(value => Object.keys(value)[0])}`, () =>
      invalid(send(kind === 'text' ? text : number, expression, values), message));
  }

  test('operands are looked at before the table', async () => {
    const absent = freshTableName('absent');
    await invalid(send(absent, 'pk = :p AND begins_with(sk, :v)', {...q, ':v': N(1)}), operand('begins_with', 'N'));
    const found = await refusal(send(absent, 'pk = :p AND begins_with(sk, :v)', {...q, ':v': S('a')}));
    assert.equal(found, 'ResourceNotFoundException: Requested resource not found');
  });

  test('numbers sort by value, and ranges of them are exact', async () => {
    const sorted = ['-1e100', '-20', '-3', '-0.5', '0', '1e-100', '0.25', '3', '20', '1e100'];
    for (const sk of [...sorted].reverse()) {
      await target.db.putItem({TableName: number, Item: {pk: S('n'), sk: N(sk), written: S(sk)}});
    }
    const written = async (expression: string, values: Values) => {
      const {Items} = await send(number, `pk = :p AND ${expression}`, {':p': S('n'), ...values});
      return Items!.map(item => item.written!.S);
    };
    assert.deepEqual(await written('sk >= :v', {':v': N('-1e125')}), sorted);
    assert.deepEqual(await written('sk < :v', {':v': N(0)}), sorted.slice(0, 4));
    assert.deepEqual(await written('sk > :v', {':v': N('0.0')}), sorted.slice(5));
    assert.deepEqual(await written('sk <= :v', {':v': N('-3.00')}), sorted.slice(0, 3));
    assert.deepEqual(await written('sk = :v', {':v': N('20.0')}), ['20']);
    assert.deepEqual(await written('sk BETWEEN :a AND :b', {':a': N('-3'), ':b': N(3)}), sorted.slice(2, 8));
  });
});

onEveryStore('sort keys of strings and bytes', target => {
  const binary = useTable(target, {attributes: {pk: 'S', sk: 'B'}, key: ['pk', 'sk']});
  const text = useTable(target, {attributes: {pk: 'S', sk: 'S'}, key: ['pk', 'sk']});

  test('bytes sort as unsigned, a prefix before what it begins', async () => {
    const sorted = [[0], [0, 0], [0, 255], [1], [127], [128], [255], [255, 0], [255, 255]];
    for (const bytes of [...sorted].reverse()) {
      await target.db.putItem({TableName: binary, Item: {pk: S('b'), sk: B(bytes)}});
    }
    const read = async (expression: string, values: Values = {}) => {
      const {Items} = await target.db.query({
        TableName: binary,
        KeyConditionExpression: `pk = :p${expression}`,
        ExpressionAttributeValues: {':p': S('b'), ...values},
      });
      return Items!.map(item => [...item.sk!.B!]);
    };
    assert.deepEqual(await read(''), sorted);
    assert.deepEqual(await read(' AND begins_with(sk, :v)', {':v': B([0])}), sorted.slice(0, 3));
    assert.deepEqual(await read(' AND begins_with(sk, :v)', {':v': B([255])}), sorted.slice(6));
    assert.deepEqual(await read(' AND sk > :v', {':v': B([128])}), sorted.slice(6));
  });

  // AWS developer guide: strings sort by their UTF-8 bytes, so that U+FFxx comes before U+1xxxx.
  test('strings sort by their UTF-8 bytes', async () => {
    const sorted = ['\u0000', 'A', 'Z', 'a', 'a\u0000', 'a!', 'aa', 'é', 'ﬀ', '😀'];
    for (const sk of [...sorted].reverse()) {
      await target.db.putItem({TableName: text, Item: {pk: S('s'), sk: S(sk)}});
    }
    const read = async (extra: Partial<QueryCommandInput> = {}) => {
      const {Items} = await target.db.query({
        TableName: text,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: {':p': S('s')},
        ...extra,
      });
      return Items!.map(item => item.sk!.S);
    };
    assert.deepEqual(await read(), sorted);
    assert.deepEqual(await read({ScanIndexForward: false}), [...sorted].reverse());
  });
});

onEveryStore('indexes with several sort keys', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', h: 'S', a: 'S', b: 'S', c: 'S', d: 'S'},
    key: ['pk'],
    global: {gsi: {hash: ['h'], range: ['a', 'b', 'c', 'd']}},
  });
  test('an empty key of an index is refused as one of a table', async () => {
    const ask = (KeyConditionExpression: string, empty: string) =>
      target.db.query({
        TableName: table,
        IndexName: 'gsi',
        KeyConditionExpression,
        ExpressionAttributeValues: {':o': S('o1'), ':e': S(empty)},
      });
    await Promise.all([
      invalid(ask(':e = h AND a = :o', ''), emptyKey('string', 'h')),
      invalid(ask('h = :o AND a = :o AND b > :e', ''), emptyKey('string', 'b')),
      invalid(
        ask('h = :o AND a = :o AND b > :e', 'x'.repeat(1023)),
        'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
      ),
    ]);
  });

  before(async () => {
    const items: Record<string, string>[] = [
      {pk: 'p1', a: 'T', b: 'live', c: 'b', d: 'r1'},
      {pk: 'p2', a: 'T', b: 'live', c: 'a', d: 'r2'},
      {pk: 'p3', a: 'T', b: 'live', c: 'a', d: 'r1'},
      {pk: 'p4', a: 'T', b: 'draft', c: 'c', d: 'r1'},
      {pk: 'p5', a: 'F', b: 'live', c: 'a', d: 'r0'},
      {pk: 'p6', a: 'T', b: 'live', d: 'r1'},
    ];
    for (const item of items) {
      const Item: Values = {h: S('o1')};
      for (const [name, value] of Object.entries(item)) Item[name] = S(value);
      await target.db.putItem({TableName: table, Item});
    }
  });

  const values: Values = {
    ':h': S('o1'),
    ':a': S('T'),
    ':b': S('live'),
    ':c': S('a'),
    ':d': S('r'),
    ':x': S('r1'),
    ':y': S('r1'),
  };
  const ask = (KeyConditionExpression: string, extra: Partial<QueryCommandInput> = {}) =>
    target.db.query({
      TableName: table,
      IndexName: 'gsi',
      KeyConditionExpression,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).filter(([name]) => KeyConditionExpression.includes(name)),
      ),
      ...extra,
    });

  const found: [expression: string, pks: string[]][] = [
    ['h = :h', ['p5', 'p4', 'p3', 'p2', 'p1']],
    ['h = :h AND a = :a', ['p4', 'p3', 'p2', 'p1']],
    ['h = :h AND a = :a AND b = :b', ['p3', 'p2', 'p1']],
    ['h = :h AND a = :a AND b = :b AND c = :c', ['p3', 'p2']],
    ['h = :h AND a = :a AND b = :b AND c > :c', ['p1']],
    ['h = :h AND a = :a AND b = :b AND c = :c AND begins_with(d, :d)', ['p3', 'p2']],
    ['h = :h AND a = :a AND b = :b AND c = :c AND d BETWEEN :x AND :y', ['p3']],
    ['h = :h AND a = :a AND b < :b', ['p4']],
    ['b = :b AND h = :h AND a = :a', ['p3', 'p2', 'p1']],
  ];
  for (const [expression, pks] of found) {
    test(expression, async () => {
      const forwards = await ask(expression);
      assert.deepEqual(
        forwards.Items!.map(item => item.pk!.S),
        pks,
      );
      const backwards = await ask(expression, {ScanIndexForward: false});
      assert.deepEqual(
        backwards.Items!.map(item => item.pk!.S),
        [...pks].reverse(),
      );
    });
  }

  test('pages go on from a key that has every key attribute', async () => {
    const pks: string[] = [];
    let ExclusiveStartKey: Values | undefined;
    do {
      const page = await ask('h = :h AND a = :a', {Limit: 1, ...(ExclusiveStartKey && {ExclusiveStartKey})});
      pks.push(...page.Items!.map(item => item.pk!.S!));
      ExclusiveStartKey = page.LastEvaluatedKey;
      if (ExclusiveStartKey) assert.deepEqual(Object.keys(ExclusiveStartKey).sort(), ['a', 'b', 'c', 'd', 'h', 'pk']);
    } while (ExclusiveStartKey);
    assert.deepEqual(pks, ['p4', 'p3', 'p2', 'p1']);
  });

  const gaps: [expression: string, missing: string, present: string][] = [
    ['h = :h AND a = :a AND c = :c', 'b', 'c'],
    ['h = :h AND a = :a AND b > :b AND c = :c', 'b', 'c'],
    ['h = :h AND b = :b', 'a', 'b'],
  ];
  for (const [expression, missing, present] of gaps) {
    test(`${expression} leaves a gap`, async () => {
      const answer = await refusal(ask(expression));
      const gap = `RANGE key attributes ${missing} must have equality conditions specified in the query because a condition is present on key attribute ${present}`;
      assert.ok(answer.startsWith('ValidationException: ') && answer.includes(gap), answer);
    });
  }
});

onEveryStore('indexes with several partition keys', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', t: 'S', r: 'N', s: 'N'},
    key: ['pk'],
    global: {both: {hash: ['t', 'r'], range: ['s']}},
  });
  before(async () => {
    for (const [pk, t, r, s] of [
      ['1', 'a', 1, 3],
      ['2', 'a', 1, 1],
      ['3', 'a', 2, 1],
      ['4', 'b', 1, 2],
    ] as const) {
      await target.db.putItem({TableName: table, Item: {pk: S(pk), t: S(t), r: N(r), s: N(s)}});
    }
    await target.db.putItem({TableName: table, Item: {pk: S('5'), t: S('a'), s: N(0)}});
  });

  // AWS developer guide, "Multi-attribute keys": every partition key attribute must be given, with equality.
  test('an equality for each partition key attribute finds one partition', async () => {
    const {Items} = await target.db.query({
      TableName: table,
      IndexName: 'both',
      KeyConditionExpression: 't = :t AND r = :r',
      ExpressionAttributeValues: {':t': S('a'), ':r': N(1)},
    });
    assert.deepEqual(
      Items!.map(item => item.pk!.S),
      ['2', '1'],
    );
  });

  test('a partition key attribute may not be left out', async () => {
    const query = target.db.query({
      TableName: table,
      IndexName: 'both',
      KeyConditionExpression: 't = :t',
      ExpressionAttributeValues: {':t': S('a')},
    });
    assert.match(await refusal(query), /^ValidationException: .*\br\b/);
  });
});
