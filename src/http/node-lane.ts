import * as http from 'node:http';
import type {Socket} from 'node:net';
import type {WireAnswer, WireRequest} from '../api/wire.ts';
import {whenReady} from '../base/awaitable.ts';
import {joinBody} from './answer-bytes.ts';
import type {AnswerHeads} from './answer-head.ts';
import type {Handler} from './content-coding.ts';
import {crc32} from './crc32.ts';
import {latin1Slice} from './latin1-slice.ts';
import type {HttpLimits} from './limits.ts';
import {failureAnswer, tooLargeAnswer} from './plain-answers.ts';

/** Read on after a body is too large, so that the client gets round to reading the refusal; past this it is cut off. */
const discardBytesMax = 256 * 1024 * 1024;

export interface NodeLane {
  /** Serves a connection, paused or new. */
  take(socket: Socket): void;
  /** From now on connections end with the answer that is under way, those without one at once. */
  closeGently(): void;
  close(): void;
}

/** The same handler behind Node's own parser: for every request that is not of the fast lane's one shape. */
export function createNodeLane(deps: {
  handler: Handler;
  heads: AnswerHeads;
  limits: HttpLimits;
  onFault(error: unknown): void;
}): NodeLane {
  const {limits} = deps;
  let closing = false;
  const server = http.createServer(
    {
      maxHeaderSize: limits.headBytesMax,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      // Repeated headers are joined below, from the raw ones.
      joinDuplicateHeaders: false,
    },
    (incoming, outgoing) => serve(incoming, outgoing),
  );
  // An expectation that we do not know changes nothing in what we do.
  server.on('checkExpectation', serve);
  // A client that has said all it has to say still gets its answers.
  Object.assign(server, {httpAllowHalfOpen: true});
  // Node starts its watch over slow requests when a server listens; this one only takes connections over.
  server.emit('listening');

  function serve(incoming: http.IncomingMessage, outgoing: http.ServerResponse): void {
    outgoing.sendDate = false;
    const chunks: Buffer[] = [];
    let sum = 0;
    incoming.on('error', () => {});
    outgoing.on('error', () => {});
    incoming.on('data', (chunk: Buffer) => {
      sum += chunk.length;
      if (sum <= limits.bodyBytesMax) chunks.push(chunk);
      else chunks.length = 0;
      if (sum > discardBytesMax) incoming.destroy();
    });
    incoming.on('end', () => {
      if (sum > limits.bodyBytesMax) {
        send(outgoing, tooLargeAnswer());
        return;
      }
      const request: WireRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        header: name => joinedHeader(incoming.rawHeaders, name),
        body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      };
      const fail = (error: unknown) => {
        deps.onFault(error);
        send(outgoing, failureAnswer());
      };
      try {
        const done = whenReady(deps.handler(request), answer => send(outgoing, answer));
        if (done instanceof Promise) done.catch(fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  function send(outgoing: http.ServerResponse, answer: WireAnswer): void {
    if (outgoing.destroyed) return;
    if (closing) outgoing.shouldKeepAlive = false;
    const body = joinBody(answer.body);
    outgoing.statusCode = answer.status;
    outgoing.setHeader('Server', 'Server');
    outgoing.setHeader('Date', deps.heads.date());
    if (answer.contentType !== '') outgoing.setHeader('Content-Type', answer.contentType);
    outgoing.setHeader('Content-Length', body.length);
    for (const name in answer.headers) outgoing.setHeader(name, answer.headers[name]!);
    outgoing.setHeader('x-amzn-RequestId', answer.requestId);
    outgoing.setHeader('x-amz-crc32', crc32(body));
    // As a string it leaves in one piece with the head. A Buffer would leave apart, and Node would put the `100 Continue` of
    // the next pipelined request between the two.
    outgoing.end(latin1Slice(body, 0, body.length), 'latin1');
  }

  return {
    take(socket) {
      server.emit('connection', socket);
      socket.resume();
    },
    closeGently() {
      closing = true;
      server.closeIdleConnections();
    },
    close() {
      server.close(() => {});
      server.closeAllConnections();
    },
  };
}

function joinedHeader(rawHeaders: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1]!;
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}
