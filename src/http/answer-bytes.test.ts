import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../base/clock.ts';
import {answerBytes} from './answer-bytes.ts';
import {createAnswerHeads} from './answer-head.ts';
import {crc32} from './crc32.ts';
import {parseReplies} from './exchange-bytes.ts';

test('text and stored bytes of every kind and size arrive as they are, with their length and CRC', () => {
  const heads = createAnswerHeads(new ManualClock());
  const text = fc.oneof(fc.string(), fc.string({unit: 'grapheme'}), fc.constantFrom('é', '\u0100', '€', '😎', ''));
  const part = fc.oneof(
    text,
    text.map(value => Buffer.from(value)),
    fc.nat(9_000).map(size => Buffer.alloc(size, 'x')),
    fc.uint8Array().map(value => Buffer.from(value)),
  );
  fc.assert(
    fc.property(fc.array(part, {maxLength: 4}), body => {
      const answer = {status: 200, contentType: 'application/json', requestId: 'R', body};
      const bytes = answerBytes(answer, heads, 'keep-alive');
      const sent = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      const [reply] = parseReplies(sent);
      const expected = Buffer.concat(body.map(piece => Buffer.from(piece as string)));
      assert.deepEqual(reply!.body, expected);
      assert.equal(reply!.headers['x-amz-crc32'], String(crc32(expected)));
    }),
  );
});
