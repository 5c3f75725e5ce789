import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Item} from '../model/attribute-value.ts';
import {bareLayer} from '../model/value-layer.ts';
import {bindExpressions} from './bind.ts';
import type {Update} from './update.ts';

function bind(updateExpression: string, values?: Item, expressionAttributeNames?: Record<string, string>): Update {
  const request = {updateExpression, expressionAttributeValues: structuredClone(values), expressionAttributeNames};
  return bindExpressions(request, bareLayer, []).update!;
}

const list = (...numbers: number[]) => ({L: numbers.map(number => ({N: String(number)}))});

test('updates make a new item', () => {
  const rows: [string, Item | undefined, Item, Item][] = [
    ['SET a = :v', {':v': {S: 'x'}}, {k: {S: 'k'}}, {k: {S: 'k'}, a: {S: 'x'}}],
    ['SET c = c + :v', {':v': {N: '5'}}, {c: {N: '10'}}, {c: {N: '15'}}],
    ['SET c = (c - :v)', {':v': {N: '0.1'}}, {c: {N: '10'}}, {c: {N: '9.9'}}],
    ['SET c = ((c)-(:v))', {':v': {N: '1'}}, {c: {N: '10'}}, {c: {N: '9'}}],
    ['SET v = if_not_exists(v, :d) - :a', {':d': {N: '0'}, ':a': {N: '3'}}, {}, {v: {N: '-3'}}],
    ['SET a = :v, b = a', {':v': {S: 'new'}}, {a: {S: 'old'}}, {a: {S: 'new'}, b: {S: 'old'}}],
    ['REMOVE a SET b = a', undefined, {a: {S: 'x'}}, {b: {S: 'x'}}],
    ['SET l = list_append(if_not_exists(l, :e), :m)', {':e': {L: []}, ':m': list(1)}, {}, {l: list(1)}],
    ['SET l = list_append(:m, l)', {':m': list(1)}, {l: list(2, 3)}, {l: list(1, 2, 3)}],
    [
      'SET a.b.c = :v',
      {':v': {N: '1'}},
      {a: {M: {b: {M: {x: {N: '0'}}}}}},
      {a: {M: {b: {M: {x: {N: '0'}, c: {N: '1'}}}}}},
    ],
    ['SET l[1] = :v', {':v': {N: '9'}}, {l: list(1, 2, 3)}, {l: list(1, 9, 3)}],
    ['SET l[5] = :v', {':v': {N: '9'}}, {l: list(1)}, {l: list(1, 9)}],
    [
      'SET l[84] = :a, l[37] = :b, l[2147483647] = :c',
      {':a': {N: '3'}, ':b': {N: '2'}, ':c': {N: '4'}},
      {l: list(1)},
      {l: list(1, 2, 3, 4)},
    ],
    ['REMOVE l[1] SET l[3] = :v', {':v': {N: '17'}}, {l: list(2, 3, 4, 5, 6)}, {l: list(2, 4, 17, 6)}],
    ['REMOVE l[0], l[2], l[9]', undefined, {l: list(1, 2, 3, 4)}, {l: list(2, 4)}],
    ['REMOVE l[0] SET l[9] = :v', {':v': {N: '3'}}, {l: list(1, 2)}, {l: list(2, 3)}],
    [
      'REMOVE l[0].x, l[0].y, l[1]',
      undefined,
      {l: {L: [{M: {x: {N: '1'}, y: {N: '2'}, z: {N: '3'}}}, {N: '4'}]}},
      {l: {L: [{M: {z: {N: '3'}}}]}},
    ],
    ['REMOVE m.x, absent', undefined, {m: {M: {x: {N: '1'}}}}, {m: {M: {}}}],
    ['ADD n :v', {':v': {N: '7'}}, {}, {n: {N: '7'}}],
    ['ADD n :v, m.n :v', {':v': {N: '7'}}, {n: {N: '-7'}, m: {M: {}}}, {n: {N: '0'}, m: {M: {n: {N: '7'}}}}],
    ['ADD s :v', {':v': {SS: ['', 'c', 'a']}}, {s: {SS: ['a', 'b']}}, {s: {SS: ['', 'a', 'b', 'c']}}],
    ['ADD s :v', {':v': {NS: ['10', '9']}}, {s: {NS: ['1', '100']}}, {s: {NS: ['1', '9', '10', '100']}}],
    ['DELETE s :v', {':v': {SS: ['b', 'x']}}, {s: {SS: ['a', 'b']}}, {s: {SS: ['a']}}],
    ['DELETE s :v', {':v': {SS: ['a']}}, {k: {S: 'k'}, s: {SS: ['a']}}, {k: {S: 'k'}}],
    ['DELETE l[0] :v', {':v': {SS: ['a']}}, {l: {L: [{SS: ['a']}, {N: '1'}]}}, {l: list(1)}],
    ['DELETE s :v', {':v': {SS: ['a']}}, {}, {}],
  ];
  for (const [text, values, before, after] of rows) {
    const kept = structuredClone(before);
    assert.deepEqual(bind(text, values).apply(before, true), after, text);
    assert.deepEqual(before, kept, `${text} changed its input`);
  }
});

test('an item that does not fit is refused', () => {
  const missing = 'The provided expression refers to an attribute that does not exist in the item';
  const type = 'An operand in the update expression has an incorrect data type';
  const path = 'The document path provided in the update expression is invalid for update';
  const rows: [string, Item | undefined, Item, string][] = [
    ['SET a = b', undefined, {}, missing],
    ['SET a = b + :v', {':v': {N: '1'}}, {}, missing],
    ['SET a = b + :v', {':v': {N: '1'}}, {b: {S: '1'}}, type],
    ['SET a = if_not_exists(a, :s) + :v', {':v': {N: '1'}, ':s': {S: 'x'}}, {}, type],
    ['SET a = list_append(a, :v)', {':v': {L: []}}, {a: {M: {}}}, type],
    ['ADD a :v', {':v': {N: '1'}}, {a: {S: '1'}}, type],
    ['ADD a :v', {':v': {SS: ['1']}}, {a: {NS: ['1']}}, type],
    ['ADD a :v', {':v': {SS: ['1']}}, {a: {L: []}}, type],
    ['DELETE a :v', {':v': {SS: ['1']}}, {a: {N: '1'}}, type],
    ['SET a.b = :v', {':v': {N: '1'}}, {}, path],
    ['SET a.b = :v', {':v': {N: '1'}}, {a: {L: []}}, path],
    ['SET a.b = :v', {':v': {N: '1'}}, {a: {S: 'x'}}, path],
    ['SET a[0] = :v', {':v': {N: '1'}}, {a: {M: {}}}, path],
    ['SET a[0].b = :v', {':v': {N: '1'}}, {a: {L: []}}, path],
    ['REMOVE a.b', undefined, {}, path],
    ['REMOVE a[0]', undefined, {a: {M: {}}}, path],
    ['DELETE a.b :v', {':v': {SS: ['1']}}, {}, path],
    [
      'ADD n :v',
      {':v': {N: '9e125'}},
      {n: {N: `9${'0'.repeat(125)}`}},
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    ],
  ];
  for (const [text, values, item, message] of rows) {
    assert.throws(() => bind(text, values).apply(item, true), {code: 'ValidationException', message}, text);
  }
});

test('where there is no item, removing never fails and makes none', () => {
  assert.deepEqual(bind('REMOVE x.y, w[0].z').apply({k: {S: 'k'}}, false), {k: {S: 'k'}});
  assert.equal(bind('REMOVE x.y').createsItem, false);
  assert.equal(bind('DELETE x :v', {':v': {SS: ['a']}}).createsItem, false);
  assert.equal(bind('REMOVE x ADD y :v', {':v': {N: '1'}}).createsItem, true);
});

test('updated parts are what stands at the paths, in the old item or the new one', () => {
  // scylladb: test_returnvalues.py, run against AWS.
  const before: Item = {k: {S: 'k'}, a: {M: {b: {S: 'dog'}, c: list(1, 2, 3)}}, d: {S: 'cat'}};
  const rows: [string, Item | undefined, Item, Item][] = [
    [
      'SET a.c[1] = :v, a.b = :v',
      {':v': {N: '8'}},
      {a: {M: {c: list(2), b: {S: 'dog'}}}},
      {a: {M: {c: list(8), b: {N: '8'}}}},
    ],
    ['REMOVE a.c[1], a.c[3]', undefined, {a: {M: {c: list(2)}}}, {a: {M: {c: list(3)}}}],
    ['SET a.x = :v', {':v': {N: '8'}}, {}, {a: {M: {x: {N: '8'}}}}],
    ['SET a.c[100] = :v', {':v': {N: '8'}}, {}, {}],
    ['REMOVE d', undefined, {d: {S: 'cat'}}, {}],
    ['SET d = :v REMOVE a', {':v': {N: '8'}}, {d: {S: 'cat'}, a: before.a!}, {d: {N: '8'}}],
  ];
  for (const [text, values, old, updated] of rows) {
    const update = bind(text, values);
    assert.deepEqual(update.updatedParts(before), old, text);
    assert.deepEqual(update.updatedParts(update.apply(before, true)), updated, text);
  }
});

test('a statement is charged for its clauses, not for the item', () => {
  // paritysuite: limits/itemSizeBySurface.
  const ten = {S: 'y'.repeat(10)};
  const base = 3;
  const rows: [string, Item | undefined, number][] = [
    ['SET b = :v', {':v': ten}, 19 + 1 + 10],
    ['SET b = :v, c = :v', {':v': ten}, 2 * (19 + 1 + 10)],
    ['SET d[0] = :v', {':v': ten}, 19 + 1 + 5 + 10],
    ['SET d = :v', {':v': {L: [ten]}}, 19 + 1 + 3 + 1 + 10],
    ['SET c = abcdefghij', undefined, 19 + 1 + 1 + 14 + 10],
    ['SET c = m.a.z', undefined, 19 + 1 + 1 + 3 * 15],
    ['SET c = l[10]', undefined, 19 + 1 + 1 + 15 + 16],
    ['SET l = list_append(l, :v)', {':v': {L: [ten]}}, 19 + 1 + 37 + 16 + 14],
    ['SET c = if_not_exists(c, :v)', {':v': ten}, 19 + 1 + 39 + 16 + 10],
    ['SET n = n + :v', {':v': {N: '1'}}, 19 + 1 + 34 + 16 + 2],
    ['SET n = n - :v', {':v': {N: '1'}}, 19 + 1 + 37 + 16 + 2],
    ['ADD abcdefghij :v', {':v': {N: '1'}}, 19 + 10 + 2],
    ['REMOVE abcdefghij', undefined, 1 + 10],
    ['REMOVE m.yyyyyyyyyy, l[10]', undefined, 1 + 1 + 14 + 1 + 1 + 6],
    ['DELETE ss :v', {':v': {SS: ['q'.repeat(20)]}}, 1 + 2],
  ];
  for (const [text, values, charge] of rows) assert.equal(bind(text, values).charge(), base + charge, text);
});

test('names that objects inherit are ordinary, and the tops of paths are told', () => {
  const update = bind('SET #p = :v, m.#p = :v REMOVE #c', {':v': {N: '1'}}, {'#p': '__proto__', '#c': 'constructor'});
  const after = update.apply({m: {M: {}}, constructor: {N: '2'}} as Item, true);
  assert.equal(JSON.stringify(after), '{"m":{"M":{"__proto__":{"N":"1"}}},"__proto__":{"N":"1"}}');
  assert.equal(JSON.stringify(update.updatedParts(after)), '{"__proto__":{"N":"1"},"m":{"M":{"__proto__":{"N":"1"}}}}');
  assert.deepEqual([...update.topLevelAttributes], ['__proto__', 'm', 'constructor']);
});
