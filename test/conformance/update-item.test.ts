// What UpdateItem does and returns. eu-west-2, October 2026 (paritysuite/dynamodb-conformance
// tests/tier1/updateItem/{basic,paths}) unless noted; the rest from the AWS developer guide, "Update expressions" and "ReturnValues".
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {AttributeValue, ReturnValue} from '@aws-sdk/client-dynamodb';
import {invalid, one, refusal} from './answers.ts';
import {onEveryStore} from './server.ts';
import {useTable} from './tables.ts';
import {B, N, S} from './values.ts';

type Item = Record<string, AttributeValue>;

interface Case {
  what: string;
  /** What is there before, without its key; undefined: nothing. */
  from?: Item;
  update: string;
  values?: Item;
  /** What is there afterwards, without its key. */
  to: Item;
}

const L = (...texts: string[]): AttributeValue => ({L: texts.map(S)});

const cases: Case[] = [
  {what: 'SET makes an item', update: 'SET d = :v', values: {':v': S('a')}, to: {d: S('a')}},
  {
    what: 'SET replaces',
    from: {d: S('a'), e: N(1)},
    update: 'SET d = :v',
    values: {':v': N(2)},
    to: {d: N(2), e: N(1)},
  },
  {what: 'SET adds', from: {c: N(10)}, update: 'SET c = c + :v', values: {':v': N(5)}, to: {c: N(15)}},
  {
    what: 'SET subtracts in parentheses',
    from: {c: N(10)},
    update: 'SET c = (c - :v)',
    values: {':v': N(3)},
    to: {c: N(7)},
  },
  {
    what: 'arithmetic is exact',
    from: {c: N('0.1')},
    update: 'SET c = c + :v',
    values: {':v': N('0.2')},
    to: {c: N('0.3')},
  },
  {
    what: 'arithmetic keeps 38 digits',
    from: {c: N('12345678901234567890123456789012345678')},
    update: 'SET c = c + :v',
    values: {':v': N(1)},
    to: {c: N('12345678901234567890123456789012345679')},
  },
  {
    what: 'if_not_exists',
    from: {a: S('kept')},
    update: 'SET a = if_not_exists(a, :v), b = if_not_exists(b, :v), c = if_not_exists(c, a)',
    values: {':v': S('default')},
    to: {a: S('kept'), b: S('default'), c: S('kept')},
  },
  {
    what: 'arithmetic around if_not_exists',
    update: 'SET n = if_not_exists(n, :zero) - :v',
    values: {':zero': N(0), ':v': N(3)},
    to: {n: N(-3)},
  },
  {
    what: 'list_append',
    from: {l: L('a')},
    update: 'SET l = list_append(l, :v)',
    values: {':v': L('b')},
    to: {l: L('a', 'b')},
  },
  {
    what: 'list_append before',
    from: {l: L('a')},
    update: 'SET l = list_append(:v, l)',
    values: {':v': L('b')},
    to: {l: L('b', 'a')},
  },
  {
    what: 'list_append to what is not there',
    update: 'SET l = list_append(if_not_exists(l, :none), :v)',
    values: {':none': {L: []}, ':v': L('x')},
    to: {l: L('x')},
  },
  {what: 'an empty member of a set', update: 'SET t = :v', values: {':v': {SS: ['']}}, to: {t: {SS: ['']}}},
  {
    what: 'an empty member deep inside',
    from: {w: {M: {}}},
    update: 'SET w.t = :v',
    values: {':v': {SS: ['']}},
    to: {w: {M: {t: {SS: ['']}}}},
  },
  {
    what: 'an index past the end appends',
    from: {l: L('a', 'b', 'c')},
    update: 'SET l[5] = :v',
    values: {':v': S('new')},
    to: {l: L('a', 'b', 'c', 'new')},
  },
  {
    what: 'an index of an empty list',
    from: {l: {L: []}},
    update: 'SET l[0] = :v',
    values: {':v': S('new')},
    to: {l: L('new')},
  },
  {
    what: 'several indexes past the end',
    from: {l: L('a')},
    update: 'SET l[9] = :x, l[4] = :y',
    values: {':x': S('nine'), ':y': S('four')},
    to: {l: L('a', 'four', 'nine')},
  },
  {
    what: 'a nested path',
    from: {a: {M: {b: {M: {c: S('old'), d: S('kept')}}}}},
    update: 'SET a.b.c = :v',
    values: {':v': S('new')},
    to: {a: {M: {b: {M: {c: S('new'), d: S('kept')}}}}},
  },
  {
    what: 'all values are read before any is written',
    from: {a: S('old')},
    update: 'SET a = :v, b = a',
    values: {':v': S('new')},
    to: {a: S('new'), b: S('old')},
  },
  {what: 'swap', from: {a: N(1), b: N(2)}, update: 'SET a = b, b = a', to: {a: N(2), b: N(1)}},
  {what: 'REMOVE', from: {a: N(1), b: N(2)}, update: 'REMOVE a', to: {b: N(2)}},
  {
    what: 'REMOVE of what is not there',
    from: {a: N(1), m: {M: {}}},
    update: 'REMOVE ghost, m.ghost',
    to: {a: N(1), m: {M: {}}},
  },
  {
    what: 'REMOVE of elements',
    from: {l: L('a', 'b', 'c', 'd')},
    update: 'REMOVE l[1], l[2], l[9]',
    to: {l: L('a', 'd')},
  },
  {what: 'ADD to a number', from: {n: N(10)}, update: 'ADD n :v', values: {':v': N(3)}, to: {n: N(13)}},
  {what: 'ADD to nothing', update: 'ADD n :v', values: {':v': N(3)}, to: {n: N(3)}},
  {
    what: 'ADD deep inside',
    from: {m: {M: {n: N(1)}}},
    update: 'ADD m.n :v',
    values: {':v': N(3)},
    to: {m: {M: {n: N(4)}}},
  },
  // A set is answered in the service's own order: bytewise, numbers by value (eu-west-2, 2026-10-09).
  {
    what: 'ADD to a set',
    from: {t: {SS: ['a', 'b']}},
    update: 'ADD t :v',
    values: {':v': {SS: ['', 'd', 'a']}},
    to: {t: {SS: ['', 'a', 'b', 'd']}},
  },
  {
    what: 'ADD to a number set',
    from: {t: {NS: ['9', '10']}},
    update: 'ADD t :v',
    values: {':v': {NS: ['-1', '9.0']}},
    to: {t: {NS: ['-1', '9', '10']}},
  },
  {
    what: 'ADD of an empty binary',
    from: {t: {BS: [B([1]).B!]}},
    update: 'ADD t :v',
    values: {':v': {BS: [B([]).B!]}},
    to: {t: {BS: [B([]).B!, B([1]).B!]}},
  },
  {
    what: 'DELETE of some members',
    from: {t: {SS: ['', 'a', 'b']}},
    update: 'DELETE t :v',
    values: {':v': {SS: ['b', 'x']}},
    to: {t: {SS: ['', 'a']}},
  },
  {
    what: 'DELETE of all members',
    from: {t: {SS: ['']}, k: N(1)},
    update: 'DELETE t :v',
    values: {':v': {SS: ['']}},
    to: {k: N(1)},
  },
  {what: 'no update at all', update: '', to: {}},
];

onEveryStore('UpdateItem', target => {
  const table = useTable(target, {attributes: {pk: 'S'}, key: ['pk']});
  const Key = {pk: S('u')};

  async function start(from: Item | undefined) {
    await target.db.deleteItem({TableName: table, Key});
    if (from) await target.db.putItem({TableName: table, Item: {...Key, ...from}});
  }

  async function update(expression: string, values?: Item, ReturnValues: ReturnValue = 'NONE') {
    const {Attributes} = await target.db.updateItem({
      TableName: table,
      Key,
      ...(expression && {UpdateExpression: expression}),
      ...(values && {ExpressionAttributeValues: values}),
      ReturnValues,
    });
    return Attributes;
  }

  const read = async () => (await target.db.getItem({TableName: table, Key, ConsistentRead: true})).Item;

  for (const {what, from, update: expression, values, to} of cases) {
    test(what, async () => {
      await start(from);
      const all = await update(expression, values, 'ALL_NEW');
      assert.deepEqual(await read(), {...Key, ...to});
      assert.deepEqual(all, {...Key, ...to});
      await start(from);
      const old = await update(expression, values, 'ALL_OLD');
      assert.deepEqual(old, from && {...Key, ...from});
    });
  }

  const parts: [
    string,
    Item | undefined,
    expression: string,
    Item | undefined,
    old: Item | undefined,
    new_: Item | undefined,
  ][] = [
    ['SET', {x: N(1), y: N(2)}, 'SET x = :v', {':v': N(2)}, {x: N(1)}, {x: N(2)}],
    ['SET on nothing', undefined, 'SET x = :v', {':v': N(2)}, undefined, {x: N(2)}],
    ['SET of a new attribute', {y: N(2)}, 'SET x = :v', {':v': N(2)}, undefined, {x: N(2)}],
    ['SET to the same value', {x: N(2)}, 'SET x = :v', {':v': N(2)}, {x: N(2)}, {x: N(2)}],
    ['REMOVE', {x: N(1), y: N(2)}, 'REMOVE y', undefined, {y: N(2)}, undefined],
    ['REMOVE of nothing', {x: N(1)}, 'REMOVE y', undefined, undefined, undefined],
    ['ADD', {x: N(1)}, 'ADD x :v', {':v': N(2)}, {x: N(1)}, {x: N(3)}],
    [
      'a nested path',
      {m: {M: {k: S('kept'), c: S('old')}}},
      'SET m.c = :v',
      {':v': S('new')},
      {m: {M: {c: S('old')}}},
      {m: {M: {c: S('new')}}},
    ],
    [
      'several parts of one map',
      {m: {M: {k: S('kept')}}},
      'SET m.a = :x, m.b = :y',
      {':x': S('x'), ':y': S('y')},
      undefined,
      {m: {M: {a: S('x'), b: S('y')}}},
    ],
  ];
  for (const [what, from, expression, values, old, updated] of parts) {
    test(`UPDATED_OLD and UPDATED_NEW of ${what}`, async () => {
      await start(from);
      assert.deepEqual(await update(expression, values, 'UPDATED_OLD'), old);
      await start(from);
      assert.deepEqual(await update(expression, values, 'UPDATED_NEW'), updated);
      await start(from);
      assert.equal(await update(expression, values, 'NONE'), undefined);
    });
  }

  // dynalite's tests against AWS (test/updateItem.js).
  const operand = 'An operand in the update expression has an incorrect data type';
  const missing = 'The provided expression refers to an attribute that does not exist in the item';
  const path = 'The document path provided in the update expression is invalid for update';
  const there: Item = {s: S('a'), n: N(1), ns: {NS: ['1']}, m: {M: {a: {SS: ['1']}}}, l: L('a', 'b')};
  const refused: [expression: string, values: Item | undefined, message: string][] = [
    ['DELETE ns :v', {':v': {SS: ['1']}}, operand],
    ['DELETE n :v', {':v': {NS: ['1']}}, operand],
    ['DELETE m.a :v', {':v': {NS: ['1']}}, operand],
    ['ADD s :v', {':v': {NS: ['1']}}, operand],
    ['ADD ns :v', {':v': N(1)}, operand],
    ['SET e = s + :v', {':v': N(1)}, operand],
    ['SET e = m - :v', {':v': N(1)}, operand],
    ['SET e = list_append(ns, :v)', {':v': {L: []}}, operand],
    ['SET e = ghost', undefined, missing],
    ['SET e = n + ghost', undefined, missing],
    ['SET e = list_append(l, ghost)', undefined, missing],
    ['SET ghost.a = :v', {':v': N(1)}, path],
    ['SET ghost[0] = :v', {':v': N(1)}, path],
    ['SET s.a = :v', {':v': N(1)}, path],
    ['SET m[0] = :v', {':v': N(1)}, path],
    ['SET l.a = :v', {':v': N(1)}, path],
    ['REMOVE s.a', undefined, path],
    ['REMOVE ghost.a', undefined, path],
    ['REMOVE m[1]', undefined, path],
    ['ADD ghost.a :v', {':v': N(1)}, path],
    ['DELETE ghost.a :v', {':v': {SS: ['a']}}, path],
  ];
  for (const [expression, values, message] of refused) {
    test(`${expression} is refused and changes nothing`, async () => {
      await start(there);
      assert.equal(await refusal(update(expression, values)), `ValidationException: ${message}`);
      assert.deepEqual(await read(), {...Key, ...there});
    });
  }

  // Before anything is read, so the item operations put it in an envelope and transactions do not. Floci's captures
  // (DynamoDbAddDeleteOperandIntegrationTest), eu-west-2, 2026-09-17.
  const operands: [expression: string, value: AttributeValue, operand: string][] = [
    ['ADD s :v', S('x'), 'operator: ADD, operand type: STRING'],
    ['SET e = :v ADD n :v', {BOOL: true}, 'operator: ADD, operand type: BOOL'],
    ['DELETE l :v', L('x'), 'operator: DELETE, operand type: LIST'],
    ['DELETE n :v', N(1), 'operator: DELETE, operand type: NUMBER'],
  ];
  for (const [UpdateExpression, value, found] of operands) {
    test(`${UpdateExpression} with ${Object.keys(value)} is refused`, async () => {
      const Update = {TableName: table, Key, UpdateExpression, ExpressionAttributeValues: {':v': value}};
      const why = `Invalid UpdateExpression: Incorrect operand type for operator or function; ${found}, typeSet: ALLOWED_FOR_ADD_OPERAND`;
      await invalid(target.db.updateItem(Update), one(why));
      await invalid(target.db.transactWriteItems({TransactItems: [{Update}]}), why);
    });
  }

  test('one path twice is refused', async () => {
    const answer = await refusal(update('SET v = :a, v = :b', {':a': N(1), ':b': N(2)}));
    assert.match(answer, /^ValidationException: .*Two document paths overlap with each other/);
  });
});
