import {commitParameterTypes, takeLocks} from '../functions.ts';

const failUnlessAffected = `
      if affected = 0 then
        raise serialization_failure using message = 'a commit that was recovered changed what was read';
      end if;`;

/**
 * As where all rows lie together; Citus commits on all workers or on none. One that dies amid that comes back with the rows
 * as they were, and changes them when Citus recovers the commit. Until then such a row is locked, and what waits for it looks
 * again: so a key that was read is written only where it still is what was read then, and a row that was only read is locked
 * as it is looked at. (A row that is to appear can't be waited for by who only looks. Keys whose space is one partition, such
 * as the record of a table, are read by everybody, and go without.)
 */
export function commitFunction(schema: string): string {
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
  written integer[] := array_remove(put_seen || gone_seen, null);
begin
  ${takeLocks}
  for i in 1 .. cardinality(seen_partitions) loop
    a_partition := seen_partitions[i];
    a_sort := seen_sorts[i];
    if octet_length(a_partition) = 1 or i = any(written) then
      select t.xmin into a_version from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort;
    else
      select t.xmin into a_version from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort for share;
    end if;
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
    if gone_seen[i] is null then
      delete from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort;
    else
      if a_version is null then
        -- Was not there: put and deleted by the same group.
        insert into ${schema}.entry as t (partition, sort, value) values (a_partition, a_sort, '') on conflict do nothing;
      else
        delete from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort and t.xmin = a_version;
      end if;
      get diagnostics affected = row_count;
      ${failUnlessAffected}
      if a_version is null then
        delete from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort;
      end if;
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
      ${failUnlessAffected}
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
