/**
 * Reads keys partition by partition, in the order of their places; the keys of one partition by one statement, so at one
 * moment. Rows of different workers are not: a commit shows on one of them first. Who wants several partitions at one
 * moment locks the keys: while no commit can be under way that writes them, any moment will do. Once the values take more
 * than `bytes_max`, partitions that begin behind place `must_have` are left out, and their places come without value.
 */
export function readFunction(schema: string): string {
  return `
create or replace function ${schema}.read_1(
  lock_ids bigint[], partitions bytea[], sorts bytea[], must_have integer, bytes_max bigint)
returns table (place bigint, value bytea, version xid) language plpgsql volatile as $$
declare
  a_partition bytea;
  a_sort bytea;
  some_sorts bytea[];
  some_places bigint[];
  first_place bigint;
begin
  perform pg_advisory_xact_lock_shared(l.id) from unnest(lock_ids) l(id);
  for a_partition, some_sorts, some_places, first_place in
    select k.partition, array_agg(k.sort), array_agg(k.place), min(k.place)
      from unnest(partitions, sorts) with ordinality k(partition, sort, place) group by k.partition order by min(k.place)
  loop
    if first_place > must_have and bytes_max < 0 then
      return query select p.place, null::bytea, null::xid from unnest(some_places) p(place);
    elsif cardinality(some_sorts) = 1 then
      a_sort := some_sorts[1];
      place := first_place;
      for value, version in
        select t.value, t.xmin from ${schema}.entry t where t.partition = a_partition and t.sort = a_sort
      loop
        bytes_max := bytes_max - octet_length(value);
        return next;
      end loop;
    else
      for a_sort, value, version in
        select t.sort, t.value, t.xmin from ${schema}.entry t where t.partition = a_partition and t.sort = any(some_sorts)
      loop
        bytes_max := bytes_max - octet_length(value);
        place := some_places[array_position(some_sorts, a_sort)];
        return next;
      end loop;
    end if;
  end loop;
end $$;`;
}
