import {
  decodeFollowNote,
  encodeFeedRecord,
  type FeedRecord,
  type FollowNote,
  feedLog,
  followNoteKey,
} from '../keyspace/follow-note.ts';
import type {Decision, Key, Store, Value, Write} from '../storage/store.ts';
import {StoreUnavailableError} from '../storage/store-unavailable-error.ts';

/**
 * A store that a copy can follow. Each commit also reads a note, which is not there but while a copy follows: then the commit
 * says in a log which keys it touched. Commits are serializable, so what is committed after the note was written is in the
 * log, and what was committed before it is seen by whoever reads the store after that; once the note says that the data has
 * moved, nothing more is written. `lane`, 0 to 255, is this process's own.
 */
export function followableStore(store: Store, lane: number): Store {
  const noteKey = followNoteKey();
  const log = feedLog(lane);

  function commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>) {
    return store.commit([...keys, noteKey], values => {
      const note = values.pop();
      const decision = decide(values);
      if (note === undefined || decision.writes.length === 0) return decision;
      mustNotHaveMoved(decodeFollowNote(note));
      const record = encodeFeedRecord(touchedBy(decision.writes));
      return {...decision, writes: [...decision.writes, {kind: 'append', log, record}]};
    });
  }

  return {
    ...store,
    commit,
    /** What is cleared is told of before, so that nothing is cleared any more once the data has moved, and after. */
    async clear(range) {
      const tell = () =>
        store.commit([noteKey], ([note]) => {
          if (note === undefined) return {result: undefined, writes: []};
          mustNotHaveMoved(decodeFollowNote(note));
          const cleared = {start: base64(range.start), end: base64(range.end)};
          return {result: undefined, writes: [{kind: 'append', log, record: encodeFeedRecord({cleared})}]};
        });
      await tell();
      const more = await store.clear(range);
      await tell();
      return more;
    },
  };
}

function mustNotHaveMoved({state, to}: FollowNote): void {
  // Nothing was written, so whoever asks may ask again: soon it will be the copy that answers.
  if (state === 'moved') throw new StoreUnavailableError(`the data has moved to ${to}`, 'no');
}

function touchedBy(writes: readonly Write[]): FeedRecord {
  const entries: string[] = [];
  const counters: string[] = [];
  const logs: string[] = [];
  for (const write of writes) {
    if (write.kind === 'append') logs.push(base64(write.log));
    else if (write.kind === 'add') counters.push(base64(write.counter));
    else entries.push(base64(write.key));
  }
  return {
    ...(entries.length > 0 && {entries}),
    ...(counters.length > 0 && {counters: [...new Set(counters)]}),
    ...(logs.length > 0 && {logs: [...new Set(logs)]}),
  };
}

const base64 = (bytes: Buffer) => bytes.toString('base64');
