import type {Key} from '../store.ts';

/** Prepared by its name, once on each connection. */
export interface Statement {
  name: string;
  text: string;
}

/** Of a few keys all are read; of many no more than an answer may hold. */
export interface LookUp {
  all: Statement;
  within: Statement;
  /** Which keys are locked while they are read; the numbers of their locks are the first parameter then. */
  locked?: (key: Key) => boolean;
}

export interface CommitStatement extends Statement {
  /**
   * Over several servers. Two parameters more say which of the keys that are put, and deleted, were read, and where these
   * stand in what was read; and an error may leave open whether it is done.
   */
  spread: boolean;
}

export type Statements = ReturnType<typeof statementsOf>;

/** `schema` is a name that needs no quotes. */
export function statementsOf(schema: string) {
  // Looks each key up by the primary key, whatever the planner thinks of arrays.
  const found = `unnest($1::bytea[], $2::bytea[]) with ordinality k(partition, sort, place)
    cross join lateral (
      select t.value, t.xmin as version from ${schema}.entry t where t.partition = k.partition and t.sort = k.sort limit 1
    ) e`;
  const lookUp = (columns: string) => `select k.place, e.value${columns} from ${found}`;
  // What comes after place $3 is without its value once the values take more than $4 bytes together.
  const lookUpWithin = (columns: string) => `
    select place, case when place <= $3::integer or upto <= $4::bigint then value end${columns} from (
      select k.place, e.value, e.version,
        sum(octet_length(e.value)) over (order by k.place rows unbounded preceding) as upto
      from ${found}
    ) e`;
  return {
    /** place from 1, value */
    read: {
      all: {name: 'read', text: lookUp('')},
      within: {name: 'read-within', text: lookUpWithin('')},
    } as LookUp,
    /** place from 1, value, version. A row's version is the transaction that wrote it, of which each writes a row but once. */
    readVersions: {
      all: {name: 'read-versions', text: lookUp(', e.version')},
      within: {name: 'read-versions-within', text: lookUpWithin(', e.version')},
    } as LookUp,
    /** key, value */
    scanForward: {
      name: 'scan-forward',
      text: `select key, content from ${schema}.scan_forward_1($1, $2, $3, $4, $5, $6)`,
    },
    scanBackward: {
      name: 'scan-backward',
      text: `select key, content from ${schema}.scan_backward_1($1, $2, $3, $4, $5, $6)`,
    },
    /** What no longer is as it was read; what has become the version of all that was written. */
    commit: {
      name: 'commit',
      text: `select ${schema}.commit_1(${Array.from({length: 20}, (_, at) => `$${at + 1}`).join()}),
        pg_current_xact_id_if_assigned()::xid`,
      spread: false,
    } as CommitStatement,
    /** One of the keys that is no longer as it was read; the version of what was written. */
    putSingle: {
      name: 'put-single',
      text: `select ${schema}.put_single_1(${Array.from({length: 13}, (_, at) => `$${at + 1}`).join()}),
        pg_current_xact_id_if_assigned()::xid`,
    },
    lock: {name: 'lock', text: `select ${schema}.lock_1($1, $2)`},
    clear: {name: 'clear', text: `select ${schema}.clear_1($1, $2, $3, $4)`},
    /** place from 1, sums as an array's text */
    counters: {
      name: 'counters',
      text: `select k.place, array_to_string(c.sums, ',')
        from unnest($1::bytea[], $2::bytea[]) with ordinality k(partition, sort, place)
        cross join lateral (
          select t.sums from ${schema}.counter t where t.partition = k.partition and t.sort = k.sort offset 0
        ) c`,
    },
    /** key, sums as texts of arrays joined by ';' */
    scanCounters: {
      name: 'scan-counters',
      text: `select k.partition || k.sort, c.sums
        from (
          select distinct t.partition, t.sort from ${schema}.counter t
          where (t.partition, t.sort) >= ($1::bytea, $2::bytea) and (t.partition, t.sort) < ($3::bytea, $4::bytea)
          order by t.partition, t.sort limit $5
        ) k
        cross join lateral (
          select string_agg(t.sums::text, ';') as sums from ${schema}.counter t
          where t.partition = k.partition and t.sort = k.sort
        ) c
        order by k.partition, k.sort`,
    },
    /** key, next position */
    scanLogs: {
      name: 'scan-logs',
      text: `select t.partition || t.sort, t.next from ${schema}.log_tail t
        where (t.partition, t.sort) >= ($1::bytea, $2::bytea) and (t.partition, t.sort) < ($3::bytea, $4::bytea)
        order by t.partition, t.sort limit $5`,
    },
    /** Each takes partitions and sorts, and what goes there. */
    deleteRaw: Object.fromEntries(
      ['entry', 'counter', 'log_tail'].map(table => [
        table,
        {
          name: `delete-${table}`,
          text: `delete from ${schema}.${table} t using unnest($1::bytea[], $2::bytea[]) k(partition, sort)
            where t.partition = k.partition and t.sort = k.sort`,
        },
      ]),
    ) as Record<'entry' | 'counter' | 'log_tail', Statement>,
    restoreEntries: {
      name: 'restore-entries',
      text: `insert into ${schema}.entry (partition, sort, value)
        select * from unnest($1::bytea[], $2::bytea[], $3::bytea[])
        on conflict (partition, sort) do update set value = excluded.value`,
    },
    /** What was there is deleted before. Sums come as texts of arrays. */
    restoreCounters: {
      name: 'restore-counters',
      text: `insert into ${schema}.counter (partition, sort, slot, sums)
        select k.partition, k.sort, 0, k.sums::bigint[]
        from unnest($1::bytea[], $2::bytea[], string_to_array($3::text, ';')) k(partition, sort, sums)`,
    },
    restoreLogs: {
      name: 'restore-logs',
      text: `insert into ${schema}.log_tail (partition, sort, next)
        select * from unnest($1::bytea[], $2::bytea[], $3::bigint[])
        on conflict (partition, sort) do update set next = excluded.next`,
    },
    /** How many rows the tables of this schema have, as far as the server knows. */
    estimate: {
      name: 'estimate',
      text: `select sum(greatest(n_live_tup, 0)) from pg_stat_user_tables where schemaname = '${schema}'`,
    },
    /** The others of Stator's connections to this database: where from, process. */
    otherUsers: {
      name: 'other-users',
      text: `select distinct coalesce(host(client_addr), 'this machine') from pg_stat_activity
        where datname = current_database() and (application_name = 'stator' or application_name like 'stator copy%') and application_name <> $1`,
    },
  } satisfies Record<string, Statement | LookUp | Record<string, Statement>>;
}
