import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../base/fuzz-runs.ts';
import {withWholeCharacters} from './whole-characters.ts';

test('what is parsed has whole characters only, and nothing else is touched', () => {
  const part = fc.oneof(
    fc.constantFrom('\ud83d', '\ude00', '\ud800', '\udfff', '\\', '\\u', 'd800', '"', '\n', 'é', '😀', '\u0000'),
    fc.string({maxLength: 3}),
  );
  const escaped = (text: string) =>
    text.replaceAll(/[\ud800-\udfff]/g, half => `\\u${half.charCodeAt(0).toString(16)}`);
  fc.assert(
    fc.property(fc.array(part, {maxLength: 12}), fc.boolean(), (parts, upper) => {
      const text = parts.join('');
      // JSON.stringify escapes the halves; here whole pairs as well, in either case.
      let json = escaped(JSON.stringify({[text]: text}));
      if (upper)
        json = json.replaceAll(
          /(?<!\\)((?:\\\\)*)\\ud([0-9a-f]{3})/g,
          (_, before, rest) => `${before}\\uD${rest.toUpperCase()}`,
        );
      const whole = text.toWellFormed();
      assert.deepEqual(JSON.parse(withWholeCharacters(json)), {[whole]: whole});
    }),
    fuzzRuns,
  );
});
