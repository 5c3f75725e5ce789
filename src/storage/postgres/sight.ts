import type {Key} from '../store.ts';
import {byteaOf} from './binary-array.ts';
import type {Connection} from './connections.ts';
import type {Group, Seen, Undecided} from './decide-group.ts';
import {type KeyPlaces, lookUp} from './look-up.ts';
import type {Recall} from './recall.ts';
import type {LookUp} from './statements.ts';

/** What a group of commits knows of its keys. */
export interface Sight {
  /** By their names. */
  seen: Map<string, Seen>;
  /** What did not fit into the answer. */
  left: Set<string>;
  /** Some commits of it were spared the reading. */
  isRecalled: boolean;
}

/**
 * Reads the keys of these commits: those of the first that is read at all whatever they take, and of the others what fits.
 * A commit of which everything can be recalled is not read; of others everything is, since their round trip is made anyway.
 */
export async function look(
  connection: Connection,
  statement: LookUp,
  commits: readonly Undecided[],
  recall: Recall | undefined,
  places: KeyPlaces,
): Promise<Sight> {
  const sight: Sight = {seen: new Map(), left: new Set(), isRecalled: false};
  const {seen} = sight;
  const reads = new Map<string, Key>();
  const isUseful = recall?.isUseful(connection.server) === true;
  let mustHave = 0;
  for (const {keys, names} of commits) {
    if (isUseful && names.every(name => seen.has(name) || recallInto(seen, recall!, name))) {
      if (names.length > 0) sight.isRecalled = true;
      continue;
    }
    for (let at = 0; at < keys.length; at++) reads.set(names[at]!, keys[at]!);
    if (mustHave === 0) mustHave = reads.size;
  }
  if (reads.size === 0) return sight;
  const names = [...reads.keys()];
  const found = await lookUp(connection, statement, [...reads.values()], mustHave, places);
  for (const [at, row] of found.rows.entries()) {
    if (row) seen.set(names[at]!, {value: byteaOf(row[1]!), version: Number(row[2]), isRecalled: false});
    else seen.delete(names[at]!);
  }
  for (const at of found.left) sight.left.add(names[at]!);
  return sight;
}

function recallInto(seen: Map<string, Seen>, recall: Recall, name: string): boolean {
  const found = recall.find(name);
  if (found) seen.set(name, found);
  return found !== undefined;
}

/**
 * Keeps what a group that is written left behind on `server` of what it read, and of what it only read what it read just now.
 * What nobody reads before it is written (entries of indexes, records of streams) is not worth the room.
 */
export function keepSight(
  recall: Recall,
  server: string,
  group: Group<Undecided>,
  {seen, isRecalled}: Sight,
  version: number | undefined,
): void {
  for (const name of group.read.keys()) {
    const found = seen.get(name);
    if (!found?.isRecalled && !group.written.has(name)) recall.keepRead(server, name, found?.value, found?.version);
  }
  for (const [name, {value}] of group.written) {
    if (group.read.has(name)) recall.keep(server, name, value, version);
    else recall.forget(name);
  }
  if (isRecalled) recall.wasRight();
}
