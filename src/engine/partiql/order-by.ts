import {validationError} from '../../model/service-error.ts';
import type {KeyBranch} from '../../partiql/key-branches.ts';
import type {PreparedSelect} from '../../partiql/prepare-statement.ts';
import type {Source} from '../query/source.ts';

export interface ReadOrder {
  partitionsDescending: boolean;
  reverse: boolean;
}

/**
 * The order that ORDER BY asks for, if keys can serve it. Sort keys rise only where nothing or the sort key says so: after
 * ORDER BY with the partition key alone they fall (Floci's captures, eu-west-2, 2026-09; the refusals are from there too).
 */
export function readOrder(
  source: Source,
  {where, orderBy}: PreparedSelect,
  branches: readonly KeyBranch[] | undefined,
): ReadOrder {
  if (!orderBy) return {partitionsDescending: false, reverse: false};
  if (!where) throw validationError('Must have WHERE clause in the statement when using ORDER BY clause.');
  const partition = source.keySchema.partition[0]!.name;
  const sort = source.keySchema.sort[0]?.name;
  for (const {attribute} of orderBy) {
    if (attribute === partition || attribute === sort) continue;
    throw validationError(`Attribute ${attribute} in ORDER BY clause must be part of the primary key`);
  }
  if (!branches) {
    throw validationError(
      'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
    );
  }
  const byPartition = orderBy.find(({attribute}) => attribute === partition);
  const bySort = orderBy.find(({attribute}) => attribute === sort);
  if (branches.length > 1 && !byPartition) {
    const values = new Set(branches.map(branch => JSON.stringify(branch.partition)));
    if (values.size > 1) {
      throw validationError(
        'Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.',
      );
    }
  }
  return {partitionsDescending: byPartition?.descending === true, reverse: bySort?.descending ?? true};
}
