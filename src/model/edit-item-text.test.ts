import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Item} from './attribute-value.ts';
import {editItemText} from './edit-item-text.ts';
import {itemSize} from './item-size.ts';
import {ItemText} from './item-text.ts';

const textOf = (item: Item) => new ItemText(Buffer.from(JSON.stringify(item)), itemSize(item));
const item: Item = {
  pk: {S: 'a'},
  n: {N: '1'},
  é: {S: '}{,"\\'},
  m: {M: {n: {N: '2'}}},
  ss: {SS: ['a', 'b']},
};

function mustBecome(before: Item, after: Item, whole: Item): void {
  const text = textOf(item);
  const edited = editItemText(text, text.find(Object.keys(before))!, before, after);
  assert.equal(edited?.bytes.toString(), JSON.stringify(whole));
  assert.equal(edited?.size, itemSize(whole));
}

test('attributes change where they stand, go, or come behind all others', () => {
  const {n, m, ss} = item as {n: {N: string}; m: {M: Item}; ss: {SS: string[]}};
  mustBecome({}, {}, item);
  mustBecome({n, m}, {n, m}, item);
  mustBecome({n}, {n: {N: '10'}}, {...item, n: {N: '10'}});
  mustBecome({ss, n}, {ss: {SS: ['ü']}, n: {N: '0'}}, {...item, n: {N: '0'}, ss: {SS: ['ü']}});
  mustBecome({m}, {m: {M: {}}, new: {S: 'x'}, ö: {NULL: true}}, {...item, m: {M: {}}, new: {S: 'x'}, ö: {NULL: true}});
  const {n: _, ss: __, ...left} = item;
  mustBecome({n, ss}, {}, left);
  mustBecome({n, m, ss}, {m, z: {BOOL: true}}, {...left, z: {BOOL: true}});
  mustBecome(
    {},
    JSON.parse('{"__proto__":{"S":"p"}}'),
    JSON.parse(`${JSON.stringify(item).slice(0, -1)},"__proto__":{"S":"p"}}`),
  );
});

test('what JavaScript would put elsewhere is not edited, nor is what stands first taken away', () => {
  assert.equal(editItemText(textOf(item), [], {}, {'1': {S: 'first'}}), undefined);
  const text = textOf(item);
  assert.equal(editItemText(text, text.find(['pk'])!, {pk: item.pk!}, {}), undefined);
});

test('names with escapes hide what stands behind them', () => {
  const text = textOf({a: {S: '1'}, 'b"': {S: '2'}, c: {S: '3'}});
  assert.deepEqual(text.pick(['a']), {a: {S: '1'}});
  assert.equal(text.pick(['c']), undefined);
  assert.equal(text.pick(['b"']), undefined);
  assert.equal(text.pick(['a', 'missing']), undefined);
});
