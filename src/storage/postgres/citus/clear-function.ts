import {clearStepRows, inRange, rangeParameters} from '../functions.ts';

/** Each partition is looked for on all shards, so a step takes fewer of them than it could take rows. */
const partitionCost = 20;

/** Looks for the first partition that has rows, and clears some of that. */
export function clearFunction(schema: string): string {
  const step = (table: string) => `
  loop
    select t.partition into a_partition from ${schema}.${table} t where ${inRange} order by t.partition, t.sort limit 1;
    exit when not found;
    delete from ${schema}.${table} d where d.partition = a_partition and d.sort in (
      select t.sort from ${schema}.${table} t where t.partition = a_partition and ${inRange} order by t.sort limit room);
    get diagnostics affected = row_count;
    room := room - affected - ${partitionCost};
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
