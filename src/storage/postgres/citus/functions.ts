import {clearStepRows, commitParameterTypes, inRange, lockFunction, rangeParameters, takeLocks} from '../functions.ts';

/**
 * The server's part of the driver, where Citus spreads rows over workers. The functions run on the coordinator, and every
 * statement that names one partition goes to its shard alone. Citus sends such a statement without planning it anew only
 * when the partition stands there as a plain variable; a loop of them (about 0.15 ms each) is cheaper than one statement for
 * all until there are many, and for writes always.
 */
export function citusFunctionsOf(schema: string): string[] {
  // The workers have no use for them.
  const onlyHere = 'set local citus.enable_ddl_propagation = off;';
  return [
    onlyHere,
    readFunction(schema),
    readWithinFunction(schema),
    commitFunction(schema),
    lockFunction(schema),
    clearFunction(schema),
  ];
}

const takeReadLocks = 'perform pg_advisory_xact_lock_shared(l.id) from unnest(lock_ids) l(id);';

/** So few keys are read partition by partition. */
const fewKeysMax = 8;

/**
 * Keys of one partition are read by one statement, so at one moment. Rows of different workers are not: a commit shows on one
 * of them first. Who wants several partitions at one moment locks the keys: while no commit can be under way that writes them,
 * any moment will do.
 */
function readFunction(schema: string): string {
  return `
create or replace function ${schema}.read_1(lock_ids bigint[], partitions bytea[], sorts bytea[])
returns table (place bigint, value bytea, version xid) language plpgsql volatile as $$
declare
  a_partition bytea;
  a_sort bytea;
  some_sorts bytea[];
  some_places bigint[];
begin
  ${takeReadLocks}
  if cardinality(partitions) > ${fewKeysMax} then
    return query select k.place, e.value, e.version from unnest(partitions, sorts) with ordinality k(partition, sort, place)
      join (
        select t.partition, t.sort, t.value, t.xmin as version from ${schema}.entry t where t.partition = any(partitions)
      ) e on e.partition = k.partition and e.sort = k.sort;
    return;
  end if;
  for a_partition, some_sorts, some_places in
    select k.partition, array_agg(k.sort), array_agg(k.place)
      from unnest(partitions, sorts) with ordinality k(partition, sort, place) group by k.partition
  loop
    if cardinality(some_sorts) = 1 then
      a_sort := some_sorts[1];
      place := some_places[1];
      return query select place, t.value, t.xmin from ${schema}.entry t
        where t.partition = a_partition and t.sort = a_sort;
    else
      return query select k.place, t.value, t.xmin from unnest(some_sorts, some_places) k(sort, place)
        join ${schema}.entry t on t.sort = k.sort where t.partition = a_partition;
    end if;
  end loop;
end $$;`;
}

/** First how large the values are, then those for which there is room; the places of the others, without. */
function readWithinFunction(schema: string): string {
  return `
create or replace function ${schema}.read_within_1(
  lock_ids bigint[], partitions bytea[], sorts bytea[], must_have integer, bytes_max bigint)
returns table (place bigint, value bytea, version xid) language plpgsql volatile as $$
declare
  left_out bigint[];
  places bigint[];
  some_partitions bytea[];
  some_sorts bytea[];
begin
  ${takeReadLocks}
  select coalesce(array_agg(s.place), '{}') into left_out from (
    select f.place, sum(f.size) over (order by f.place rows unbounded preceding) as upto from (
      select k.place, e.size from unnest(partitions, sorts) with ordinality k(partition, sort, place)
      join (
        select t.partition, t.sort, octet_length(t.value) as size from ${schema}.entry t
        where t.partition = any(partitions)
      ) e on e.partition = k.partition and e.sort = k.sort
    ) f
  ) s where s.place > must_have and s.upto > bytes_max;
  select array_agg(k.place), array_agg(k.partition), array_agg(k.sort) into places, some_partitions, some_sorts
    from unnest(partitions, sorts) with ordinality k(partition, sort, place) where k.place <> all(left_out);
  return query select k.place, e.value, e.version from unnest(some_partitions, some_sorts, places) k(partition, sort, place)
    join (
      select t.partition, t.sort, t.value, t.xmin as version from ${schema}.entry t where t.partition = any(some_partitions)
    ) e on e.partition = k.partition and e.sort = k.sort;
  return query select l.place, null::bytea, null::xid from unnest(left_out) l(place);
end $$;`;
}

/**
 * As where all rows lie together; Citus commits on all workers or on none. One that dies amid that comes back with the rows
 * as they were, and changes them when Citus recovers the commit; so a key that was read is written only where it still is
 * what was read then: a write waits for what is to be recovered, and looks again.
 */
function commitFunction(schema: string): string {
  return `
create or replace function ${schema}.commit_1(${commitParameterTypes},
  put_seen integer[], gone_seen integer[]
) returns integer[] language plpgsql volatile as $$
declare
  stale integer[] := '{}';
  done integer := 0;
  first bigint;
  affected integer;
  a_partition bytea;
  a_sort bytea;
  a_value bytea;
  a_version xid;
  a_count bigint;
  some_amounts bigint[];
begin
  ${takeLocks}
  for i in 1 .. cardinality(seen_partitions) loop
    a_partition := seen_partitions[i];
    a_sort := seen_sorts[i];
    select t.xmin into a_version from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort;
    if a_version is distinct from seen_versions[i] then
      stale := stale || i;
    end if;
  end loop;
  if cardinality(stale) > 0 then
    return stale;
  end if;
  for i in 1 .. cardinality(log_partitions) loop
    a_partition := log_partitions[i];
    a_sort := log_sorts[i];
    a_count := log_counts[i];
    insert into ${schema}.log_tail as t (partition, sort, next) values (a_partition, a_sort, a_count)
      on conflict (partition, sort) do update set next = t.next + excluded.next
      returning t.next - a_count into first;
    for j in 0 .. a_count - 1 loop
      a_sort := log_partitions[i] || log_sorts[i] || int8send(first + j);
      a_partition := substring(a_sort from 1 for log_split[i]);
      a_sort := substring(a_sort from log_split[i] + 1);
      a_value := records[done + j + 1];
      insert into ${schema}.entry (partition, sort, value) values (a_partition, a_sort, a_value);
    end loop;
    done := done + a_count;
  end loop;
  for i in 1 .. cardinality(gone_partitions) loop
    a_partition := gone_partitions[i];
    a_sort := gone_sorts[i];
    a_version := seen_versions[gone_seen[i]];
    if a_version is not null then
      delete from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort and t.xmin = a_version;
      get diagnostics affected = row_count;
      if affected = 0 then
        raise serialization_failure using message = 'a commit that was recovered changed what was read';
      end if;
    else
      delete from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort;
    end if;
  end loop;
  for i in 1 .. cardinality(put_partitions) loop
    a_partition := put_partitions[i];
    a_sort := put_sorts[i];
    a_value := put_values[i];
    a_version := seen_versions[put_seen[i]];
    if put_seen[i] is not null then
      insert into ${schema}.entry as t (partition, sort, value) values (a_partition, a_sort, a_value)
        on conflict (partition, sort) do update set value = excluded.value where t.xmin = a_version;
      get diagnostics affected = row_count;
      if affected = 0 then
        raise serialization_failure using message = 'a commit that was recovered changed what was read';
      end if;
    else
      insert into ${schema}.entry as t (partition, sort, value) values (a_partition, a_sort, a_value)
        on conflict (partition, sort) do update set value = excluded.value;
    end if;
  end loop;
  done := 0;
  for i in 1 .. cardinality(counter_partitions) loop
    a_partition := counter_partitions[i];
    a_sort := counter_sorts[i];
    some_amounts := amounts[done + 1 : done + counter_lengths[i]];
    insert into ${schema}.counter as c (partition, sort, slot, sums) values (a_partition, a_sort, own_slot, some_amounts)
      on conflict (partition, sort, slot) do update set sums = ${schema}.add_amounts_1(c.sums, excluded.sums);
    done := done + counter_lengths[i];
  end loop;
  return null;
end $$;`;
}

/** Looks for the first partition that has rows, and clears some of that. */
function clearFunction(schema: string): string {
  const step = (table: string) => `
  loop
    select t.partition into a_partition from ${schema}.${table} t where ${inRange} order by t.partition, t.sort limit 1;
    exit when not found;
    delete from ${schema}.${table} d where d.partition = a_partition and d.sort in (
      select t.sort from ${schema}.${table} t where t.partition = a_partition and ${inRange} order by t.sort limit room);
    get diagnostics affected = row_count;
    room := room - affected;
    if room <= 0 then
      return true;
    end if;
  end loop;`;
  return `
create or replace function ${schema}.clear_1(${rangeParameters})
returns boolean language plpgsql volatile as $$
declare
  room integer := ${clearStepRows};
  affected integer;
  a_partition bytea;
  some_sorts bytea[];
begin${['entry', 'counter'].map(step).join('')}
  select t.partition into a_partition from ${schema}.log_tail t where ${inRange} order by t.partition, t.sort limit 1;
  if not found then
    return false;
  end if;
  -- Who appends to one of these logs is waited for, or waits; and may have put a record behind those that are gone.
  select array_agg(l.sort) into some_sorts from (
    select t.sort from ${schema}.log_tail t where t.partition = a_partition and ${inRange}
    order by t.sort limit room for update
  ) l;
  if not exists (select 1 from ${schema}.entry t where ${inRange} limit 1) then
    delete from ${schema}.log_tail t where t.partition = a_partition and t.sort = any(some_sorts);
  end if;
  return true;
end $$;`;
}
