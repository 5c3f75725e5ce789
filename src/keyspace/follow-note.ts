import {keySpace} from './register.ts';

/** That a copy follows what this store takes, or has taken its place. */
export interface FollowNote {
  /** Of this copy alone: what it was not told of, it can't have. */
  id: string;
  /** Names the target. */
  to: string;
  /** `moved`: nothing more is written here. */
  state: 'following' | 'moved';
}

export function followNoteKey(): Buffer {
  return Buffer.of(keySpace.follow);
}

export function encodeFollowNote(note: FollowNote): Buffer {
  return Buffer.from(JSON.stringify(note), 'utf8');
}

export function decodeFollowNote(bytes: Buffer): FollowNote {
  return JSON.parse(bytes.toString('utf8')) as FollowNote;
}

/** What commits touched, for the copy that follows: a log for each of 256 lanes, so that nodes need not wait for each other. */
export function feedLog(lane: number): Buffer {
  return Buffer.of(keySpace.feed, lane);
}

export const feedRange = {start: Buffer.of(keySpace.feed), end: Buffer.of(keySpace.feed + 1)};

/** Keys in base64, each once; ranges of which something was cleared. */
export interface FeedRecord {
  entries?: readonly string[];
  counters?: readonly string[];
  logs?: readonly string[];
  cleared?: {start: string; end: string};
}

export function encodeFeedRecord(record: FeedRecord): Buffer {
  return Buffer.from(JSON.stringify(record), 'utf8');
}

export function decodeFeedRecord(bytes: Buffer): FeedRecord {
  return JSON.parse(bytes.toString('utf8')) as FeedRecord;
}
