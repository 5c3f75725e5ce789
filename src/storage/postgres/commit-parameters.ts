import type {Key, Value} from '../store.ts';
import {bigintBytes, binaryArray, booleanBytes, integerBytes, xidBytes} from './binary-array.ts';
import {type Group, nameOf, type Seen, type Undecided} from './decide-group.ts';
import {lockId} from './lock-id.ts';
import type {KeyPlaces} from './look-up.ts';
import {type PartitionBytesOf, splitKey} from './split-key.ts';
import type {CommitStatement} from './statements.ts';

export interface KeyLock {
  key: Key;
  shared: boolean;
}

/** The two parameters that say which locks to take: each once, in the order of their numbers, so that nobody waits in a circle. */
export function lockParameters(locks: Iterable<KeyLock>, seed: number): Buffer[] {
  const shares = new Map<bigint, boolean>();
  for (const {key, shared} of locks) {
    const id = lockId(key, seed);
    shares.set(id, shared && shares.get(id) !== false);
  }
  const ids = inOrder(shares.keys());
  return [
    binaryArray('bigint', ids.map(bigintBytes)),
    binaryArray(
      'boolean',
      ids.map(id => (shares.get(id) ? booleanBytes.true : booleanBytes.false)),
    ),
  ];
}

/** One parameter: the numbers of locks that all are shared. */
export function sharedLocks(keys: readonly Key[], seed: number): Buffer {
  const ids = inOrder(new Set(keys.map(key => lockId(key, seed))));
  return binaryArray('bigint', ids.map(bigintBytes));
}

function inOrder(ids: Iterable<bigint>): bigint[] {
  return [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Two parameters: partitions and sorts. */
export function keyParameters(keys: readonly Key[], partitionBytesOf: PartitionBytesOf): Buffer[] {
  const split = keys.map(key => splitKey(key, partitionBytesOf));
  return [
    binaryArray(
      'bytea',
      split.map(({partition}) => partition),
    ),
    binaryArray(
      'bytea',
      split.map(({sort}) => sort),
    ),
  ];
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
): (Buffer | number)[] {
  const puts: {key: Key; value: Value}[] = [];
  const deletes: Key[] = [];
  for (const {key, value} of group.written.values()) {
    if (value) puts.push({key, value});
    else deletes.push(key);
  }
  // Rows of logs and counters are locked by writing them, so they too come in one order.
  const logs = byName(group.appended);
  const counters = byName(group.added);
  const versions = [...group.read.keys()].map(name => {
    const found = seen.get(name);
    return found ? xidBytes(found.version) : null;
  });
  return [
    ...lockParameters(locksOf(group), lockSeed),
    ...keyParameters([...group.read.values()], partitionBytesOf),
    binaryArray('xid', versions),
    ...keyParameters(
      puts.map(({key}) => key),
      partitionBytesOf,
    ),
    binaryArray(
      'bytea',
      puts.map(({value}) => value),
    ),
    ...keyParameters(deletes, partitionBytesOf),
    ...keyParameters(
      logs.map(({log}) => log),
      partitionBytesOf,
    ),
    binaryArray(
      'integer',
      logs.map(({log}) => integerBytes(partitionBytesOf(log[0]!))),
    ),
    binaryArray(
      'integer',
      logs.map(({records}) => integerBytes(records.length)),
    ),
    binaryArray(
      'bytea',
      logs.flatMap(({records}) => records),
    ),
    ...keyParameters(
      counters.map(({counter}) => counter),
      partitionBytesOf,
    ),
    binaryArray(
      'integer',
      counters.map(({amounts}) => integerBytes(amounts.length)),
    ),
    binaryArray(
      'bigint',
      counters.flatMap(({amounts}) => amounts.map(amount => bigintBytes(BigInt(amount)))),
    ),
    slot,
    ...(spread ? [puts.map(({key}) => key), deletes].map(keys => placesOfRead(group, keys)) : []),
  ];
}

/** For each key its place, from 1, in what the group read; null for one that it didn't. */
function placesOfRead({read}: Group<Undecided>, keys: readonly Key[]): Buffer {
  const places = new Map([...read.keys()].map((name, at) => [name, at + 1]));
  return binaryArray(
    'integer',
    keys.map(key => {
      const place = places.get(nameOf(key));
      return place === undefined ? null : integerBytes(place);
    }),
  );
}

function byName<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
