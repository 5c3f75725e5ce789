import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createResponseReader} from './response-reader.ts';

const stream = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
    'HTTP/1.1 400 Bad Request\r\nx-a: content-length: 9\r\ncontent-length:0\r\n\r\n' +
    'HTTP/1.1 100 Continue\r\n\r\n' +
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n' +
    'HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\n\r\n',
);
const expected = [
  [200, 5, 'hello'],
  [400, 0, ''],
  [200, 13, 'abc0123456789'],
  [500, 2, '\r\n'],
];

test('responses come out the same however the stream is cut', () => {
  for (let size = 1; size <= stream.length; size++) {
    const found: unknown[] = [];
    const reader = createResponseReader(true, ({status, bodyBytes, body}) =>
      found.push([status, bodyBytes, String(body)]),
    );
    const reused = Buffer.alloc(size);
    for (let at = 0; at < stream.length; at += size) {
      const length = stream.copy(reused, 0, at, Math.min(at + size, stream.length));
      reader.push(reused, length);
    }
    assert.deepEqual(found, expected, `in pieces of ${size}`);
  }
});

test('a buffer that is longer than what was read into it is not read further', () => {
  const found: number[] = [];
  const reader = createResponseReader(false, ({bodyBytes}) => found.push(bodyBytes));
  const head = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx');
  reader.push(Buffer.concat([head, head]), head.length - 3);
  assert.deepEqual(found, []);
});
