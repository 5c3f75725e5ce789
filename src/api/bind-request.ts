import {type BoundExpressions, bindExpressions, type ExpressionRequest} from '../expressions/bind.ts';
import {checkExpressionPresence} from '../expressions/check-expression-presence.ts';
import type {WireItem} from '../model/parse-item.ts';
import {olderLayer, type ValueLayer} from '../model/value-layer.ts';
import {bindLegacy, type LegacyMembers} from './bind-legacy.ts';

/** The members that operations share, of which each has some. */
interface ExpressionMembers {
  ConditionExpression?: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: object;
}

/**
 * Refuses names and values where there is no expression to use them: the first thing that operations check, before the
 * values of items and keys.
 */
export function mustHaveExpressions(
  wire: ExpressionMembers,
  layer: ValueLayer,
  valueExpressions: readonly (keyof ExpressionMembers)[] = [],
): void {
  checkExpressionPresence(expressionRequest(wire), layer, valueExpressions);
}

/**
 * What a request asks for by expressions or by the legacy parameters in their place, ready to use. `valueExpressions` are
 * the members of this operation that may hold values.
 */
export function bindRequest(
  wire: ExpressionMembers & LegacyMembers,
  layer: ValueLayer,
  valueExpressions: readonly (keyof ExpressionMembers)[] = [],
): BoundExpressions {
  return bindBeside(bindLegacy(wire, layer), wire, layer, valueExpressions);
}

/**
 * The same for an action of a transaction, which may come with names and values that no expression could use (ExtendDB's
 * test_transact_expression_validation.py).
 */
export function bindAction(wire: ExpressionMembers): BoundExpressions {
  return bindExpressions(expressionRequest(wire), olderLayer, 'any');
}

/** The same for operations that check something else between the legacy parameters and the expressions. */
export function bindBeside(
  legacy: BoundExpressions,
  wire: ExpressionMembers,
  layer: ValueLayer,
  valueExpressions: readonly (keyof ExpressionMembers)[],
): BoundExpressions {
  return Object.assign(legacy, bindExpressions(expressionRequest(wire), layer, valueExpressions));
}

function expressionRequest(wire: ExpressionMembers): ExpressionRequest {
  return {
    conditionExpression: wire.ConditionExpression,
    filterExpression: wire.FilterExpression,
    projectionExpression: wire.ProjectionExpression,
    updateExpression: wire.UpdateExpression,
    keyConditionExpression: wire.KeyConditionExpression,
    expressionAttributeNames: wire.ExpressionAttributeNames,
    expressionAttributeValues: wire.ExpressionAttributeValues as WireItem | undefined,
  };
}
