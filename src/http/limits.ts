/** What one front door takes before it says no. Times are milliseconds. */
export interface HttpLimits {
  headBytesMax: number;
  /** DynamoDB refuses more with 413, before and (ours alone) after inflating. */
  bodyBytesMax: number;
  /** A request on a connection beyond this many is told 503; fewer when the process may not open so many files. */
  connectionsMax: number;
  /** Requests under way in all connections; more are told 503. */
  requestsMax: number;
  /**
   * Bytes that all connections together may hold of bodies that are still coming, again of whole bodies that wait for their
   * turn, and again of answers that their clients have not taken.
   */
  heldBytesMax: number;
  /** Who has held bytes for so long is the first to be cut off when there is no room. */
  patienceMs: number;
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
  connectionsMax: 10_000,
  requestsMax: 8_192,
  heldBytesMax: 256 * 1024 * 1024,
  patienceMs: 5_000,
  outstandingMax: 64,
  unsentBytesMax: 1024 * 1024,
  headMs: 30_000,
  requestMs: 120_000,
  idleMs: 180_000,
  stalledMs: 120_000,
  closeMs: 10_000,
};
