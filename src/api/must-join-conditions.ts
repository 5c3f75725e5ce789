import {validationError} from '../model/service-error.ts';

/** ConditionalOperator and the legacy members whose conditions it joins, of which each operation has one. */
interface JoinedConditions {
  ConditionalOperator?: string;
  Expected?: object;
  QueryFilter?: object;
  ScanFilter?: object;
}

/**
 * Refuses a ConditionalOperator that has nothing to join. It comes with the check for mixed parameters, before any value
 * is looked at, except in Scan, which looks at the values first (paritysuite deepRequests: us-east-1, October 2026).
 */
export function mustJoinConditions({ConditionalOperator, Expected, QueryFilter, ScanFilter}: JoinedConditions): void {
  if (ConditionalOperator === undefined) return;
  const conditions = Object.keys(Expected ?? QueryFilter ?? ScanFilter ?? {}).length;
  if (conditions === 0) throw validationError('ConditionalOperator cannot be used without Filter or Expected');
  if (conditions === 1) {
    throw validationError('ConditionalOperator can only be used when Filter or Expected has two or more elements');
  }
}
