/** What one front door takes before it says no. Times are milliseconds. */
export interface HttpLimits {
  headBytesMax: number;
  /** DynamoDB refuses more with 413, before and (ours alone) after inflating. */
  bodyBytesMax: number;
  /** A connection beyond this many is closed at once. */
  connectionsMax: number;
  /** Pipelined requests of one connection whose answers are still to come. */
  outstandingMax: number;
  /** Answer bytes of one connection that wait for a slow reader before we stop reading from it. */
  unsentBytesMax: number;
  headMs: number;
  requestMs: number;
  /** Between requests. Longer than the idle time of SDK connection pools, so that the client is the one who closes. */
  idleMs: number;
  /** No progress in taking our answer. */
  stalledMs: number;
  /** How long `close` waits for what is under way. */
  closeMs: number;
}

export const defaultLimits: HttpLimits = {
  headBytesMax: 16 * 1024,
  bodyBytesMax: 16 * 1024 * 1024,
  connectionsMax: 20_000,
  outstandingMax: 64,
  unsentBytesMax: 1024 * 1024,
  headMs: 30_000,
  requestMs: 120_000,
  idleMs: 180_000,
  stalledMs: 120_000,
  closeMs: 10_000,
};
