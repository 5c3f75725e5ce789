import {keySpace} from '../keyspace/register.ts';
import type {Key} from '../storage/store.ts';

const own: ReadonlySet<number> = new Set([keySpace.copy, keySpace.follow, keySpace.feed]);

/** What copies keep for themselves in their source and target, which is no part of the data. */
export function isOwnKey(key: Key): boolean {
  return own.has(key[0]!);
}
