import {whenReady} from '../../base/awaitable.ts';
import {getItem} from '../../engine/items/get-item.ts';
import {parseItem} from '../../model/parse-item.ts';
import type {GetItemInput} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindRequest, mustHaveExpressions} from '../bind-request.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {mustNotMix} from '../must-not-mix.ts';
import {defineOperation, RawAnswer} from '../operation.ts';
import {onTable, tableRefOf} from '../table-ref.ts';
import {withRawMember} from '../write-answer.ts';

export const getItemOperation = defineOperation({
  name: 'GetItem',
  parse: (wire: GetItemInput, caller) => {
    mustNotMix(wire, ['AttributesToGet'], ['ProjectionExpression']);
    mustHaveExpressions(wire, bareLayer);
    const key = parseItem(wire.Key, bareLayer);
    const {projection} = bindRequest(wire, bareLayer);
    return {
      request: {
        table: tableRefOf(wire.TableName, caller),
        key,
        projection,
        consistent: wire.ConsistentRead === true,
      },
      tableName: wire.TableName,
      capacity: wire.ReturnConsumedCapacity,
    };
  },
  permissions: ({request}, engine) => [onTable('GetItem', request.table, engine)],
  run: (engine, {request, tableName, capacity}) =>
    whenReady(getItem(engine, request), ({json, consumed}) => {
      const shown = consumedCapacity(capacity, tableName, consumed);
      if (json === undefined) return shown ? {ConsumedCapacity: shown} : {};
      return shown ? withRawMember({ConsumedCapacity: shown}, 'Item', json) : new RawAnswer(['{"Item":', json, '}']);
    }),
});
