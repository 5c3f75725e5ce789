import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import type {TestContext} from 'node:test';
import {isDeepStrictEqual} from 'node:util';

/** What the line does to bytes, of connections that there are and of new ones. */
export interface Weather {
  /** False: nothing comes through in this direction, not even the end of a connection; it does when the line is back. */
  toServer: boolean;
  toClient: boolean;
  latencyMs: number;
  /** In each direction of each connection. */
  bytesPerSecond: number;
}

/** A prepared statement that is run, by its name; or a simple query, by its text. */
type ClientMessage = {runs: string} | {asks: string};

/** A message from a client, at which something befalls its connection. */
export interface Strike {
  message: ClientMessage;
  /** Only where this is among its bytes: a node does more than it is asked. */
  holding?: string;
  /**
   * `before`: the server never gets it; `amid`: it gets the first half; `after`: it gets all and answers, and the answer is
   * lost. `late`: nothing is cut, but the line is down from here on, so that it comes when the line is back.
   */
  when: 'before' | 'amid' | 'after' | 'late';
}

export interface FaultProxy {
  port: number;
  /** For `--store`, as the superuser. */
  url(database?: string): string;
  /** Changes the weather; what isn't named stays. */
  set(weather: Partial<Weather>): void;
  /** As it was at the beginning. What was held back comes through, as packets do that are sent again. */
  heal(): void;
  /** Cuts all connections with a RST in both directions; what was on its way is lost. */
  cut(): void;
  /** Strikes the connection that sends this next. Fulfilled once it has; one at a time. */
  strike(strike: Strike): Promise<void>;
}

const fine: Readonly<Weather> = {
  toServer: true,
  toClient: true,
  latencyMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
};
/** What of a connection waits on the line before its sender has to. */
const queuedBytesMax = 4 << 20;
/** A slow line carries bytes in pieces. */
const pieceBytes = 1_024;

/** A line over TCP to PostgreSQL's Unix socket that can be bad. It ends with the test. */
export async function startFaultProxy(t: TestContext, socketPath: string): Promise<FaultProxy> {
  const weather: Weather = {...fine};
  const lines = new Set<Line>();
  let strike: {at: Strike; done(): void} | undefined;

  const takeStrike = (message: ClientMessage, bytes: Buffer) => {
    if (!strike || !isDeepStrictEqual(strike.at.message, message)) return undefined;
    if (strike.at.holding !== undefined && !bytes.includes(strike.at.holding)) return undefined;
    const taken = strike;
    strike = undefined;
    return taken;
  };
  const proxy = createServer({noDelay: true}, near => {
    const far = connect(socketPath);
    const line = startLine(near, far, weather, takeStrike);
    lines.add(line);
    // Where one end is gone, bytes that are held back may still get to the other.
    const look = () => {
      if (near.destroyed && far.destroyed) lines.delete(line);
    };
    near.on('close', look);
    far.on('close', look);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const {port} = proxy.address() as AddressInfo;
  const cut = () => {
    for (const line of lines) line.cut();
    lines.clear();
  };
  const set = (changes: Partial<Weather>) => {
    Object.assign(weather, changes);
    for (const line of lines) line.pump();
  };
  t.after(() => {
    proxy.close();
    cut();
  });
  return {
    port,
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    set,
    heal: () => set(fine),
    cut,
    strike: at =>
      new Promise(done => {
        strike = {at, done};
      }),
  };
}

interface Line {
  pump(): void;
  cut(): void;
}

function startLine(
  near: Socket,
  far: Socket,
  weather: Weather,
  takeStrike: (message: ClientMessage, bytes: Buffer) => {at: Strike; done(): void} | undefined,
): Line {
  let isCut = false;
  /** Set once the connection is to be cut as soon as the server has answered. */
  let answered: (() => void) | undefined;
  const cut = () => {
    isCut = true;
    near.resetAndDestroy();
    far.destroy();
  };
  const toServer = startFlow(near, far, weather, 'toServer');
  const toClient = startFlow(far, near, weather, 'toClient');

  const messages = splitMessages((message, meaning) => {
    if (isCut) return;
    const struck = meaning && takeStrike(meaning, message);
    if (!struck) {
      toServer.push(message);
      return;
    }
    if (struck.at.when === 'late') {
      Object.assign(weather, {toServer: false, toClient: false});
      toServer.push(message);
      struck.done();
      return;
    }
    if (struck.at.when === 'after') {
      answered = struck.done;
      toServer.push(message);
      return;
    }
    const half = struck.at.when === 'amid' ? message.subarray(0, message.length >> 1) : Buffer.alloc(0);
    isCut = true;
    far.write(half, () => {
      cut();
      struck.done();
    });
  });
  near.on('data', messages);
  far.on('data', chunk => {
    if (isCut) return;
    if (!answered) {
      toClient.push(chunk);
    } else if (chunk.at(-6) === readyForQuery) {
      cut();
      answered();
    }
  });
  return {
    pump() {
      toServer.pump();
      toClient.pump();
    },
    cut,
  };
}

/** ReadyForQuery, the last message of each answer, is six bytes long. */
const readyForQuery = 'Z'.charCodeAt(0);

/** One direction of a connection. */
function startFlow(from: Socket, to: Socket, weather: Weather, direction: 'toServer' | 'toClient') {
  const queue: {piece: Buffer; atMs: number}[] = [];
  let queuedBytes = 0;
  let freeMs = 0;
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    clearTimeout(timer);
    while (weather[direction] && queue.length > 0) {
      const {piece, atMs} = queue[0]!;
      const nowMs = performance.now();
      const dueMs = Math.max(atMs + weather.latencyMs, freeMs);
      if (nowMs < dueMs) {
        timer = setTimeout(pump, dueMs - nowMs);
        return;
      }
      queue.shift();
      queuedBytes -= piece.length;
      freeMs = nowMs + (piece.length / weather.bytesPerSecond) * 1_000;
      if (!to.destroyed) to.write(piece);
      if (queuedBytes < queuedBytesMax) from.resume();
    }
    if (weather[direction] && isEnded) to.end();
  }

  from.on('error', () => {});
  from.on('close', () => {
    isEnded = true;
    pump();
  });
  return {
    pump,
    push(chunk: Buffer): void {
      const step = Number.isFinite(weather.bytesPerSecond) ? pieceBytes : chunk.length;
      for (let at = 0; at < chunk.length; at += step) {
        queue.push({piece: chunk.subarray(at, at + step), atMs: performance.now()});
      }
      queuedBytes += chunk.length;
      if (queuedBytes >= queuedBytesMax) from.pause();
      pump();
    },
  };
}

/**
 * Hands on whole messages of a client, and what each of them runs.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
function splitMessages(found: (message: Buffer, meaning: ClientMessage | undefined) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let isStarted = false;
  return chunk => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      // The first message has no type.
      const head = isStarted ? 1 : 0;
      if (pending.length < head + 4) return;
      const length = head + pending.readUInt32BE(head);
      if (pending.length < length) return;
      const message = pending.subarray(0, length);
      pending = pending.subarray(length);
      found(message, isStarted ? meaningOf(message) : undefined);
      isStarted = true;
    }
  };
}

function meaningOf(message: Buffer): ClientMessage | undefined {
  const textAt = (at: number) => message.toString('utf8', at, message.indexOf(0, at));
  const type = String.fromCharCode(message[0]!);
  if (type === 'Q') return {asks: textAt(5)};
  // Bind: the name of the portal, then that of the statement.
  if (type === 'B') return {runs: statementOf(textAt(message.indexOf(0, 5) + 1))};
  return undefined;
}

/** Commits have two statements; which of them one takes is nothing to look at from here. */
function statementOf(name: string): string {
  return name === 'put-single' ? 'commit' : name;
}
