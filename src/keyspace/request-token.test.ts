import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {decodeTokenRecord, encodeTokenRecord, expiredTokens, tokenKeys, tokenLifeMs} from './request-token.ts';

const time = fc.integer({min: 1_600_000_000_000, max: 4_000_000_000_000});

test('a token is found for as long as it counts, also by clocks that differ a little', () =>
  fc.assert(
    fc.property(time, fc.integer({min: -60_000, max: tokenLifeMs}), fc.string(), (firstMs, laterMs, token) => {
      const {toWrite} = tokenKeys(token, firstMs);
      assert.ok(tokenKeys(token, firstMs + laterMs).toRead.some(key => key.equals(toWrite)));
    }),
  ));

test('only expired tokens are cleared, and all of them at last', () =>
  fc.assert(
    fc.property(time, fc.integer({min: 0, max: 4 * tokenLifeMs}), fc.string(), (firstMs, laterMs, token) => {
      const {toWrite} = tokenKeys(token, firstMs);
      const {start, end} = expiredTokens(firstMs + laterMs);
      const cleared = start.compare(toWrite) <= 0 && end.compare(toWrite) > 0;
      if (laterMs <= tokenLifeMs) assert.ok(!cleared);
      if (laterMs >= 3 * tokenLifeMs) assert.ok(cleared);
    }),
  ));

test('tokens differ', () => {
  assert.notDeepEqual(tokenKeys('a', 0).toWrite, tokenKeys('b', 0).toWrite);
});

test('records come back', () =>
  fc.assert(
    fc.property(
      time,
      fc.uint8Array({minLength: 32, maxLength: 32}),
      fc.array(fc.nat(100), {maxLength: 100}),
      (expiresMs, bytes, readUnits) => {
        const record = {expiresMs, parameters: Buffer.from(bytes), readUnits};
        assert.deepEqual(decodeTokenRecord(encodeTokenRecord(record)), record);
      },
    ),
  ));
