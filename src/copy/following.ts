import type {Random} from '../base/random.ts';
import {
  decodeFollowNote,
  encodeFollowNote,
  type FollowNote,
  feedRange,
  followNoteKey,
} from '../keyspace/follow-note.ts';
import type {Store} from '../storage/store.ts';
import {CopyError} from './copy-error.ts';

export async function followNoteOf(store: Store): Promise<FollowNote | undefined> {
  const [bytes] = await store.read([followNoteKey()]);
  return bytes && decodeFollowNote(bytes);
}

/**
 * From now on commits on `source` say what they touch, if they did not already for the same target. Answers the id of that.
 * @throws CopyError when another copy follows
 */
export async function startFollowing(source: Store, to: string, random: Random): Promise<string> {
  const fresh: FollowNote = {id: random.uuid(), to, state: 'following'};
  const key = followNoteKey();
  const note = await source.commit([key], ([found]) => {
    if (found) return {result: decodeFollowNote(found), writes: []};
    return {result: fresh, writes: [{kind: 'put', key, value: encodeFollowNote(fresh)}]};
  });
  if (note.to === to) return note.id;
  throw new CopyError(
    note.state === 'moved'
      ? `the source has moved to ${note.to}: copy from there, or give the source back its place with --release`
      : `a copy to ${note.to} follows the source: go on with that one, or end it with --release`,
  );
}

/** Nothing is written to `source` any more once this is fulfilled, except by whoever copies. */
export function fence(source: Store): Promise<void> {
  return setState(source, 'moved');
}

/** It is written to again, and followed. */
export function unfence(source: Store): Promise<void> {
  return setState(source, 'following');
}

async function setState(source: Store, state: FollowNote['state']): Promise<void> {
  const key = followNoteKey();
  await source.commit([key], ([found]) => {
    if (!found) throw new CopyError('somebody ended the copy with --release');
    const value = encodeFollowNote({...decodeFollowNote(found), state});
    return {result: undefined, writes: [{kind: 'put', key, value}]};
  });
}

/** Commits say nothing any more, and are taken again if they were not. */
export async function release(source: Store): Promise<void> {
  await source.commit([], () => ({result: undefined, writes: [{kind: 'delete', key: followNoteKey()}]}));
  while (await source.clear(feedRange));
}
