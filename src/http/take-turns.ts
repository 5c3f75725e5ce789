import type {WireAnswer, WireRequest} from '../api/wire.ts';
import type {Handler} from './content-coding.ts';
import type {HttpLimits} from './limits.ts';
import {overloadAnswer} from './plain-answers.ts';

/** A body above this takes turns with others of its kind. */
const largeBytesMin = 64 * 1024;
/** Of large bodies whose requests are under way: what was read out of them takes several times their size. */
const underWayBytesMax = 64 * 1024 * 1024;

interface Waiting {
  request: WireRequest;
  resolve(answer: WireAnswer | Promise<WireAnswer>): void;
  reject(error: unknown): void;
}

/**
 * The same handler, which large requests enter one by one: each takes the process for itself while it is parsed, up to
 * about two seconds for 16 MB of tiny attributes. In between others are read and served. Those that wait hold no more than
 * their bytes, and beyond `heldBytesMax` of them a further one is told 503.
 */
export function takeTurns(handler: Handler, limits: Pick<HttpLimits, 'heldBytesMax'>): Handler {
  const waiting: Waiting[] = [];
  let waitingBytes = 0;
  let underWayBytes = 0;
  let planned = false;

  function plan(): void {
    const first = waiting[0];
    if (planned || !first) return;
    if (underWayBytes > 0 && underWayBytes + first.request.body.length > underWayBytesMax) return;
    planned = true;
    // After what the sockets have brought for others.
    setImmediate(() => {
      planned = false;
      start(waiting.shift()!);
      plan();
    });
  }

  function start({request, resolve, reject}: Waiting): void {
    const bytes = request.body.length;
    waitingBytes -= bytes;
    underWayBytes += bytes;
    const end = () => {
      underWayBytes -= bytes;
      plan();
    };
    try {
      const answer = handler(request);
      if (answer instanceof Promise) answer.then(end, end);
      else end();
      resolve(answer);
    } catch (error) {
      end();
      reject(error);
    }
  }

  return request => {
    const bytes = request.body.length;
    if (bytes < largeBytesMin) return handler(request);
    if (waitingBytes + bytes > limits.heldBytesMax) return overloadAnswer();
    waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      waiting.push({request, resolve, reject});
      plan();
    });
  };
}
