/**
 * First byte of every key that Stator stores. On disk: append, never renumber, never reuse.
 * `docs/stored-bytes.md` describes what follows each and what the value holds.
 */
export const keySpace = {
  /** region 00 table name → TableRecord. */
  tableByName: 0x02,
  /** (nothing) → the last table id given out, in 4 bytes, big endian. */
  lastTableId: 0x03,
  /** table id, index id → a note that this table (index 0) or index is dropped and has bytes to clear. */
  dropped: 0x04,
  /** table id, index id (0: the table itself) → counters: items, bytes. */
  totals: 0x05,
  /** table id, partition hash → counter: bytes of the item collection, of tables with local indexes. */
  collectionBytes: 0x06,
  /** table id, index id → how far the items of a live table are entered in a new index. */
  backfill: 0x07,
  /** time of expiry, hash of a client's request token → what the token was used for (request-token.ts). */
  requestToken: 0x08,
  /** table id, index id → that the table deletes expired items, and how far its items are entered in that index on time. */
  timeToLive: 0x09,
  /** name of some work → which process does it, and how often it has said so. */
  lease: 0x0a,
  /** (nothing) → that this store is a copy that is not complete, and how far it came (copy-note.ts). */
  copy: 0x0b,
  /** (nothing) → that a copy follows what is written here, or has taken its place (follow-note.ts). */
  follow: 0x0c,
  /** lane, position → what a commit touched, for the copy that follows. */
  feed: 0x0d,
  /** table id, partition hash, sort key → stored item. */
  item: 0x10,
  /** table id, index id, partition hash, index sort key, base key → stored item, as projected. */
  indexEntry: 0x11,
  /** table id, index id, second of expiry, rest of the item's key → (nothing). */
  expiry: 0x12,
  /** region 00 table name 00 time of creation, 0 or 1 → a stream and its shards (0), and when it ended (1). */
  stream: 0x18,
  /** table id, shard number, position in the shard's log → change record. */
  changeRecord: 0x19,
} as const;

export const tableIdBytes = 4;
export const indexIdBytes = 2;
export const partitionHashBytes = 24;
