import {addConsumed, type Consumed, consumedOfTable} from '../engine/capacity.ts';
import type {CancellationReason, CancellationReasons} from '../engine/transactions/cancellation.ts';
import {ServiceError} from '../model/service-error.ts';
import {consumedCapacity, type ReturnConsumedCapacity, type UnitsMember} from './consumed-capacity.ts';

/** The error that names what is wrong with each action. One that nothing is wrong with has the code None, and no more. */
export function transactionCanceled(reasons: CancellationReasons): ServiceError {
  const codes = reasons.map(reason => reason?.code ?? 'None');
  return new ServiceError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    {CancellationReasons: reasons.map(reasonMember)},
  );
}

function reasonMember(reason: CancellationReason | undefined): object {
  if (!reason) return {Code: 'None'};
  const {code, message, itemJson} = reason;
  const item = itemJson && (JSON.parse(itemJson.toString('utf8')) as unknown);
  return {Code: code, ...(item !== undefined && {Item: item}), Message: message};
}

/** ConsumedCapacity of a transaction: one entry for each table, in the order in which they were first named. */
export function transactionCapacity(
  asked: ReturnConsumedCapacity | undefined,
  actions: readonly {tableName: string; consumed: Consumed}[],
  unitsMember: UnitsMember,
): object[] | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  const byTable = new Map<string, Consumed>();
  for (const {tableName, consumed} of actions) {
    const sum = byTable.get(tableName) ?? consumedOfTable(0);
    addConsumed(sum, consumed);
    byTable.set(tableName, sum);
  }
  return [...byTable].map(([tableName, consumed]) => consumedCapacity(asked, tableName, consumed, unitsMember)!);
}
