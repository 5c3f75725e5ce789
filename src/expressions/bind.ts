import type {WireItem} from '../model/parse-item.ts';
import {ServiceError, validationError} from '../model/service-error.ts';
import {bareLayer, olderLayer, type ValueLayer} from '../model/value-layer.ts';
import type {Placeholders} from './bindings.ts';
import {createCache} from './cache.ts';
import {checkExpressionPresence} from './check-expression-presence.ts';
import {bindCheckedCondition, bindCondition, type Condition} from './condition.ts';
import {type KeyCondition, toKeyCondition} from './key-condition.ts';
import {parseCondition} from './parse-condition.ts';
import {parseProjection} from './parse-projection.ts';
import {parseUpdate} from './parse-update.ts';
import {checkNames, parseValues} from './placeholder-maps.ts';
import {bindProjection, type Projection} from './projection.ts';
import type {Expression} from './tree.ts';
import {bindUpdate, type Update} from './update.ts';

/** The expression members of one request, as sent. */
export interface ExpressionRequest {
  conditionExpression?: string | undefined;
  filterExpression?: string | undefined;
  projectionExpression?: string | undefined;
  updateExpression?: string | undefined;
  keyConditionExpression?: string | undefined;
  expressionAttributeNames?: Record<string, string> | undefined;
  /** Changed in place: put in normal form. */
  expressionAttributeValues?: WireItem | undefined;
}

export interface BoundExpressions {
  condition?: Condition;
  filter?: Condition;
  projection?: Projection;
  update?: Update;
  keyCondition?: KeyCondition;
}

const expressionBytesMax = 4096;

/**
 * Parses (or remembers) the expressions of a request, and binds them to its names and values. `layer` is that of the
 * operation: it decides on prefixes and on the wording about values. Throws ValidationException with AWS's text; the order
 * of checks is that of dynalite, whose tests ran against AWS: placeholder maps, then each expression (update, condition,
 * key condition, filter, projection), unused placeholders, and last whether the key condition is one. With
 * 'any' as `valueExpressions`, placeholders that no expression could use are taken.
 */
export function bindExpressions(
  request: ExpressionRequest,
  layer: ValueLayer,
  valueExpressions: readonly string[] | 'any',
): BoundExpressions {
  if (valueExpressions !== 'any') checkExpressionPresence(request, layer, valueExpressions);
  if (layer.envelope === '') return bind(request, layer);
  try {
    return bind(request, layer.older ? olderLayer : bareLayer);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw validationError(layer.envelope + error.message);
  }
}

function bind(request: ExpressionRequest, layer: ValueLayer): BoundExpressions {
  const names = request.expressionAttributeNames;
  if (names !== undefined) checkNames(names);
  const wireValues = request.expressionAttributeValues;
  const values = wireValues === undefined ? undefined : parseValues(wireValues, layer);
  const placeholders: Placeholders = {names, values};
  const bound: BoundExpressions = {};
  const used: Expression<unknown>[] = [];
  const {updateExpression, conditionExpression, keyConditionExpression, filterExpression, projectionExpression} =
    request;
  if (updateExpression !== undefined) {
    bound.update = bindOne('UpdateExpression', updateExpression, updates, bindUpdate, placeholders, used);
  }
  if (conditionExpression !== undefined) {
    bound.condition = bindOne(
      'ConditionExpression',
      conditionExpression,
      conditions,
      bindCondition,
      placeholders,
      used,
    );
  }
  let keyCondition: ReturnType<typeof bindCheckedCondition> | undefined;
  if (keyConditionExpression !== undefined) {
    keyCondition = bindOne(
      'KeyConditionExpression',
      keyConditionExpression,
      conditions,
      bindCheckedCondition,
      placeholders,
      used,
    );
  }
  if (filterExpression !== undefined) {
    bound.filter = bindOne('FilterExpression', filterExpression, conditions, bindCondition, placeholders, used);
  }
  if (projectionExpression !== undefined) {
    bound.projection = bindOne(
      'ProjectionExpression',
      projectionExpression,
      projections,
      bindProjection,
      placeholders,
      used,
    );
  }
  if (names !== undefined && used.length > 0) refuseUnused('names', names, used);
  if (values !== undefined && used.length > 0) refuseUnused('values', values, used);
  if (keyCondition !== undefined) bound.keyCondition = toKeyCondition(keyCondition);
  return bound;
}

const conditions = createCache(parseCondition);
const updates = createCache(parseUpdate);
const projections = createCache(parseProjection);

function bindOne<Parsed extends Expression<unknown>, Bound>(
  member: string,
  text: string,
  parse: (text: string) => Parsed,
  bindTo: (expression: Parsed, placeholders: Placeholders) => Bound,
  placeholders: Placeholders,
  used: Expression<unknown>[],
): Bound {
  try {
    checkSize(member, text);
    const expression = parse(text);
    used.push(expression);
    return bindTo(expression, placeholders);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw validationError(`Invalid ${member}: ${error.message}`);
  }
}

function checkSize(member: string, text: string): void {
  if (text === '') throw validationError('The expression can not be empty;');
  if (text.length <= expressionBytesMax / 3) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= expressionBytesMax) return;
  // Only of updates is the size not told (paritysuite deepRequests).
  const size = member === 'UpdateExpression' ? '' : ` expression size: ${bytes}`;
  throw validationError(`Expression size has exceeded the maximum allowed size;${size}`);
}

/** Placeholders count as used where an expression names them, whether or not evaluating it would come to them. */
function refuseUnused(kind: 'names' | 'values', map: object, used: readonly Expression<unknown>[]): void {
  const placeholders = Object.keys(map);
  // All that expressions name is there, or they would have been refused.
  if (used.length === 1 && used[0]![kind].length === placeholders.length) return;
  const named = new Set(used.flatMap(expression => expression[kind]));
  const unused = placeholders.filter(placeholder => !named.has(placeholder));
  if (unused.length === 0) return;
  const member = kind === 'names' ? 'ExpressionAttributeNames' : 'ExpressionAttributeValues';
  throw validationError(`Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`);
}
