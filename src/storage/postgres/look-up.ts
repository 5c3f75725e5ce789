import type {Key} from '../store.ts';
import {keyArrays} from './binary-array.ts';
import {sharedLocks} from './commit-parameters.ts';
import type {Connection} from './connections.ts';
import type {Parameter, Row} from './prepared-query.ts';
import type {PartitionBytesOf} from './split-key.ts';
import type {LookUp} from './statements.ts';

/** What the values of one answer take together, in about; so many more while they are read as text. */
const answerBytesMax = 8 << 20;
/** So few keys are read without counting bytes, which costs the server something. */
const uncountedKeysMax = 16;

export interface Found {
  /** For each key its row, or undefined where there is none. */
  rows: (Row | undefined)[];
  /** Places, from 0, of what was left out since the answer was full. */
  left: ReadonlySet<number>;
}

/** How keys become rows and locks. */
export interface KeyPlaces {
  partitionBytesOf: PartitionBytesOf;
  /** Tells the locks of one schema from those of another. */
  lockSeed: number;
}

/** Reads the keys of many requests; the first `mustHave` of them whatever they take. */
export async function lookUp(
  connection: Connection,
  statement: LookUp,
  keys: readonly Key[],
  mustHave: number,
  {partitionBytesOf, lockSeed}: KeyPlaces,
): Promise<Found> {
  const parameters: Parameter[] = keyArrays(keys, partitionBytesOf);
  if (statement.locked) parameters.unshift(sharedLocks(keys.filter(statement.locked), lockSeed));
  const isCounted = keys.length > Math.max(mustHave, uncountedKeysMax);
  const answer = isCounted
    ? await connection.run(statement.within, [...parameters, mustHave, answerBytesMax])
    : await connection.run(statement.all, parameters);
  const rows: (Row | undefined)[] = new Array(keys.length).fill(undefined);
  const left = new Set<number>();
  for (const row of answer) {
    const place = Number(row[0]) - 1;
    if (row[1] === null) left.add(place);
    else rows[place] = row;
  }
  return {rows, left};
}
