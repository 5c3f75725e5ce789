import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseBody} from './parse-json.ts';
import {ServiceError} from './service-error.ts';

function refused(body: string | Buffer): boolean {
  try {
    parseBody(Buffer.from(body as string));
    return false;
  } catch (error) {
    assert(error instanceof ServiceError);
    assert.equal(error.code, 'SerializationException');
    assert.equal(error.message, '');
    return true;
  }
}

test('an object is parsed', () => {
  assert.deepEqual(parseBody(Buffer.from('{"a":"é"}')), {a: 'é'});
});

test('anything but one JSON object in UTF-8 is refused', () => {
  for (const body of ['', ' ', 'hi', '{', '{}x', '[]', 'null', '1', '"a"', '{"a":}', '\ufeff{}', "{'a':1}"]) {
    assert.equal(refused(body), true, body);
  }
  assert.equal(refused(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), true);
});

test('sixteen megabytes of brackets are refused without being built', () => {
  const half = 8 * 1024 * 1024;
  assert.equal(refused(`{"a":${'['.repeat(half)}${']'.repeat(half)}}`), true);
  assert.equal(refused('{"a":'.repeat(half / 4)), true);
});

test('brackets in strings and beside one another are no depth', () => {
  const body = {a: '[{'.repeat(200_000), b: Array(100_000).fill([[{}]]), c: '\\"['};
  assert.deepEqual(parseBody(Buffer.from(JSON.stringify(body))), body);
});
