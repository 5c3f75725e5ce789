import type {HttpLimits} from './limits.ts';

/** What one connection holds for its client. */
export interface Holder {
  /** Of a body that is still coming. */
  bodyBytes: number;
  /** Of answers that the client has not taken. */
  answerBytes: number;
  /** Since when it has held bytes without a pause. */
  sinceMs: number;
  /** Ends the connection. What it held is no longer counted by then. */
  cut(): void;
}

/**
 * What all connections of a front door hold together. Each is bounded by itself, but thousands that are full would be more
 * than any machine has: when the sum is, those go first that have held theirs for longest.
 */
export interface Traffic {
  /** Requests whose answers are awaited. */
  requests: number;
  /** Counts more bytes of a body that is coming; false when there is no room for them. */
  claim(holder: Holder, bytes: number): boolean;
  /** No longer counts the body. */
  release(holder: Holder): void;
  /** Counts so many bytes of answers from now on, whatever was counted before, and makes room for them. */
  owe(holder: Holder, bytes: number): void;
  /** The connection is gone. */
  forget(holder: Holder): void;
}

/** `nowMs` may lag behind by a second. */
export function createTraffic(limits: HttpLimits, nowMs: () => number): Traffic {
  const holders = new Set<Holder>();
  let bodyBytes = 0;
  let answerBytes = 0;
  let soughtMs = -1;

  function hold(holder: Holder): void {
    if (holder.bodyBytes === 0 && holder.answerBytes === 0) {
      holders.delete(holder);
    } else if (!holders.has(holder)) {
      holder.sinceMs = nowMs();
      holders.add(holder);
    }
  }

  function forget(holder: Holder): void {
    bodyBytes -= holder.bodyBytes;
    answerBytes -= holder.answerBytes;
    holder.bodyBytes = 0;
    holder.answerBytes = 0;
    holders.delete(holder);
  }

  /** Those of the same second by size: who takes his answers or sends his body as he should holds little, and not for long. */
  function cutOff(candidates: Holder[], goOn: () => boolean): void {
    const sizeOf = (holder: Holder) => holder.bodyBytes + holder.answerBytes;
    candidates.sort((a, b) => a.sinceMs - b.sinceMs || sizeOf(b) - sizeOf(a));
    for (const holder of candidates) {
      if (!goOn()) return;
      forget(holder);
      holder.cut();
    }
  }

  return {
    requests: 0,
    claim(holder, bytes) {
      // Looking in vain once in a second is enough.
      if (bodyBytes + bytes > limits.heldBytesMax && soughtMs !== nowMs()) {
        soughtMs = nowMs();
        const slow = [...holders].filter(
          one => one !== holder && one.bodyBytes > 0 && nowMs() - one.sinceMs >= limits.patienceMs,
        );
        cutOff(slow, () => bodyBytes + bytes > limits.heldBytesMax);
      }
      if (bodyBytes + bytes > limits.heldBytesMax) return false;
      bodyBytes += bytes;
      holder.bodyBytes += bytes;
      hold(holder);
      return true;
    },
    release(holder) {
      if (holder.bodyBytes === 0) return;
      bodyBytes -= holder.bodyBytes;
      holder.bodyBytes = 0;
      hold(holder);
    },
    owe(holder, bytes) {
      if (holder.answerBytes === bytes) return;
      answerBytes += bytes - holder.answerBytes;
      holder.answerBytes = bytes;
      hold(holder);
      if (answerBytes <= limits.heldBytesMax) return;
      // More than is needed, so that the next one need not look again.
      cutOff(
        [...holders].filter(one => one.answerBytes > 0),
        () => answerBytes > limits.heldBytesMax * 0.75,
      );
    },
    forget,
  };
}
