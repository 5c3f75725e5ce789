import assert from 'node:assert/strict';
import {test} from 'node:test';
import {decideGroup, nameOf} from './decide-group.ts';
import {singlePutOf} from './single-put.ts';

test('what the server finds changed is told by its place among what was read', () => {
  const keys = ['own', 'one', 'two'].map(text => Buffer.from(text));
  for (const [order, places] of [
    [
      [0, 1, 2],
      [2, 3, 1],
    ],
    [
      [1, 0, 2],
      [1, 3, 2],
    ],
    [
      [1, 2, 0],
      [1, 2, 3],
    ],
    [[0], [1]],
  ] as const) {
    const read = order.map(at => keys[at]!);
    const decide = () => ({result: 0, writes: [{kind: 'put' as const, key: keys[0]!, value: Buffer.from('value')}]});
    const group = decideGroup([{keys: read, names: read.map(nameOf), decide}], new Map(), () => false);
    assert.deepEqual(singlePutOf(group, new Map(), 0, {partitionBytesOf: () => 1, lockSeed: 0})?.places, places);
  }
});
