import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {scanJson} from './scan-json.ts';

const names = (count: number) => Array.from({length: count}, (_, index) => `name-${index}`);
const mapOf = (count: number) => `{${names(count).map(name => `"${name}":{"S":"}{\\"],"}`)}}`;

test('what is not too much stays as it is, whatever is in it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = JSON.stringify(value);
      assert.equal(scanJson(text, 1000), text);
    }),
    fuzzRuns,
  );
  for (const text of ['', '}', ']]]', '"', '"\\', '{"a":', '{,}', 'x,"y"']) assert.equal(scanJson(text, 10), text);
});

test('an object with too many names loses those at its end, and nothing else is touched', () => {
  const text = `{"before":[1,{"x":{}}],"Item":${mapOf(300_000)},"list":["a","b"],"after":{"a":"b"},"Other":${mapOf(300_000)}}`;
  const {before, Item, list, after, Other} = JSON.parse(scanJson(text, 10)!);
  assert.deepEqual({before, list, after}, {before: [1, {x: {}}], list: ['a', 'b'], after: {a: 'b'}});
  for (const map of [Item, Other]) {
    const kept = Object.keys(map);
    assert.deepEqual(kept, names(kept.length));
    const bytes = kept.join('').length;
    assert.ok(bytes > 4 * 409_600 && bytes < 4 * 409_600 + 20, `${bytes} bytes of names`);
    for (const name of kept) assert.deepEqual(map[name], {S: '}{"],'});
  }
});

test('names within what is left out do not end the cut', () => {
  const inner = `{"M":${mapOf(200_000)}}`;
  const text = `{"Item":{${names(200_000).map(name => `"${name}":{"S":""}`)},"deep":${inner},"last":{"S":""}}}`;
  const {Item} = JSON.parse(scanJson(text, 10)!);
  assert.equal(Item.deep, undefined);
  assert.equal(Item.last, undefined);
});

test('strings and lists are no names, however many', () => {
  const text = JSON.stringify({L: Array(100_000).fill('twenty bytes of text'), S: 'x'.repeat(3_000_000)});
  assert.equal(scanJson(text, 10), text);
});

test('one name that is too long by itself stays', () => {
  const text = `{"a":1,"b":{"${'n'.repeat(2_000_000)}":1}}`;
  assert.equal(scanJson(text, 10), text);
});

test('depth is bounded', () => {
  assert.equal(scanJson('[[]]', 2), '[[]]');
  assert.equal(scanJson('[[{}]]', 2), undefined);
});
