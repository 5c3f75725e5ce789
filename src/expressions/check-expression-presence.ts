import {validationError} from '../model/service-error.ts';
import type {ValueLayer} from '../model/value-layer.ts';
import type {ExpressionRequest} from './bind.ts';

/**
 * Refuses placeholders where no expression could use them. Part of bindExpressions; operations that check something between
 * this and the rest call it earlier. `valueExpressions` are the operation's members that may hold value placeholders, such
 * as `['UpdateExpression', 'ConditionExpression']`; the older layer names them. Throws ValidationException.
 */
export function checkExpressionPresence(
  request: ExpressionRequest,
  layer: ValueLayer,
  valueExpressions: readonly string[],
): void {
  const usesValues =
    request.conditionExpression !== undefined ||
    request.filterExpression !== undefined ||
    request.updateExpression !== undefined ||
    request.keyConditionExpression !== undefined;
  if (usesValues) return;
  if (request.expressionAttributeNames !== undefined && request.projectionExpression === undefined) {
    throw validationError(`${layer.envelope}ExpressionAttributeNames can only be specified when using expressions`);
  }
  if (request.expressionAttributeValues !== undefined) {
    const verb = valueExpressions.length > 1 ? 'are' : 'is';
    const suffix = layer.older ? `: ${valueExpressions.join(' and ')} ${verb} null` : '';
    throw validationError(
      `${layer.envelope}ExpressionAttributeValues can only be specified when using expressions${suffix}`,
    );
  }
}
