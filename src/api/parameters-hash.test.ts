import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {parametersHash} from './parameters-hash.ts';

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
};

test('the order of members does not matter', () =>
  fc.assert(
    fc.property(fc.jsonValue({maxDepth: 4}), value => {
      // Round trips, so that `__proto__` is an ordinary member.
      const sent = JSON.parse(JSON.stringify(value));
      assert.deepEqual(parametersHash(reversed(sent)), parametersHash(sent));
    }),
  ));

test('anything else does', () => {
  const different = [
    '{}',
    '{"a":1}',
    '{"a":2}',
    '{"b":1}',
    '{"a":1,"b":1}',
    '{"a":1,"__proto__":1}',
    '[1,2]',
    '[2,1]',
    '[{"a":1}]',
  ];
  const hashes = different.map(text => parametersHash(JSON.parse(text)).toString('hex'));
  assert.equal(new Set(hashes).size, different.length);
});
