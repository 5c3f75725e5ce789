import {whenReady} from '../../base/awaitable.ts';
import {attributesOf, newItemJson} from '../../engine/items/new-item.ts';
import {updateItem} from '../../engine/items/update-item.ts';
import type {WrittenItem} from '../../engine/items/written-item.ts';
import type {Update} from '../../expressions/update.ts';
import type {Item} from '../../model/attribute-value.ts';
import {parseItem} from '../../model/parse-item.ts';
import type {UpdateItemInput} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindRequest, mustHaveExpressions} from '../bind-request.ts';
import {mustJoinConditions} from '../must-join-conditions.ts';
import {mustNotMix} from '../must-not-mix.ts';
import {defineOperation} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {writeAnswer} from '../write-answer.ts';

type ReturnValues = UpdateItemInput['ReturnValues'];

export const updateItemOperation = defineOperation({
  name: 'UpdateItem',
  envelope: '1 validation error detected: ',
  parse: (wire: UpdateItemInput, caller) => {
    mustNotMix(
      wire,
      ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
      ['UpdateExpression', 'ConditionExpression'],
    );
    mustJoinConditions(wire);
    mustHaveExpressions(wire, bareLayer, ['UpdateExpression', 'ConditionExpression']);
    const key = parseItem(wire.Key, bareLayer);
    const {update, condition} = bindRequest(wire, bareLayer, ['UpdateExpression', 'ConditionExpression']);
    return {
      request: {
        table: tableRefOf(wire.TableName, caller),
        key,
        update,
        condition,
        returnOld: wire.ReturnValues === 'ALL_OLD',
        returnOldOnRefusal: wire.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
      },
      returnValues: wire.ReturnValues,
      report: {
        tableName: wire.TableName,
        capacity: wire.ReturnConsumedCapacity,
        metrics: wire.ReturnItemCollectionMetrics,
      },
    };
  },
  permissions: ({request}, engine) => [onTable('UpdateItem', request.table, engine)],
  run: (engine, {request, returnValues, report}) =>
    whenReady(updateItem(engine, request), written =>
      writeAnswer(engine, written, report, textOf(written, returnValues, request.update)),
    ),
});

/** The wire text of what ReturnValues asks for; AWS leaves the member out when it would be empty. */
function textOf(
  written: WrittenItem,
  returnValues: ReturnValues,
  update: Update | undefined,
): Buffer | string | undefined {
  switch (returnValues) {
    case 'ALL_OLD':
      return written.oldJson;
    case 'ALL_NEW':
      return written.newItem && newItemJson(written.newItem);
    case 'UPDATED_OLD':
      return written.oldItem && update && textUnlessEmpty(update.updatedParts(written.oldItem));
    case 'UPDATED_NEW':
      return (
        written.newItem &&
        update &&
        textUnlessEmpty(update.updatedParts(attributesOf(written.newItem, [...update.topLevelAttributes])))
      );
    default:
      return undefined;
  }
}

function textUnlessEmpty(item: Item): string | undefined {
  const text = JSON.stringify(item);
  return text === '{}' ? undefined : text;
}
