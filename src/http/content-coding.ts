import {promisify} from 'node:util';
import * as zlib from 'node:zlib';
import type {WireAnswer, WireRequest} from '../api/wire.ts';
import {type Awaitable, whenReady} from '../base/awaitable.ts';
import {joinBody} from './answer-bytes.ts';
import {chooseEncoding, compressBytesMin} from './choose-encoding.ts';
import {createGate} from './gate.ts';
import {failureAnswer, tooLargeAnswer} from './plain-answers.ts';

export type Handler = (request: WireRequest) => Awaitable<WireAnswer>;

const gzip = promisify(zlib.gzip);
const deflate = promisify(zlib.deflate);
const gunzip: (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer> = promisify(zlib.gunzip);
const inflate: (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer> = promisify(zlib.inflate);

/** As many as zlib has threads: more at once would hold memory and not be done sooner. */
const inflatingMax = 4;
/** While so much of answers is being compressed, others go out as they are. */
const packingBytesMax = 64 * 1024 * 1024;

/**
 * The same handler behind `Content-Encoding` and `Accept-Encoding`. What a body inflates to is bounded like a plain one
 * (DynamoDB lets a gigabyte pass; a server with less memory must not). An encoding that is unknown or broken is answered
 * with 500, as DynamoDB does (source: scylladb test_compressed_request.py, run against DynamoDB).
 */
export function withContentCoding(handler: Handler, bodyBytesMax: number): Handler {
  const inTurn = createGate(inflatingMax);
  let packingBytes = 0;

  const answer = (request: WireRequest) => {
    const accepted = request.header('accept-encoding');
    if (accepted === undefined || accepted === 'identity') return handler(request);
    return whenReady(handler(request), found => compressed(found, accepted));
  };
  function inflated(request: WireRequest, coding: string): Awaitable<WireRequest | WireAnswer> {
    const name = coding.toLowerCase();
    if (name === 'identity') return request;
    const open = name === 'gzip' ? gunzip : name === 'deflate' ? inflate : undefined;
    if (!open || request.body.length === 0) return failureAnswer();
    return inTurn(() => open(request.body, {maxOutputLength: bodyBytesMax})).then(
      body => ({method: request.method, url: request.url, header: name => request.header(name), body}),
      error => (error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLargeAnswer() : failureAnswer()),
    );
  }

  function compressed(found: WireAnswer, accepted: string): Awaitable<WireAnswer> {
    const encoding = chooseEncoding(accepted);
    if (!encoding) return found;
    const body = joinBody(found.body);
    if (body.length < compressBytesMin || packingBytes > packingBytesMax) return {...found, body: [body]};
    packingBytes += body.length;
    return (encoding === 'gzip' ? gzip(body) : deflate(body))
      .finally(() => {
        packingBytes -= body.length;
      })
      .then(packed => ({
        ...found,
        // The CRC is that of the bytes sent: clients check it before they inflate.
        headers: {...found.headers, 'Content-Encoding': encoding},
        body: [packed],
      }));
  }

  return request => {
    const coding = request.header('content-encoding');
    return coding === undefined ? answer(request) : whenReady(inflated(request, coding), then(answer));
  };
}

const then = (answer: Handler) => (request: WireRequest | WireAnswer) =>
  'status' in request ? request : answer(request);
