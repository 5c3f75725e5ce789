import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {containsText} from './contains-text.ts';
import {contains} from './evaluate-condition.ts';

test('finds what String.includes finds', () => {
  // Few letters and repeated words, so that parts of what is looked for occur often.
  const word = fc.stringMatching(/^[ab]{1,4}$/);
  const repeated = fc.tuple(word, fc.nat(150)).map(([text, times]) => text.repeat(times));
  const text = fc.array(repeated, {maxLength: 6}).map(parts => parts.join(''));
  fc.assert(
    fc.property(text, text, fc.nat(), fc.nat(), (around, other, from, length) => {
      const start = from % (around.length + 1);
      const inside = around.slice(start, start + (length % (around.length + 1)));
      assert.equal(containsText(around, inside), true);
      assert.equal(containsText(around, other), around.includes(other));
    }),
    fuzzRuns,
  );
});

test('contains takes no longer for parts that nearly occur everywhere', () => {
  const before = process.cpuUsage();
  const half = 'a'.repeat(100_000);
  const [text, part] = [half.repeat(4), `${half}b${half}`];
  assert.equal(contains({S: text}, {S: part}), false);
  const base64 = (characters: string) => Buffer.from(characters).toString('base64');
  assert.equal(contains({B: base64(text)}, {B: base64(part)}), false);
  assert.equal(contains({B: base64(text + part)}, {B: base64(part)}), true);
  const {user, system} = process.cpuUsage(before);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
});
