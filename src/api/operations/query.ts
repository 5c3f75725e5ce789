import {whenReady} from '../../base/awaitable.ts';
import {query} from '../../engine/query/query.ts';
import {parseKeyConditions} from '../../expressions/legacy/key-conditions.ts';
import {validationError} from '../../model/service-error.ts';
import type {QueryInput} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindLegacy} from '../bind-legacy.ts';
import {bindBeside, mustHaveExpressions} from '../bind-request.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {mustJoinConditions} from '../must-join-conditions.ts';
import {mustNotMix} from '../must-not-mix.ts';
import {defineOperation} from '../operation.ts';
import {mustSelectSensibly, pageAnswer} from '../page-answer.ts';
import {parseStartKey} from '../start-key.ts';
import {onTable, tableRefOf} from '../table-ref.ts';

const expressions = ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'] as const;

export const queryOperation = defineOperation({
  name: 'Query',
  parse: (wire: QueryInput, caller) => {
    mustNotMix(wire, ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'], expressions);
    mustJoinConditions(wire);
    mustHaveExpressions(wire, bareLayer, ['FilterExpression', 'KeyConditionExpression']);
    const legacy = bindLegacy(wire, bareLayer);
    const startKey = parseStartKey(wire.ExclusiveStartKey, bareLayer);
    if (wire.KeyConditions === undefined && wire.KeyConditionExpression === undefined) {
      throw validationError(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      );
    }
    const bound = bindBeside(legacy, wire, bareLayer, ['FilterExpression', 'KeyConditionExpression']);
    const {filter, projection} = bound;
    const keyCondition = bound.keyCondition ?? parseKeyConditions(wire.KeyConditions!, bareLayer);
    mustSelectSensibly(wire, '1 validation error detected: ');
    return {
      request: {
        table: tableRefOf(wire.TableName, caller),
        indexName: wire.IndexName,
        keyCondition,
        filter,
        projection,
        select: wire.Select,
        limit: wire.Limit,
        reverse: wire.ScanIndexForward === false,
        consistent: wire.ConsistentRead === true,
        startKey,
      },
      tableName: wire.TableName,
      capacity: wire.ReturnConsumedCapacity,
    };
  },
  permissions: ({request}, engine) => [onTable('Query', request.table, engine)],
  run: (engine, {request, tableName, capacity}) =>
    whenReady(query(engine, request), page =>
      pageAnswer(page, request.select, consumedCapacity(capacity, tableName, page.consumed)),
    ),
});
