import {whenReady} from '../../base/awaitable.ts';
import {transactGet} from '../../engine/transactions/transact-get.ts';
import {parseItem} from '../../model/parse-item.ts';
import type {TransactGetItemsInput} from '../../model/shapes.generated.ts';
import {olderLayer} from '../../model/value-layer.ts';
import {bindAction} from '../bind-request.ts';
import {defineOperation, RawAnswer} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {itemResponses, transactionCanceled, transactionCapacity} from '../transaction-answer.ts';

export const transactGetItemsOperation = defineOperation({
  name: 'TransactGetItems',
  parse: (wire: TransactGetItemsInput, caller) => {
    const parsed = wire.TransactItems.map(({Get}) => {
      const {projection} = bindAction(Get);
      return {tableName: Get.TableName, key: parseItem(Get.Key, olderLayer), projection};
    });
    return {
      names: parsed.map(({tableName}) => tableName),
      gets: parsed.map(({tableName, key, projection}) => ({table: tableRefOf(tableName, caller), key, projection})),
      capacity: wire.ReturnConsumedCapacity,
    };
  },
  permissions: ({gets}, engine) => gets.map(({table}) => onTable('GetItem', table, engine)),
  run: (engine, {names, gets, capacity}) =>
    whenReady(transactGet(engine, gets), outcome => {
      if (outcome.kind === 'cancelled') throw transactionCanceled(outcome.reasons);
      const consumed = outcome.items.map((item, at) => ({tableName: names[at]!, consumed: item.consumed}));
      return new RawAnswer(itemResponses(outcome.items, transactionCapacity(capacity, consumed, 'ReadCapacityUnits')));
    }),
});
