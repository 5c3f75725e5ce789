import {whenReady} from '../../base/awaitable.ts';
import {deleteItem} from '../../engine/items/delete-item.ts';
import {parseItem} from '../../model/parse-item.ts';
import type {DeleteItemInput} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindRequest, mustHaveExpressions} from '../bind-request.ts';
import {mustJoinConditions} from '../must-join-conditions.ts';
import {mustNotMix} from '../must-not-mix.ts';
import {mustReturnOldOrNone} from '../must-return-old-or-none.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {writeAnswer} from '../write-answer.ts';

export const deleteItemOperation = defineOperation({
  name: 'DeleteItem',
  envelope: '1 validation error detected: ',
  parse: (wire: DeleteItemInput, caller) => {
    mustNotMix(wire, ['Expected', 'ConditionalOperator'], ['ConditionExpression']);
    mustJoinConditions(wire);
    mustHaveExpressions(wire, bareLayer, ['ConditionExpression']);
    mustReturnOldOrNone(wire.ReturnValues);
    const key = parseItem(wire.Key, bareLayer);
    const {condition} = bindRequest(wire, bareLayer, ['ConditionExpression']);
    return {
      request: {
        table: tableRefOf(wire.TableName, caller),
        key,
        condition,
        returnOld: wire.ReturnValues === 'ALL_OLD',
        returnOldOnRefusal: wire.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
      },
      report: {
        tableName: wire.TableName,
        capacity: wire.ReturnConsumedCapacity,
        metrics: wire.ReturnItemCollectionMetrics,
      },
    };
  },
  permissions: ({request}, engine) => [onTable('DeleteItem', request.table, engine)],
  run: (engine, {request, report}) =>
    whenReady(deleteItem(engine, request), written => writeAnswer(engine, written, report, written.oldJson)),
});
