import {whenReady} from '../../base/awaitable.ts';
import type {Engine} from '../../engine/engine.ts';
import {mustFitItem} from '../../engine/items/new-item.ts';
import type {WrittenItem} from '../../engine/items/written-item.ts';
import type {TransactAction} from '../../engine/transactions/place-action.ts';
import {mustFitTransaction} from '../../engine/transactions/size-limit.ts';
import {type TransactedAction, transactWrite} from '../../engine/transactions/transact-write.ts';
import {itemSize} from '../../model/item-size.ts';
import {parseItem} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {TransactWriteItem, TransactWriteItemsInput} from '../../model/shapes.generated.ts';
import {olderLayer} from '../../model/value-layer.ts';
import {bindAction} from '../bind-request.ts';
import {metricsByTable} from '../item-collection-metrics.ts';
import {defineOperation} from '../operation.ts';
import {parametersHash} from '../parameters-hash.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {tokenMismatch, transactionCanceled, transactionCapacity, transactionInProgress} from '../transaction-answer.ts';

export const transactWriteItemsOperation = defineOperation({
  name: 'TransactWriteItems',
  parse: (wire: TransactWriteItemsInput, caller) => {
    // One action after the other, and the first problem counts (paritysuite deepRequests, ten regions, 2026-10).
    const parsed = wire.TransactItems.map(parseAction);
    mustFitTransaction(parsed.reduce((sum, {bytes}) => sum + bytes, 0));
    const names = parsed.map(({tableName}) => tableName);
    const token = wire.ClientRequestToken;
    return {
      names,
      request: {
        actions: parsed.map(
          ({action, tableName}): TransactAction => Object.assign(action, {table: tableRefOf(tableName, caller)}),
        ),
        token:
          token === undefined
            ? undefined
            : {
                text: `TransactWriteItems ${caller.region} ${token}`,
                parameters: parametersHash(parsed.map(({parameters}) => parameters)),
              },
      },
      capacity: wire.ReturnConsumedCapacity,
      metrics: wire.ReturnItemCollectionMetrics,
    };
  },
  permissions: ({request}, engine) =>
    request.actions.map(({kind, table}) => onTable(permissionNames[kind], table, engine)),
  run: (engine, {names, request, capacity, metrics}) =>
    whenReady(transactWrite(engine, request), outcome => {
      if (outcome.kind === 'cancelled') throw transactionCanceled(outcome.reasons);
      if (outcome.kind === 'mismatch') throw tokenMismatch();
      if (outcome.kind === 'inProgress') throw transactionInProgress();
      const consumed = outcome.actions.map((action, at) => ({tableName: names[at]!, consumed: action.consumed}));
      const units = outcome.kind === 'replayed' ? 'ReadCapacityUnits' : 'WriteCapacityUnits';
      const answer = {ConsumedCapacity: transactionCapacity(capacity, consumed, units)};
      if (metrics !== 'SIZE') return answer;
      return metricsOf(engine, names, outcome.actions).then(byTable => ({...answer, ItemCollectionMetrics: byTable}));
    }),
});

const permissionNames = {put: 'PutItem', update: 'UpdateItem', delete: 'DeleteItem', check: 'ConditionCheckItem'};

// The first sentence is us-east-1's (paritysuite transactWriteItems, 2026-10), the second from moto's tests against AWS.
const noAction = 'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request';
const severalActions = 'TransactItems can only contain one of Check, Put, Update or Delete';

type WithoutTable<Action> = Action extends TransactAction ? Omit<Action, 'table'> : never;

interface ParsedAction {
  tableName: string;
  action: WithoutTable<TransactAction>;
  /** What of it counts towards the size of the transaction. */
  bytes: number;
  /** What must be the same when a request token comes again. */
  parameters: unknown;
}

/** Expressions come before keys: a syntax error is reported of an action whose key is nested too deep (deepRequests). */
function parseAction(item: TransactWriteItem): ParsedAction {
  const {ConditionCheck, Put, Delete, Update} = item;
  const [part, another] = [ConditionCheck, Put, Delete, Update].filter(each => each !== undefined);
  if (!part) throw validationError(noAction);
  if (another) throw validationError(severalActions);
  const returnOldOnRefusal = part.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  const parsed = (action: WithoutTable<TransactAction>, bytes: number) => ({
    tableName: part.TableName,
    action,
    bytes,
    parameters: parametersOf(item),
  });
  if (Put) {
    const {condition} = bindAction(Put);
    const newItem = mustFitItem(parseItem(Put.Item, olderLayer));
    return parsed({kind: 'put', item: newItem, condition, returnOldOnRefusal}, newItem.size);
  }
  if (Update) {
    const {update, condition} = bindAction(Update);
    const key = parseItem(Update.Key, olderLayer);
    return parsed(
      {kind: 'update', key, update: update!, condition, returnOldOnRefusal},
      itemSize(key) + update!.charge(),
    );
  }
  if (Delete) {
    const {condition} = bindAction(Delete);
    const key = parseItem(Delete.Key, olderLayer);
    return parsed({kind: 'delete', key, condition, returnOldOnRefusal}, itemSize(key));
  }
  const {condition} = bindAction(ConditionCheck!);
  const key = parseItem(ConditionCheck!.Key, olderLayer);
  return parsed({kind: 'check', key, condition: condition!, returnOldOnRefusal}, itemSize(key));
}

/** Only members that were read, after their values were put into normal form. */
function parametersOf({ConditionCheck, Put, Delete, Update}: TransactWriteItem): unknown {
  const kind = ConditionCheck ? 'check' : Put ? 'put' : Delete ? 'delete' : 'update';
  const part = (ConditionCheck ?? Put ?? Delete ?? Update)!;
  return [
    kind,
    part.TableName,
    Put?.Item ?? (ConditionCheck ?? Delete ?? Update)?.Key,
    Update?.UpdateExpression,
    part.ConditionExpression,
    part.ExpressionAttributeNames,
    part.ExpressionAttributeValues,
    part.ReturnValuesOnConditionCheckFailure,
  ];
}

function metricsOf(engine: Engine, names: readonly string[], actions: readonly TransactedAction[]): Promise<object> {
  const byName = new Map<string, WrittenItem[]>();
  for (const [at, {written}] of actions.entries()) {
    if (!written) continue;
    const writes = byName.get(names[at]!);
    if (writes) writes.push(written);
    else byName.set(names[at]!, [written]);
  }
  return metricsByTable(engine, [...byName.keys()], [...byName.values()]);
}
