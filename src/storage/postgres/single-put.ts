import type {Key, Value} from '../store.ts';
import {bigintArray, keyArrays, xidArray, xidBytes} from './binary-array.ts';
import {lockParameters, locksOf} from './commit-parameters.ts';
import type {Group, Seen, Undecided} from './decide-group.ts';
import type {KeyPlaces} from './look-up.ts';
import type {Parameter} from './prepared-query.ts';
import {splitKey} from './split-key.ts';

// The commit of one item, by itself: what nearly all are while few requests come at a time. A function of its own costs the server
// half of what the one for groups does, whose every step is made for many.

export const singlePutParameterTypes = `
  lock_ids bigint[], lock_shared boolean[],
  other_partitions bytea[], other_sorts bytea[], other_versions xid[],
  own_partition bytea, own_sort bytea, own_version xid, own_value bytea,
  counter_partition bytea, counter_sort bytea, amounts bigint[], own_slot integer`;

/**
 * As the function `commit` for a group that read a few keys and puts one of them. Answers null once written; otherwise the place
 * (from 1) of one that is no longer as it was read, where its own comes last.
 */
export function singlePutFunction(schema: string): string {
  return `
create or replace function ${schema}.put_single_1(${singlePutParameterTypes}
) returns integer language plpgsql volatile as $$
declare
  done boolean;
  version xid;
begin
  -- Assignments cost less than statements.
  for i in 1 .. cardinality(lock_ids) loop
    if lock_shared[i] then
      done := pg_advisory_xact_lock_shared(lock_ids[i]) is null;
    else
      done := pg_advisory_xact_lock(lock_ids[i]) is null;
    end if;
  end loop;
  for i in 1 .. cardinality(other_partitions) loop
    select e.xmin into version from ${schema}.entry e where e.partition = other_partitions[i] and e.sort = other_sorts[i];
    if version is distinct from other_versions[i] then
      return i;
    end if;
  end loop;
  if own_version is null then
    insert into ${schema}.entry (partition, sort, value) values (own_partition, own_sort, own_value) on conflict do nothing;
  else
    update ${schema}.entry e set value = own_value
      where e.partition = own_partition and e.sort = own_sort and e.xmin = own_version;
  end if;
  if not found then
    return cardinality(other_partitions) + 1;
  end if;
  if amounts is not null then
    ${addToCounter(schema, 'counter_partition, counter_sort, own_slot, amounts')}
  end if;
  return null;
end $$;`;
}

/** `row`: partition, sort, slot, and what to add. */
export function addToCounter(schema: string, row: string): string {
  return `insert into ${schema}.counter as c (partition, sort, slot, sums)
      values (${row})
      on conflict (partition, sort, slot) do update set sums = (
        select coalesce(array_agg(coalesce(a.before, 0) + coalesce(a.added, 0) order by a.place), '{}')
        from unnest(c.sums, excluded.sums) with ordinality a(before, added, place));`;
}

export interface SinglePut {
  parameters: Parameter[];
  /** For each place that the function answers, the place in `group.read`, both from 1. */
  places: readonly number[];
}

/** More are rare. */
const readMax = 4;

/** Undefined where the group is something else. */
export function singlePutOf(
  group: Group<Undecided>,
  seen: ReadonlyMap<string, Seen>,
  slot: number,
  {partitionBytesOf, lockSeed}: KeyPlaces,
): SinglePut | undefined {
  const {bound, read, written, appended, added} = group;
  if (bound.length !== 1 || written.size !== 1 || appended.size > 0 || added.size > 1 || read.size > readMax) {
    return undefined;
  }
  const [[ownName, {key, value}]] = [...written] as [[string, {key: Key; value: Value | undefined}]];
  if (!value || !read.has(ownName)) return undefined;
  const others: Key[] = [];
  const versions: (number | undefined)[] = [];
  const places: number[] = [];
  let ownPlace = 0;
  let place = 0;
  for (const [name, other] of read) {
    place++;
    if (name === ownName) ownPlace = place;
    else {
      others.push(other);
      versions.push(seen.get(name)?.version);
      places.push(place);
    }
  }
  places.push(ownPlace);
  const own = splitKey(key, partitionBytesOf);
  const ownVersion = seen.get(ownName)?.version;
  const [sum] = added.values();
  const counter = sum && splitKey(sum.counter, partitionBytesOf);
  const parameters = [
    ...lockParameters(locksOf(group), lockSeed),
    ...keyArrays(others, partitionBytesOf),
    xidArray(versions),
    own.partition,
    own.sort,
    ownVersion === undefined ? null : xidBytes(ownVersion),
    value,
    ...(counter ? [counter.partition, counter.sort, bigintArray(sum.amounts)] : [null, null, null]),
    slot,
  ];
  return {parameters, places};
}
