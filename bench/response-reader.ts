/** What became of one request: `body` is there only when the reader was asked to keep it. */
export interface WireResponse {
  readonly status: number;
  readonly bodyBytes: number;
  readonly body?: Buffer;
}

export interface ResponseReader {
  /** Takes the next `length` bytes of the stream; the buffer may be reused afterwards. */
  push(bytes: Buffer, length: number): void;
}

type State = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer';

/**
 * Splits a stream of HTTP/1.1 responses, doing as little as possible for each: the status, the length, and where the
 * next one begins. Content-Length and chunked framing; a response with neither (until close) is taken as empty.
 */
export function createResponseReader(keepBody: boolean, onResponse: (response: WireResponse) => void): ResponseReader {
  let state: State = 'head';
  let line = ''; // of a head or chunk line that is not complete yet
  let status = 0;
  let left = 0; // bytes of the body or chunk still to come
  let bodyBytes = 0;
  let kept: Buffer[] = [];

  function finish() {
    const response = {status, bodyBytes, ...(keepBody && {body: Buffer.concat(kept)})};
    state = 'head';
    bodyBytes = 0;
    kept = [];
    onResponse(response);
  }

  function onHead(head: string) {
    status = Number(head.slice(9, 12));
    if (status === 100) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (length) {
      left = Number(length[1]);
      state = 'body';
      if (left === 0) finish();
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) state = 'chunk-size';
    else finish();
  }

  function onLine(text: string) {
    if (state === 'head') onHead(text);
    else if (state === 'chunk-size') {
      left = Number.parseInt(text, 16);
      state = left === 0 ? 'trailer' : 'chunk';
    } else if (state === 'chunk-end') state = 'chunk-size';
    else if (text === '') finish(); // the empty line after the trailers
  }

  return {
    push(bytes, length) {
      let at = 0;
      while (at < length) {
        if (state === 'body' || state === 'chunk') {
          const take = Math.min(left, length - at);
          if (keepBody) kept.push(Buffer.from(bytes.subarray(at, at + take)));
          at += take;
          left -= take;
          bodyBytes += take;
          if (left === 0) {
            if (state === 'chunk') state = 'chunk-end';
            else finish();
          }
          continue;
        }
        const end = state === 'head' ? '\r\n\r\n' : '\r\n';
        if (line === '') {
          const found = bytes.indexOf(end, at, 'latin1');
          if (found >= 0 && found + end.length <= length) {
            const text = bytes.toString('latin1', at, found);
            at = found + end.length;
            onLine(text);
            continue;
          }
        }
        // The line is cut between two reads: join what is there and look again.
        const before = line.length;
        line += bytes.toString('latin1', at, length);
        const found = line.indexOf(end);
        if (found < 0) return;
        const text = line.slice(0, found);
        at += found + end.length - before;
        line = '';
        onLine(text);
      }
    },
  };
}
