import {validationError} from '../../model/service-error.ts';

/** No two actions of a transaction may be about one item; a check counts. */
export function mustBeDistinct(keys: readonly Buffer[]): void {
  const seen = new Set(keys.map(key => key.toString('latin1')));
  if (seen.size < keys.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
}
