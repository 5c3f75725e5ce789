import type {Key, Value} from '../store.ts';
import {
  bigintArray,
  binaryArray,
  booleanArray,
  halvesArray,
  integerArray,
  keyArrays,
  xidArray,
} from './binary-array.ts';
import {type Group, nameOf, type Seen, type Undecided} from './decide-group.ts';
import {compareIds, lockId} from './lock-id.ts';
import type {KeyPlaces} from './look-up.ts';
import type {Parameter} from './prepared-query.ts';
import type {CommitStatement} from './statements.ts';

export interface KeyLock {
  key: Key;
  shared: boolean;
}

/** The two parameters that say which locks to take: each once, in the order of their numbers, so that nobody waits in a circle. */
export function lockParameters(locks: readonly KeyLock[], seed: number): [Buffer, Buffer] {
  const inOrder = locks.map(({key, shared}) => {
    const {high, low} = lockId(key, seed);
    return {high, low, shared};
  });
  inOrder.sort(compareIds);
  let kept = 0;
  for (const lock of inOrder) {
    const last = inOrder[kept - 1];
    if (last && compareIds(last, lock) === 0) last.shared &&= lock.shared;
    else inOrder[kept++] = lock;
  }
  inOrder.length = kept;
  return [halvesArray(inOrder), booleanArray(inOrder.map(({shared}) => shared))];
}

/** One parameter: the numbers of locks that all are shared. */
export function sharedLocks(keys: readonly Key[], seed: number): Buffer {
  return lockParameters(
    keys.map(key => ({key, shared: true})),
    seed,
  )[0];
}

/** What the group reads and does not write is shared with other readers. */
export function locksOf(group: Group<Undecided>): KeyLock[] {
  const locks: KeyLock[] = [];
  for (const [name, key] of group.read) if (!group.written.has(name)) locks.push({key, shared: true});
  for (const {key} of group.written.values()) locks.push({key, shared: false});
  return locks;
}

/** The parameters of the function `commit` in functions.ts, in its order, or of that in citus/commit-function.ts. */
export function commitParameters(
  {spread}: CommitStatement,
  group: Group<Undecided>,
  seen: ReadonlyMap<string, Seen>,
  slot: number,
  {partitionBytesOf, lockSeed}: KeyPlaces,
): Parameter[] {
  const putKeys: Key[] = [];
  const putValues: Value[] = [];
  const deletes: Key[] = [];
  for (const {key, value} of group.written.values()) {
    if (value) {
      putKeys.push(key);
      putValues.push(value);
    } else deletes.push(key);
  }
  // Rows of logs and counters are locked by writing them, so they too come in one order.
  const logs = byName(group.appended);
  const counters = byName(group.added);
  const versions = [...group.read.keys()].map(name => seen.get(name)?.version);
  return [
    ...lockParameters(locksOf(group), lockSeed),
    ...keyArrays([...group.read.values()], partitionBytesOf),
    xidArray(versions),
    ...keyArrays(putKeys, partitionBytesOf),
    binaryArray('bytea', putValues),
    ...keyArrays(deletes, partitionBytesOf),
    ...keyArrays(
      logs.map(({log}) => log),
      partitionBytesOf,
    ),
    integerArray(logs.map(({log}) => partitionBytesOf(log[0]!))),
    integerArray(logs.map(({records}) => records.length)),
    binaryArray(
      'bytea',
      logs.flatMap(({records}) => records),
    ),
    ...keyArrays(
      counters.map(({counter}) => counter),
      partitionBytesOf,
    ),
    integerArray(counters.map(({amounts}) => amounts.length)),
    bigintArray(counters.flatMap(({amounts}) => amounts)),
    slot,
    ...(spread ? [placesOfRead(group, putKeys), placesOfRead(group, deletes)] : []),
  ];
}

/** For each key its place, from 1, in what the group read; null for one that it didn't. */
function placesOfRead({read}: Group<Undecided>, keys: readonly Key[]): Buffer {
  const places = new Map([...read.keys()].map((name, at) => [name, at + 1]));
  return integerArray(keys.map(key => places.get(nameOf(key))));
}

function byName<V>(map: ReadonlyMap<string, V>): V[] {
  if (map.size < 2) return [...map.values()];
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
