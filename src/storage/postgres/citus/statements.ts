import type {Key} from '../../store.ts';
import type {PartitionBytesOf} from '../split-key.ts';
import {type Statement, type Statements, statementsOf} from '../statements.ts';
import {sharesItsSpace} from './moments.ts';

export type CitusStatements = ReturnType<typeof citusStatementsOf>;

/** What is said otherwise where Citus spreads the rows. */
export function citusStatementsOf(schema: string, partitionBytesOf: PartitionBytesOf) {
  const lookUp = (name: string, columns: string, locks: string, next: number) => ({
    all: {
      name,
      text: `select ${columns} from ${schema}.read_1(${locks}, $${next}, $${next + 1}, cardinality($${next}::bytea[]), 0)`,
    },
    within: {
      name: `${name}-within`,
      text: `select ${columns} from ${schema}.read_1(${locks}, $${next}, $${next + 1}, $${next + 2}, $${next + 3})`,
    },
  });
  const onlyTheirShards = 't.partition = any($1)';
  return {
    ...statementsOf(schema),
    read: lookUp('read', 'place, value', "'{}'", 1),
    readVersions: lookUp('read-versions', 'place, value, version', "'{}'", 1),
    /** As `read`, at one moment wherever they lie. */
    readLocked: {
      ...lookUp('read-locked', 'place, value', '$1', 2),
      locked: (key: Key) => !sharesItsSpace(key, partitionBytesOf),
    },
    commit: {
      name: 'commit',
      text: `select ${schema}.commit_1(${Array.from({length: 22}, (_, at) => `$${at + 1}`).join()})`,
      spread: true,
    },
    /** Of one partition, from its shard: sort from $2 to before $3, if there is an end; $4 rows and about $5 bytes at most. */
    scanPartition: {forward: scanPartition(schema, 'forward'), backward: scanPartition(schema, 'backward')},
    /** Of all partitions from all shards, in order: partition, sort, bytes of the value. */
    scanSizes: {forward: scanSizes(schema, 'forward'), backward: scanSizes(schema, 'backward')},
    /** Everything in a range of which the partitions are known ($5): key, value. */
    scanKnown: {forward: scanKnown(schema, 'forward'), backward: scanKnown(schema, 'backward')},
    counters: {
      name: 'counters',
      text: `select k.place, array_to_string(c.sums, ',')
        from unnest($1::bytea[], $2::bytea[]) with ordinality k(partition, sort, place)
        join (select t.partition, t.sort, t.sums from ${schema}.counter t where ${onlyTheirShards}) c
          on c.partition = k.partition and c.sort = k.sort`,
    },
    scanCounters: {
      name: 'scan-counters',
      text: `select t.partition || t.sort, string_agg(t.sums::text, ';') from ${schema}.counter t
        where (t.partition, t.sort) >= ($1::bytea, $2::bytea) and (t.partition, t.sort) < ($3::bytea, $4::bytea)
        group by t.partition, t.sort order by t.partition, t.sort limit $5`,
    },
    deleteRaw: Object.fromEntries(
      ['entry', 'counter', 'log_tail'].map(table => [
        table,
        {
          name: `delete-${table}`,
          text: `delete from ${schema}.${table} t using unnest($1::bytea[], $2::bytea[]) k(partition, sort)
            where t.partition = k.partition and t.sort = k.sort and ${onlyTheirShards}`,
        },
      ]),
    ) as Statements['deleteRaw'],
  } satisfies Statements & Record<string, unknown>;
}

type Direction = 'forward' | 'backward';

function scanPartition(schema: string, direction: Direction): Statement {
  const order = direction === 'forward' ? 'sort' : 'sort desc';
  return {
    name: `scan-partition-${direction}`,
    text: `select partition || sort, value from (
        select partition, sort, value, sum(octet_length(value)) over (order by ${order} rows unbounded preceding) as upto
        from (
          select t.partition, t.sort, t.value from ${schema}.entry t
          where t.partition = $1 and t.sort >= $2 and ($3::bytea is null or t.sort < $3) order by ${order} limit $4
        ) e
      ) e
      where upto - octet_length(value) < $5::bigint order by ${order}`,
  };
}

const inRange = '(t.partition, t.sort) >= ($1::bytea, $2::bytea) and (t.partition, t.sort) < ($3::bytea, $4::bytea)';
const inOrder = {forward: 't.partition, t.sort', backward: 't.partition desc, t.sort desc'} as const;

function scanSizes(schema: string, direction: Direction): Statement {
  return {
    name: `scan-sizes-${direction}`,
    text: `select t.partition, t.sort, octet_length(t.value) from ${schema}.entry t
      where ${inRange} order by ${inOrder[direction]} limit $5`,
  };
}

function scanKnown(schema: string, direction: Direction): Statement {
  return {
    name: `scan-known-${direction}`,
    text: `select t.partition || t.sort, t.value from ${schema}.entry t
      where ${inRange} and t.partition = any($5::bytea[]) order by ${inOrder[direction]}`,
  };
}
