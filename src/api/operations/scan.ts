import {whenReady} from '../../base/awaitable.ts';
import {scan} from '../../engine/query/scan.ts';
import {validationError} from '../../model/service-error.ts';
import type {ScanInput} from '../../model/shapes.generated.ts';
import {olderLayer} from '../../model/value-layer.ts';
import {bindLegacy} from '../bind-legacy.ts';
import {bindBeside, mustHaveExpressions} from '../bind-request.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {mustJoinConditions} from '../must-join-conditions.ts';
import {mustNotMix} from '../must-not-mix.ts';
import {defineOperation} from '../operation.ts';
import {mustSelectSensibly, pageAnswer} from '../page-answer.ts';
import {parseStartKey} from '../start-key.ts';
import {onTable, tableRefOf} from '../table-ref.ts';

const expressions = ['ProjectionExpression', 'FilterExpression'] as const;

export const scanOperation = defineOperation({
  name: 'Scan',
  parse: (wire: ScanInput, caller) => {
    mustNotMix(wire, ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'], expressions);
    mustHaveExpressions(wire, olderLayer, ['FilterExpression']);
    const legacy = bindLegacy(wire, olderLayer);
    mustJoinConditions(wire);
    const startKey = parseStartKey(wire.ExclusiveStartKey, olderLayer);
    const segment = segmentOf(wire);
    const {filter, projection} = bindBeside(legacy, wire, olderLayer, ['FilterExpression']);
    mustSelectSensibly(wire, '');
    return {
      request: {
        table: tableRefOf(wire.TableName, caller),
        indexName: wire.IndexName,
        filter,
        projection,
        select: wire.Select,
        limit: wire.Limit,
        consistent: wire.ConsistentRead === true,
        startKey,
        segment,
      },
      tableName: wire.TableName,
      capacity: wire.ReturnConsumedCapacity,
    };
  },
  permissions: ({request}, engine) => [onTable('Scan', request.table, engine)],
  run: (engine, {request, tableName, capacity}) =>
    whenReady(scan(engine, request), page =>
      pageAnswer(page, request.select, consumedCapacity(capacity, tableName, page.consumed)),
    ),
});

function segmentOf({Segment, TotalSegments}: ScanInput): {number: number; total: number} {
  if (Segment === undefined && TotalSegments === undefined) return {number: 0, total: 1};
  if (TotalSegments === undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (Segment === undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (Segment >= TotalSegments) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    );
  }
  return {number: Segment, total: TotalSegments};
}
