import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {JsonReader, withoutSpaces} from './json-reader.ts';

test('a value is walked over to where it ends, however long its strings and whatever they hold', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\\',
      '"',
      '\\"',
      '\n',
      '{',
      '}',
      ',',
      'é',
      '\\\\\\"',
      'x'.repeat(63),
      'x'.repeat(64),
      'y'.repeat(200),
    ),
    fc.string({maxLength: 5}),
  );
  const text = fc.array(piece, {maxLength: 8}).map(pieces => pieces.join(''));
  const value = fc.oneof(
    text,
    fc.integer(),
    fc.constantFrom(true, null),
    fc.dictionary(text, fc.array(text, {maxLength: 3}), {maxKeys: 3}),
  );
  fc.assert(
    fc.property(value, fc.constantFrom(',', '}', ']'), (value, next) => {
      const whole = JSON.stringify(value);
      const bytes = Buffer.from(whole);
      const reader = new JsonReader(Buffer.concat([Buffer.from('['), bytes, Buffer.from(`${next}"rest"`)]), 1);
      assert.equal(reader.skipValue(), true, whole);
      assert.equal(reader.at, 1 + bytes.length, whole);
    }),
    fuzzRuns,
  );
  for (const open of [
    '"',
    '"a',
    '"a\\',
    `"${'a'.repeat(100)}`,
    `"${'a'.repeat(70)}\\"`,
    `"${'a'.repeat(63)}\\`,
    '{"a":1',
    '[',
    '',
  ]) {
    assert.equal(new JsonReader(Buffer.from(open), 0).skipValue(), false, open);
  }
});

test('white space goes between tokens, and nowhere else', () => {
  const json = fc.json({maxDepth: 4});
  fc.assert(
    fc.property(json, fc.constantFrom(0, 1, '\t', ' \r\n'), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), undefined, indent as string);
      assert.equal(withoutSpaces(Buffer.from(`  ${spaced}\n`)).toString(), JSON.stringify(JSON.parse(text)));
    }),
    fuzzRuns,
  );
  for (const text of ['1 2', 'tr ue', '- 1', '[1  2]', '{"a":1 2}']) {
    assert.throws(() => JSON.parse(withoutSpaces(Buffer.from(text)).toString()), SyntaxError, text);
  }
});
