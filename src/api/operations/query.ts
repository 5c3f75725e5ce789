import {whenReady} from '../../base/awaitable.ts';
import {query} from '../../engine/query/query.ts';
import {validationError} from '../../model/service-error.ts';
import type {QueryInput} from '../../model/shapes.generated.ts';
import {bareLayer} from '../../model/value-layer.ts';
import {bindRequest, mustHaveExpressions} from '../bind-request.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {mustNotUseLegacy} from '../legacy-parameters.ts';
import {defineOperation} from '../operation.ts';
import {mustSelectSensibly, pageAnswer} from '../page-answer.ts';
import {parseStartKey} from '../start-key.ts';
import {onTable, tableRefOf} from '../table-ref.ts';

const expressions = ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'] as const;

export const queryOperation = defineOperation({
  name: 'Query',
  parse: (wire: QueryInput, caller) => {
    mustNotUseLegacy(wire, ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'], expressions);
    mustHaveExpressions(wire, bareLayer, ['FilterExpression', 'KeyConditionExpression']);
    const startKey = parseStartKey(wire.ExclusiveStartKey, bareLayer);
    const {keyCondition, filter, projection} = bindRequest(wire, bareLayer, [
      'FilterExpression',
      'KeyConditionExpression',
    ]);
    mustSelectSensibly(wire.Select, projection !== undefined, wire.IndexName !== undefined, 'Querying');
    if (!keyCondition) {
      throw validationError(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      );
    }
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
