import type {Socket} from 'node:net';
import type {WireAnswer} from '../api/wire.ts';
import {type AnswerBytes, answerBytes} from './answer-bytes.ts';
import type {AnswerHeads} from './answer-head.ts';
import {AnswerQueue, type Slot} from './answer-queue.ts';
import {ComingBody} from './coming-body.ts';
import type {Handler} from './content-coding.ts';
import {LaneRequest} from './lane-request.ts';
import type {HttpLimits} from './limits.ts';
import {type Head, parseHead} from './parse-head.ts';
import {failureAnswer, overloadAnswer} from './plain-answers.ts';
import type {Holder, Traffic} from './traffic.ts';

/** What all connections of one front door share. */
export interface Lane {
  handler: Handler;
  heads: AnswerHeads;
  limits: HttpLimits;
  traffic: Traffic;
  connections: Set<LaneConnection>;
  /** Milliseconds, as of the last sweep: precise enough for timeouts and free to read. */
  nowMs: number;
  closing: boolean;
  /** Serves the paused connection from here on: what was read and not understood can be read from it once more. */
  handOver(socket: Socket): void;
  onFault(error: unknown): void;
}

const lineFeed = 10;
/** Less is not worth counting: as much as a socket takes before it says that it is full. */
const owedBytesMin = 16 * 1024;

/** One client of the fast lane: bytes in, answers out in the order of the requests, never more of either than allowed. */
export class LaneConnection {
  readonly #lane: Lane;
  readonly #socket: Socket;
  /** The start of a head. */
  #unparsed: Buffer | undefined;
  /** A head whose body is still coming, and what came of it. */
  #head: Head | undefined;
  #body: ComingBody | undefined;
  readonly #answers = new AnswerQueue();
  readonly #held: Holder = {bodyBytes: 0, answerBytes: 0, sinceMs: 0, cut: () => this.#cut()};
  #parsing = false;
  #flushPlanned = false;
  /** The socket holds more of our bytes than it wants. */
  #choked = false;
  #paused = false;
  /** To Node's lane, as soon as our answers are out. */
  #leaving = false;
  #ended = false;
  #gone = false;
  /** When the request that is being read began (−1 between requests), and when anything last moved. */
  #requestSinceMs = -1;
  #movedMs: number;

  constructor(lane: Lane, socket: Socket) {
    this.#lane = lane;
    this.#socket = socket;
    this.#movedMs = lane.nowMs;
    lane.connections.add(this);
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onEnd);
    socket.on('error', ignore);
    socket.on('close', this.#onClose);
  }

  #onData = (chunk: Buffer): void => {
    this.#movedMs = this.#lane.nowMs;
    let rest = chunk;
    if (this.#head) {
      rest = this.#gather(chunk);
      if (this.#head) return;
    }
    if (this.#unparsed) {
      rest = Buffer.concat([this.#unparsed, rest]);
      // A head that grows byte by byte is parsed again only when a line has ended.
      if (rest.length < this.#lane.limits.headBytesMax && !chunk.includes(lineFeed)) {
        this.#unparsed = rest;
        return;
      }
      this.#unparsed = undefined;
    }
    this.#parse(rest);
  };

  #parse(bytes: Buffer): void {
    const {limits} = this.#lane;
    this.#parsing = true;
    let at = 0;
    while (at < bytes.length) {
      if (!this.#canParse()) {
        this.#putBack(bytes.subarray(at));
        break;
      }
      const head = parseHead(bytes, at, limits.headBytesMax, limits.bodyBytesMax);
      if (head === 'incomplete') {
        this.#noteStart();
        this.#unparsed = bytes.subarray(at);
        break;
      }
      if (head === 'doubt') {
        this.#leaving = true;
        this.#socket.off('data', this.#onData);
        this.#putBack(bytes.subarray(at));
        break;
      }
      at += head.headBytes;
      const bodyEnd = at + head.bodyBytes;
      if (bodyEnd > bytes.length) {
        this.#noteStart();
        this.#head = head;
        this.#body = new ComingBody(this.#lane.traffic, this.#held, head.bodyBytes);
        this.#gather(bytes.subarray(at));
        break;
      }
      const body = bytes.subarray(at, bodyEnd);
      at = bodyEnd;
      this.#serve(head, body);
    }
    this.#parsing = false;
    this.#flush();
  }

  /** Into the socket's own buffer, from where it is read again: in order, and before the end of the connection is told. */
  #putBack(bytes: Buffer): void {
    this.#paused = true;
    this.#socket.pause();
    this.#socket.unshift(bytes);
  }

  /** Takes body bytes; serves the request when they are all there. Returns what lies behind them. */
  #gather(chunk: Buffer): Buffer {
    const head = this.#head!;
    const body = this.#body!;
    const taken = body.take(chunk);
    if (!body.isWhole) return empty;
    this.#head = undefined;
    this.#body = undefined;
    const bytes = body.finish();
    if (bytes) this.#serve(head, bytes);
    else this.#refuse();
    if (!this.#parsing && taken === chunk.length) this.#flush();
    return taken === chunk.length ? empty : chunk.subarray(taken);
  }

  #noteStart(): void {
    if (this.#requestSinceMs < 0) this.#requestSinceMs = this.#lane.nowMs;
  }

  #serve(head: Head, body: Buffer): void {
    const {traffic, limits} = this.#lane;
    if (traffic.requests >= limits.requestsMax) {
      this.#refuse();
      return;
    }
    this.#requestSinceMs = -1;
    let answer: ReturnType<Handler>;
    try {
      answer = this.#lane.handler(new LaneRequest(head, body));
    } catch (error) {
      this.#lane.onFault(error);
      answer = failureAnswer();
    }
    if (!(answer instanceof Promise)) {
      this.#answers.add(this.#encode(answer));
      return;
    }
    traffic.requests++;
    const slot = this.#answers.reserve();
    answer.then(
      found => this.#fill(slot, found),
      error => {
        this.#lane.onFault(error);
        this.#fill(slot, failureAnswer());
      },
    );
  }

  #refuse(): void {
    this.#requestSinceMs = -1;
    this.#answers.add(this.#encode(overloadAnswer()));
  }

  #encode(answer: WireAnswer): AnswerBytes {
    return answerBytes(answer, this.#lane.heads, this.#lane.closing ? 'close' : 'keep-alive');
  }

  #fill(slot: Slot, answer: WireAnswer): void {
    this.#lane.traffic.requests--;
    if (this.#gone) return;
    if (!this.#answers.fill(slot, this.#encode(answer))) {
      this.#noteOwed();
      return;
    }
    if (this.#flushPlanned) return;
    if (this.#answers.waiting === 1) {
      this.#flush();
      return;
    }
    // Those behind it are likely to be ready in the same turn: one write for all of them.
    this.#flushPlanned = true;
    process.nextTick(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  /** Hands what is ready to the socket in one write, then goes on reading, ends, or hands the connection over. */
  #flush(): void {
    if (this.#gone) return;
    const out = this.#answers.takeReady();
    if (out.length > 0) {
      this.#movedMs = this.#lane.nowMs;
      const socket = this.#socket;
      if (out.length === 1) {
        this.#choked = !socket.write(out[0]!, 'latin1');
      } else {
        socket.cork();
        for (const bytes of out) this.#choked = !socket.write(bytes, 'latin1');
        socket.uncork();
      }
    }
    this.#noteOwed();
    this.#goOn();
  }

  /** What the client has not taken; being told of it, the lane may cut off any connection, this one too. */
  #noteOwed(): void {
    const unsent = this.#answers.bytes + (this.#choked ? this.#socket.writableLength : 0);
    const owed = unsent < owedBytesMin ? 0 : unsent;
    if (owed !== this.#held.answerBytes) this.#lane.traffic.owe(this.#held, owed);
  }

  #goOn(): void {
    if (this.#gone) return;
    if (this.#answers.waiting === 0) {
      if (this.#ended || (this.#lane.closing && !this.#head)) {
        this.#gone = true;
        this.#socket.destroySoon();
        return;
      }
      if (this.#leaving && !this.#choked) {
        this.#leave();
        return;
      }
    }
    const mustPause = !this.#canParse();
    if (mustPause === this.#paused) return;
    this.#paused = mustPause;
    if (mustPause) this.#socket.pause();
    else this.#socket.resume();
  }

  #canParse(): boolean {
    const {limits} = this.#lane;
    return (
      !this.#choked &&
      !this.#leaving &&
      this.#answers.waiting < limits.outstandingMax &&
      this.#answers.bytes < limits.unsentBytesMax
    );
  }

  #leave(): void {
    const socket = this.#socket;
    this.#forget();
    socket.off('drain', this.#onDrain);
    socket.off('end', this.#onEnd);
    socket.off('error', ignore);
    socket.off('close', this.#onClose);
    this.#lane.handOver(socket);
  }

  #forget(): void {
    this.#gone = true;
    this.#lane.connections.delete(this);
    this.#lane.traffic.forget(this.#held);
    this.#answers.clear();
    this.#unparsed = undefined;
    this.#body = undefined;
    this.#head = undefined;
  }

  #onDrain = (): void => {
    this.#choked = false;
    this.#movedMs = this.#lane.nowMs;
    if (this.#gone) return;
    this.#noteOwed();
    this.#goOn();
  };

  #onEnd = (): void => {
    this.#ended = true;
    if (this.#gone) return;
    if (this.#head || this.#unparsed) {
      // Half a request will never be whole: refused as by Node's server, behind the answers to those before it.
      this.#head = undefined;
      this.#unparsed = undefined;
      this.#body?.finish();
      this.#body = undefined;
      this.#answers.add(badRequest);
      this.#flush();
      return;
    }
    this.#goOn();
  };

  #onClose = (): void => this.#forget();

  /** Called about once a second: closes what takes too long. */
  sweep(): void {
    const {nowMs, limits} = this.#lane;
    const unmovedMs = nowMs - this.#movedMs;
    const waitsForUs = this.#answers.waiting > 0;
    if (this.#gone || this.#choked) {
      if (unmovedMs > limits.stalledMs) this.#socket.destroy();
    } else if (waitsForUs) {
      // However long an answer takes, the client is not to blame.
    } else if (this.#head) {
      if (nowMs - this.#requestSinceMs > limits.requestMs) this.#refuseSlow();
    } else if (this.#unparsed) {
      if (nowMs - this.#requestSinceMs > limits.headMs) this.#refuseSlow();
    } else if (unmovedMs > limits.idleMs) {
      this.#socket.destroy();
    }
  }

  /** There is no room, and this one has held bytes for long. */
  #cut(): void {
    if (this.#body && !this.#choked) {
      this.#refuseSlow();
      return;
    }
    this.#gone = true;
    this.#socket.destroy();
  }

  #refuseSlow(): void {
    this.#gone = true;
    this.#body?.finish();
    this.#body = undefined;
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.resume();
    socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', () => socket.destroy());
  }

  /** No further requests: ends now, or once the answers that are under way are written. */
  close(): void {
    if (!this.#gone) this.#goOn();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const empty = Buffer.alloc(0);
const badRequest = Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
const ignore = (): void => {};
