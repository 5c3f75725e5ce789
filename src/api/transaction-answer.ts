import {addConsumed, type Consumed, consumedOfTable} from '../engine/capacity.ts';
import type {CancellationReason, CancellationReasons} from '../engine/transactions/cancellation.ts';
import type {TransactGotItem} from '../engine/transactions/transact-get.ts';
import {ServiceError} from '../model/service-error.ts';
import {consumedCapacity, type ReturnConsumedCapacity, type UnitsMember} from './consumed-capacity.ts';
import type {WireBody} from './wire.ts';

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

// The words of both are those of the service in logs of its users: aexhq/brain #58 (August 2026) shows both, aws-sdk-java-v2
// #2518 (June 2021) the second, with status 400.
export function tokenMismatch(): ServiceError {
  return new ServiceError(
    'IdempotentParameterMismatchException',
    'Specified idempotent token was used with different request parameters within the idempotency window',
  );
}

/** The SDKs try again (it is among their throttling errors). */
export function transactionInProgress(): ServiceError {
  return new ServiceError('TransactionInProgressException', 'Transaction from previous request is still in progress');
}

/** Items go out as they are stored, so the answer is put together as text. */
export function itemResponses(items: readonly TransactGotItem[], capacity: readonly object[] | undefined): WireBody {
  const body: (string | Buffer)[] = [
    capacity ? `{"ConsumedCapacity":${JSON.stringify(capacity)},"Responses":[` : '{"Responses":[',
  ];
  items.forEach(({json}, at) => {
    if (at > 0) body.push(',');
    if (json === undefined) body.push('{}');
    else body.push('{"Item":', json, '}');
  });
  body.push(']}');
  return body;
}
