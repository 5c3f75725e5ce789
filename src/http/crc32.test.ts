import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {crc32, crc32ByTable} from './crc32.ts';

test('gives the CRCs that DynamoDB sent', () => {
  for (const compute of [crc32, crc32ByTable]) {
    assert.equal(compute('{}'), 2745614147);
    assert.equal(compute(Buffer.from('<UnknownOperationException/>\n')), 3552371480);
    assert.equal(compute('healthy: dynamodb.us-east-1.amazonaws.com '), 3128867991);
    assert.equal(compute(''), 0);
  }
});

test('the table and zlib agree', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.string({unit: 'binary'})), data => {
      const input = typeof data === 'string' ? data : Buffer.from(data);
      assert.equal(crc32(input), crc32ByTable(input));
    }),
  );
});
