import * as http from 'node:http';
import type {Socket} from 'node:net';
import type {WireAnswer, WireRequest} from '../api/wire.ts';
import {joinBody} from './answer-bytes.ts';
import type {AnswerHeads} from './answer-head.ts';
import type {Handler} from './content-coding.ts';
import {crc32} from './crc32.ts';
import {latin1Slice} from './latin1-slice.ts';
import type {HttpLimits} from './limits.ts';
import {failureAnswer, overloadAnswer, tooLargeAnswer} from './plain-answers.ts';
import type {Holder, Traffic} from './traffic.ts';

/** Read on after a body is too large, so that the client gets round to reading the refusal; past this it is cut off. */
const discardBytesMax = 256 * 1024 * 1024;

/** As much as the largest answer. */
const owedBytesMax = 16 * 1024 * 1024;

/** How often Node looks for requests that take too long to come. */
const lookMs = 1_000;

/** What Node keeps no count of: what one connection holds, and how many of its answers are awaited. */
interface Connection {
  held: Holder;
  outstanding: number;
}

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
  traffic: Traffic;
  onFault(error: unknown): void;
}): NodeLane {
  const {limits, traffic} = deps;
  const connections = new WeakMap<Socket, Connection>();
  let closing = false;
  const server = http.createServer(
    {
      maxHeaderSize: limits.headBytesMax,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: lookMs,
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
    const connection = connections.get(incoming.socket)!;
    const {held} = connection;
    const chunks: Buffer[] = [];
    let sum = 0;
    let hasRoom = true;
    incoming.on('error', () => {});
    outgoing.on('error', () => {});
    let owed = 0;
    const reply = (answer: WireAnswer) => {
      owed = send(outgoing, answer);
      traffic.owe(held, held.answerBytes + owed);
    };
    outgoing.on('close', () => {
      // Nothing is left to count of a connection that is gone.
      traffic.owe(held, Math.max(0, held.answerBytes - owed));
    });
    incoming.on('data', (chunk: Buffer) => {
      sum += chunk.length;
      if (sum > discardBytesMax) incoming.destroy();
      if (hasRoom && sum <= limits.bodyBytesMax) {
        chunks.push(chunk);
        hasRoom = traffic.claim(held, chunk.length);
        if (hasRoom) return;
      }
      chunks.length = 0;
      traffic.release(held);
    });
    incoming.on('close', () => {
      if (!incoming.complete) traffic.release(held);
    });
    incoming.on('end', () => {
      traffic.release(held);
      // Requests that were read before their connection was cut off.
      if (outgoing.destroyed || incoming.socket.destroyed) return;
      if (hasRoom && sum > limits.bodyBytesMax) {
        reply(tooLargeAnswer());
        return;
      }
      // Node reads on however many answers are to come, and however large those are that wait: who asks for more is refused,
      // where the fast lane stops reading for a while.
      const isTooMany = connection.outstanding >= 2 * limits.outstandingMax || held.answerBytes >= owedBytesMax;
      if (isTooMany) outgoing.shouldKeepAlive = false;
      if (isTooMany || !hasRoom || traffic.requests >= limits.requestsMax) {
        reply(overloadAnswer());
        return;
      }
      const request: WireRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        header: name => joinedHeader(incoming.rawHeaders, name),
        body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      };
      chunks.length = 0;
      handle(request, connection, reply);
    });
  }

  function handle(request: WireRequest, connection: Connection, reply: (answer: WireAnswer) => void): void {
    const fail = (error: unknown) => {
      deps.onFault(error);
      reply(failureAnswer());
    };
    try {
      const answer = deps.handler(request);
      if (!(answer instanceof Promise)) {
        reply(answer);
        return;
      }
      traffic.requests++;
      connection.outstanding++;
      answer
        .finally(() => {
          traffic.requests--;
          connection.outstanding--;
        })
        .then(reply)
        .catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  /** Answers the bytes of the body that are on their way. */
  function send(outgoing: http.ServerResponse, answer: WireAnswer): number {
    if (outgoing.destroyed) return 0;
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
    return body.length;
  }

  return {
    take(socket) {
      const held: Holder = {bodyBytes: 0, answerBytes: 0, sinceMs: 0, cut: () => socket.destroy()};
      connections.set(socket, {held, outstanding: 0});
      socket.on('close', () => traffic.forget(held));
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
