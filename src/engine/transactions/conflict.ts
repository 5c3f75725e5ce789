import {ServiceError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import type {CancellationReason, CancellationReasons} from './cancellation.ts';

// Code and message of the reason: API reference, TransactionCanceledException, where messages end with a full stop that
// the service does not send. The same words come with the exception of single writes (seen in logs of real tables,
// 151 times in a load test of redimos).
const message = 'Transaction is ongoing for the item';
const conflict: CancellationReason = {code: 'TransactionConflict', message};

/** What a single write is told about an item of a transaction under way. */
export function transactionConflict(): ServiceError {
  return new ServiceError('TransactionConflictException', message);
}

/** For single writes, when nothing else is wrong with the request; before the item is looked at. */
export function mustNotBeUnderWay(engine: Engine, key: Buffer): void {
  if (engine.underWay.includes(key)) throw transactionConflict();
}

/** Why a transaction that reads these items is cancelled; undefined when it is not. */
export function conflictsOf(engine: Engine, keys: readonly Buffer[]): CancellationReasons | undefined {
  if (!keys.some(key => engine.underWay.includes(key))) return undefined;
  return keys.map(key => (engine.underWay.includes(key) ? conflict : undefined));
}

/**
 * What is wrong with an action by itself is told before the conflict, and no conflict hides what is wrong with another
 * action: AWS prepares all items, each by itself, and looks at its condition, then at the limits of items, and at last
 * whether a transaction has it already (Idziorek et al., "Distributed Transactions at Scale in Amazon DynamoDB", USENIX ATC
 * 2023, listings 2 and 3).
 */
export function withConflicts(reasons: CancellationReasons, isMet: readonly boolean[]): CancellationReasons {
  return reasons.map((reason, at) => reason ?? (isMet[at] ? conflict : undefined));
}
