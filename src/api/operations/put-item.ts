import {whenReady} from '../../base/awaitable.ts';
import {putItem} from '../../engine/items/put-item.ts';
import type {PutItemInput} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindRequest, mustHaveExpressions} from '../bind-request.ts';
import {mustJoinConditions} from '../must-join-conditions.ts';
import {mustNotMix} from '../must-not-mix.ts';
import {mustReturnOldOrNone} from '../must-return-old-or-none.ts';
import {newItemOfWire} from '../new-item-of.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {writeAnswer} from '../write-answer.ts';

export const putItemOperation = defineOperation({
  name: 'PutItem',
  envelope: '1 validation error detected: ',
  items: ['Item'],
  parse: (wire: PutItemInput, caller) => {
    mustNotMix(wire, ['Expected', 'ConditionalOperator'], ['ConditionExpression']);
    mustJoinConditions(wire);
    mustHaveExpressions(wire, bareLayer, ['ConditionExpression']);
    mustReturnOldOrNone(wire.ReturnValues);
    // Before its conditions are looked at: dynalite's tests, against AWS.
    const item = newItemOfWire(wire.Item, bareLayer);
    const {condition} = bindRequest(wire, bareLayer, ['ConditionExpression']);
    return {
      put: {
        table: tableRefOf(wire.TableName, caller),
        item,
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
  permissions: ({put}, engine) => [onTable('PutItem', put.table, engine)],
  run: (engine, {put, report}) =>
    whenReady(putItem(engine, put), written => writeAnswer(engine, written, report, written.oldJson)),
});
