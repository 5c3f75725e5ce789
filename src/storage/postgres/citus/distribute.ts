import {StoreOpenError} from '../../store-open-error.ts';
import type {Connection} from '../connections.ts';

/**
 * Spreads the tables over the workers. Rows of one partition lie on one shard, whichever table they are of: a log's records
 * beside its tail, so that both are seen, or are not, at one moment.
 */
export function distributeTables(schema: string, shards: number): string {
  const together = `colocate_with => '${schema}.entry'`;
  return `
set local citus.shard_count = ${shards};
select create_distributed_table('${schema}.entry', 'partition', colocate_with => 'none');
select create_distributed_table('${schema}.log_tail', 'partition', ${together});
select create_distributed_table('${schema}.counter', 'partition', ${together});
-- For the workers: Citus sends them no subqueries within an insert.
create function ${schema}.add_amounts_1(before bigint[], added bigint[]) returns bigint[] language sql immutable as $$
  select coalesce(array_agg(coalesce(a.before, 0) + coalesce(a.added, 0) order by a.place), '{}')
  from unnest(before, added) with ordinality a(before, added, place) $$;
select create_distributed_function('${schema}.add_amounts_1(bigint[], bigint[])');`;
}

/**
 * Locks are taken on the server that nodes connect to, so that must be the same one for all of them. Workers must acknowledge
 * no sooner than they can be sure, their disks flushed and their standbys heard; what was set for this session doesn't reach
 * them.
 * @throws StoreOpenError
 */
export async function mustBeUsable(connection: Connection): Promise<void> {
  const [group] = await connection.script('select groupid from pg_dist_local_group');
  if (group![0] !== '0') {
    throw new StoreOpenError(`can't use the database: it is a worker of Citus; name the coordinator with --store`);
  }
  const settings = await connection.script(
    `select nodename || ':' || nodeport, result from run_command_on_workers('show synchronous_commit')
      where not success or result in ('off', 'local')`,
  );
  if (settings.length > 0) {
    const [where, found] = settings[0]!;
    throw new StoreOpenError(
      /^(off|local)$/.test(found ?? '')
        ? `can't use the database: synchronous_commit is ${found} on worker ${where}, so what it acknowledges may be lost; set it to on`
        : `can't use the database: worker ${where} does not serve: ${found}`,
    );
  }
}
