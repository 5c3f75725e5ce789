import type {Condition} from '../../expressions/condition.ts';
import type {Projection} from '../../expressions/projection.ts';
import {validationError} from '../../model/service-error.ts';
import {namesOf, type Table} from '../tables/table.ts';

/**
 * Key attributes are scalars, so no path may reach into one: neither of the table nor of an index. Where AWS looks at this
 * is from dynalite (db/index.js validateKeyPaths): projections of GetItem, Query and Scan, then filters.
 */
export function mustNotReachIntoKeys(
  table: Table,
  projection: Projection | undefined,
  filter?: Condition | undefined,
): void {
  if (projection)
    refuseKeysAmong(table, new Set(projection.paths.filter(path => path.length > 1).map(path => String(path[0]))));
  if (filter) refuseKeysAmong(table, filter.nestedAttributes);
}

function refuseKeysAmong(table: Table, nested: ReadonlySet<string>): void {
  if (nested.size === 0) return;
  const refuse = (kind: string, name: string) => {
    if (!nested.has(name)) return;
    throw validationError(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
    );
  };
  for (const name of table.keyNames) refuse('Key', name);
  for (const {record} of table.indexes) for (const name of namesOf(record.keySchema)) refuse('IndexKey', name);
}
