import type {Projection} from '../../expressions/projection.ts';
import {validationError} from '../../model/service-error.ts';
import type {Source} from './source.ts';

export type Select = 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT';

/**
 * Whether an index has all that is asked of it. A local index can fetch the rest from the table (true); a global one
 * refuses.
 */
export function mustFetchBase(source: Source, select: Select | undefined, projection: Projection | undefined): boolean {
  const {index} = source;
  if (!index?.projected) return false;
  const {kind, name} = index.record;
  if (select === 'ALL_ATTRIBUTES') {
    if (kind === 'local') return true;
    throw validationError(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  }
  const missing = projection?.topLevelAttributes.filter(attribute => !index.projected!.has(attribute)) ?? [];
  if (missing.length === 0) return false;
  if (kind === 'local') return true;
  throw validationError(
    `One or more parameter values were invalid: Global secondary index ${name} does not project [${missing.join(', ')}]`,
  );
}
