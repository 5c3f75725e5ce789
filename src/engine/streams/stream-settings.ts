/** How streams are kept. The defaults are what AWS does, as far as it tells. */
export interface StreamSettings {
  /** A new stream has this many shards at least: a power of two up to 64. */
  shardsMin: number;
  /** After this long an open shard is closed and others go on in its place. */
  rollMs: number;
  /** Records are kept this long, and a stream that has ended too. */
  retentionMs: number;
  /** How long a shard iterator can be used. */
  iteratorMs: number;
}

const hourMs = 3_600_000;

export const defaultStreamSettings: StreamSettings = {
  shardsMin: 1,
  rollMs: 4 * hourMs,
  retentionMs: 24 * hourMs,
  iteratorMs: hourMs / 4,
};
