import type {KeyRange} from '../store.ts';
import type {Environment} from './open-environment.ts';
import {area} from './stored-key.ts';

const stepEntries = 1_000;

/** Deletes some of a range within the current write transaction. True while there is more. */
export function clearStep(environment: Environment, range: KeyRange): boolean {
  if (range.start.compare(range.end) >= 0) return false;
  let room = stepEntries;
  for (const part of [area.entry, area.counter, area.logTail]) {
    const bounds = {start: {area: part, key: range.start}, end: {area: part, key: range.end}, limit: room};
    // All keys first: a cursor does not outlive what is deleted under it.
    const doomed = environment.getKeys(bounds);
    for (const key of doomed) {
      // On a full disk a step ends early; what it frees makes room for the next one.
      if (room < stepEntries && !environment.hasRoomToRemove(1)) return true;
      environment.remove({area: part, key});
      room--;
    }
    if (room === 0) return true;
  }
  return false;
}
