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
  /** Some of it was not read just now. */
  isRecalled: boolean;
}

/** Reads the first `mustHave` keys and what fits of the others, as far as they can't be recalled. */
export async function look(
  connection: Connection,
  statement: LookUp,
  keys: ReadonlyMap<string, Key>,
  mustHave: number,
  recall: Recall | undefined,
  places: KeyPlaces,
): Promise<Sight> {
  const sight: Sight = {seen: new Map(), left: new Set(), isRecalled: false};
  const isUseful = recall?.isUseful(connection.server);
  const names: string[] = [];
  const unknown: Key[] = [];
  let mustRead = 0;
  let place = 0;
  for (const [name, key] of keys) {
    const recalled = isUseful ? recall!.find(name) : undefined;
    if (recalled) {
      sight.seen.set(name, recalled);
      sight.isRecalled = true;
    } else {
      names.push(name);
      unknown.push(key);
      if (place < mustHave) mustRead++;
    }
    place++;
  }
  if (unknown.length === 0) return sight;
  const found = await lookUp(connection, statement, unknown, mustRead, places);
  for (const [at, row] of found.rows.entries()) {
    if (row) sight.seen.set(names[at]!, {value: byteaOf(row[1]!), version: Number(row[2]), isRecalled: false});
  }
  for (const at of found.left) sight.left.add(names[at]!);
  return sight;
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
    if (!found?.isRecalled && !group.written.has(name)) recall.keep(server, name, found?.value, found?.version);
  }
  for (const [name, {value}] of group.written) {
    if (group.read.has(name)) recall.keep(server, name, value, version);
    else recall.forget(name);
  }
  if (isRecalled) recall.wasRight();
}
