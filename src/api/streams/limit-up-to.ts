import {validationError} from '../../model/service-error.ts';

/** The model of the streams service gives no upper bounds; the service refuses what is above them all the same. */
export function limitUpTo(limit: number | undefined, max: number, message: string): number {
  if (limit !== undefined && limit > max)
    throw validationError(`One or more parameter values were invalid: ${message}`);
  return limit ?? max;
}
