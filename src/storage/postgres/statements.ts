/** Prepared by its name, once on each connection. */
export interface Statement {
  name: string;
  text: string;
}

export type Statements = ReturnType<typeof statementsOf>;

/** `schema` is a name that needs no quotes. */
export function statementsOf(schema: string) {
  // Looks each key up by the primary key, whatever the planner thinks of arrays.
  const lookUp = (columns: string) => `
    select k.place, ${columns} from unnest($1::bytea[], $2::bytea[]) with ordinality k(partition, sort, place)
    cross join lateral (
      select t.value, t.xmin as version from ${schema}.entry t where t.partition = k.partition and t.sort = k.sort limit 1
    ) e`;
  return {
    /** place from 1, value */
    read: {name: 'read', text: lookUp('e.value')},
    /** place from 1, value, version. A row's version is the transaction that wrote it, of which each writes a row but once. */
    readVersions: {name: 'read-versions', text: lookUp('e.value, e.version')},
    /** key, value */
    scanForward: {
      name: 'scan-forward',
      text: `select key, content from ${schema}.scan_forward_1($1, $2, $3, $4, $5, $6)`,
    },
    scanBackward: {
      name: 'scan-backward',
      text: `select key, content from ${schema}.scan_backward_1($1, $2, $3, $4, $5, $6)`,
    },
    commit: {
      name: 'commit',
      text: `select ${schema}.commit_1(${Array.from({length: 20}, (_, at) => `$${at + 1}`).join()})`,
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
  } satisfies Record<string, Statement>;
}
