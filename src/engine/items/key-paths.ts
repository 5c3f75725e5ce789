import {validationError} from '../../model/service-error.ts';
import {namesOf, type Table} from '../tables/table.ts';

/**
 * Keys are scalars, so that projections, filters and updates may not reach into them. `nested` holds the first names of
 * paths that reach into maps and lists. The keys of the table are looked at before those of its indexes (dynalite's tests
 * of GetItem, Query, Scan and UpdateItem against AWS).
 */
export function mustNotReachIntoKeys(table: Table, nested: ReadonlySet<string> | undefined): void {
  if (!nested || nested.size === 0) return;
  for (const name of table.keyNames) {
    if (nested.has(name)) throw notScalar('Key', name);
  }
  for (const {record} of table.indexes) {
    for (const name of namesOf(record.keySchema)) {
      if (nested.has(name)) throw notScalar('IndexKey', name);
    }
  }
}

function notScalar(kind: 'Key' | 'IndexKey', name: string) {
  return validationError(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
  );
}
