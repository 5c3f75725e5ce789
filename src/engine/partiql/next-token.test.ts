import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {ServiceError} from '../../model/service-error.ts';
import {decodeNextToken, encodeNextToken, fingerprintOf} from './next-token.ts';

const ranges = [
  {start: Buffer.of(1), end: Buffer.of(2)},
  {start: Buffer.of(5), end: Buffer.of(9)},
];
const fingerprint = fingerprintOf('SELECT', [{S: 'a'}]);

test('a token goes on where it was made', () => {
  for (const position of [
    {range: 0, after: Buffer.of(1, 7)},
    {range: 1, after: undefined},
  ]) {
    assert.deepEqual(decodeNextToken(encodeNextToken(fingerprint, position), fingerprint, ranges), position);
  }
});

test('no token leads out of the ranges of its statement', () => {
  const refuses = (token: string, message: string) =>
    assert.throws(() => decodeNextToken(token, fingerprint, ranges), {code: 'ValidationException', message});
  refuses('', 'Invalid NextToken');
  refuses('AAAA', 'Invalid NextToken');
  refuses(encodeNextToken(fingerprint, {range: 2, after: undefined}), 'Invalid NextToken');
  refuses(encodeNextToken(fingerprint, {range: 0, after: Buffer.of(3)}), 'Invalid NextToken');
  refuses(encodeNextToken(fingerprint, {range: 0, after: Buffer.alloc(5000, 1)}), 'Invalid NextToken');
  for (const other of [fingerprintOf('SELECT', [{S: 'b'}]), fingerprintOf('SELECT ', [{S: 'a'}])]) {
    refuses(encodeNextToken(other, {range: 0, after: undefined}), 'NextToken does not match request');
  }
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 60}), fc.boolean(), (bytes, known) => {
      const head = known ? Buffer.concat([Buffer.of(1), fingerprint]) : Buffer.alloc(0);
      try {
        const {range, after} = decodeNextToken(Buffer.concat([head, bytes]).toString('base64'), fingerprint, ranges);
        if (after) assert.ok(ranges[range]!.start.compare(after) <= 0 && after.compare(ranges[range]!.end) < 0);
      } catch (error) {
        assert.ok(error instanceof ServiceError);
      }
    }),
    fuzzRuns,
  );
});
