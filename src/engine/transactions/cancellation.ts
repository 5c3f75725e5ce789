import {ServiceError} from '../../model/service-error.ts';
import {EmptyKeyValue} from '../items/primary-key.ts';

/** Why one action cancels its transaction. */
export interface CancellationReason {
  /** The last two come from PartiQL statements alone. */
  code: 'ConditionalCheckFailed' | 'ValidationError' | 'TransactionConflict' | 'DuplicateItem' | 'ResourceNotFound';
  message: string;
  /** The wire text of the item as it is, where it was asked for and is there. */
  itemJson?: Buffer | undefined;
}

/** One for each action, in order; undefined where nothing is wrong with it. */
export type CancellationReasons = readonly (CancellationReason | undefined)[];

/**
 * What is wrong with one action, as a reason. Some faults refuse the request as a whole even so: an empty key value does
 * (paritysuite transactWriteItems and transactIndexKeys, four regions, 2026-06).
 */
export function reasonOf(fault: unknown): CancellationReason {
  if (!(fault instanceof ServiceError) || fault.code !== 'ValidationException' || fault instanceof EmptyKeyValue) {
    throw fault;
  }
  return {code: 'ValidationError', message: fault.message};
}

/** Reasons of a transaction of which only one action was found to be wrong. */
export function onlyReason(count: number, at: number, reason: CancellationReason): CancellationReasons {
  const reasons = new Array<CancellationReason | undefined>(count).fill(undefined);
  reasons[at] = reason;
  return reasons;
}
