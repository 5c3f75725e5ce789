import {addToCounter, singlePutFunction} from './single-put.ts';

/** The server's part of the driver, where one server holds all rows. */

/** Which rows of a table lie in a range of keys. Row comparisons, because the primary key serves these. */
export const inRange = `(t.partition, t.sort) >= (start_partition, start_sort)
      and (t.partition, t.sort) < (end_partition, end_sort)`;
export const rangeParameters = 'start_partition bytea, start_sort bytea, end_partition bytea, end_sort bytea';

/** In the order of their numbers, as they come: nobody waits in a circle. */
export const takeLocks = `perform case when l.shared then pg_advisory_xact_lock_shared(l.id) else pg_advisory_xact_lock(l.id) end
    from unnest(lock_ids, lock_shared) l(id, shared);`;

export const commitParameterTypes = `
  lock_ids bigint[], lock_shared boolean[],
  seen_partitions bytea[], seen_sorts bytea[], seen_versions xid[],
  put_partitions bytea[], put_sorts bytea[], put_values bytea[],
  gone_partitions bytea[], gone_sorts bytea[],
  log_partitions bytea[], log_sorts bytea[], log_split integer[], log_counts integer[], records bytea[],
  counter_partitions bytea[], counter_sorts bytea[], counter_lengths integer[], amounts bigint[], own_slot integer`;

/** `create or replace` of each, in a schema whose tables are there. */
export function functionsOf(schema: string): string[] {
  return [
    scanFunction(schema, 'forward'),
    scanFunction(schema, 'backward'),
    commitFunction(schema),
    singlePutFunction(schema),
    lockFunction(schema),
    clearFunction(schema),
  ];
}

function scanFunction(schema: string, direction: 'forward' | 'backward'): string {
  const order = direction === 'forward' ? 't.partition, t.sort' : 't.partition desc, t.sort desc';
  return `
create or replace function ${schema}.scan_${direction}_1(${rangeParameters}, entries_max integer, bytes_max bigint)
returns table (key bytea, content bytea) language plpgsql stable as $$
begin
  for key, content in
    select t.partition || t.sort, t.value from ${schema}.entry t where ${inRange}
    order by ${order} limit entries_max
  loop
    return next;
    bytes_max := bytes_max - octet_length(content);
    exit when bytes_max <= 0;
  end loop;
end $$;`;
}

/**
 * Locks every key that a group of commits read or writes, in the order of the locks' numbers; looks whether all that was
 * read is still as it was; then writes. Answers the places (from 1) of what was no longer the same, or null once written.
 * Each statement of a volatile function sees what was committed before it, so the look comes after the wait for the locks.
 */
function commitFunction(schema: string): string {
  return `
create or replace function ${schema}.commit_1(${commitParameterTypes}
) returns integer[] language plpgsql volatile as $$
declare
  stale integer[];
  done integer := 0;
  first bigint;
begin
  ${takeLocks}
  select array_agg(s.place) into stale
    from unnest(seen_partitions, seen_sorts, seen_versions) with ordinality s(partition, sort, version, place)
    left join lateral (
      select e.xmin as version from ${schema}.entry e where e.partition = s.partition and e.sort = s.sort limit 1
    ) now on true
    where now.version is distinct from s.version;
  if stale is not null then
    return stale;
  end if;
  for i in 1 .. cardinality(log_partitions) loop
    insert into ${schema}.log_tail as t (partition, sort, next)
      values (log_partitions[i], log_sorts[i], log_counts[i])
      on conflict (partition, sort) do update set next = t.next + excluded.next
      returning t.next - log_counts[i] into first;
    insert into ${schema}.entry (partition, sort, value)
      select substring(k.key from 1 for log_split[i]), substring(k.key from log_split[i] + 1), r.record
      from unnest(records[done + 1 : done + log_counts[i]]) with ordinality r(record, place),
        lateral (select log_partitions[i] || log_sorts[i] || int8send(first + r.place - 1) as key) k;
    done := done + log_counts[i];
  end loop;
  if cardinality(gone_partitions) > 0 then
    delete from ${schema}.entry e using unnest(gone_partitions, gone_sorts) g(partition, sort)
      where e.partition = g.partition and e.sort = g.sort;
  end if;
  if cardinality(put_partitions) > 0 then
    insert into ${schema}.entry as e (partition, sort, value)
      select p.partition, p.sort, p.value from unnest(put_partitions, put_sorts, put_values) p(partition, sort, value)
      on conflict (partition, sort) do update set value = excluded.value;
  end if;
  done := 0;
  for i in 1 .. cardinality(counter_partitions) loop
    ${addToCounter(
      schema,
      'counter_partitions[i], counter_sorts[i], own_slot, amounts[done + 1 : done + counter_lengths[i]]',
    )}
    done := done + counter_lengths[i];
  end loop;
  return null;
end $$;`;
}

/** What a commit that met others too often does first, in a transaction of its own: it waits for its keys, then reads them. */
export function lockFunction(schema: string): string {
  return `
create or replace function ${schema}.lock_1(lock_ids bigint[], lock_shared boolean[])
returns void language plpgsql volatile as $$
begin
  ${takeLocks}
end $$;`;
}

export const clearStepRows = 1_000;

function clearFunction(schema: string): string {
  const step = (table: string) => `
  with doomed as (
    select distinct t.partition, t.sort from (
      select t.partition, t.sort from ${schema}.${table} t where ${inRange} order by t.partition, t.sort limit room
    ) t
  ), gone as (
    delete from ${schema}.${table} t using doomed d where t.partition = d.partition and t.sort = d.sort returning 1
  ) select room - count(*) into room from gone;
  if room <= 0 then
    return true;
  end if;`;
  return `
create or replace function ${schema}.clear_1(${rangeParameters})
returns boolean language plpgsql volatile as $$
declare
  room integer := ${clearStepRows};
  log_partitions bytea[] := '{}';
  log_sorts bytea[] := '{}';
begin${['entry', 'counter'].map(step).join('')}
  -- Who appends to one of these logs is waited for, or waits; and may have put a record behind those that are gone.
  select coalesce(array_agg(l.partition), '{}'), coalesce(array_agg(l.sort), '{}') into log_partitions, log_sorts from (
    select t.partition, t.sort from ${schema}.log_tail t where ${inRange}
    order by t.partition, t.sort limit room for update
  ) l;
  if exists (select from ${schema}.entry t where ${inRange}) then
    return true;
  end if;
  delete from ${schema}.log_tail t using unnest(log_partitions, log_sorts) l(partition, sort)
    where t.partition = l.partition and t.sort = l.sort;
  return cardinality(log_partitions) >= room;
end $$;`;
}
