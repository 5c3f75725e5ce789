import type {BoundExpressions} from '../expressions/bind.ts';
import {parseAttributeUpdates, type WireAttributeUpdates} from '../expressions/legacy/attribute-updates.ts';
import {parseAttributesToGet} from '../expressions/legacy/attributes-to-get.ts';
import {parseExpected, type WireExpected} from '../expressions/legacy/expected.ts';
import {type ConditionalOperator, legacyCondition} from '../expressions/legacy/legacy-condition.ts';
import {parseComparisons, type WireConditions} from '../expressions/legacy/parse-comparisons.ts';
import type {ValueLayer} from '../model/value-layer.ts';

/** The legacy members that operations share, of which each has some. */
export interface LegacyMembers {
  AttributeUpdates?: WireAttributeUpdates;
  Expected?: WireExpected;
  QueryFilter?: WireConditions;
  ScanFilter?: WireConditions;
  AttributesToGet?: string[];
  ConditionalOperator?: ConditionalOperator;
}

/**
 * What the legacy parameters of a request ask for, as the expressions that they stand in for; KeyConditions are Query's
 * own. Throws ValidationException. Order: dynalite validations/*.js, whose tests ran against AWS.
 */
export function bindLegacy(wire: LegacyMembers, layer: ValueLayer): BoundExpressions {
  const bound: BoundExpressions = {};
  const {AttributeUpdates, Expected, QueryFilter, AttributesToGet, ScanFilter, ConditionalOperator} = wire;
  if (AttributeUpdates) {
    const update = parseAttributeUpdates(AttributeUpdates, layer);
    if (update) bound.update = update;
  }
  if (Expected) {
    const condition = legacyCondition(parseExpected(Expected, layer), ConditionalOperator);
    if (condition) bound.condition = condition;
  }
  const filterBy = (conditions: WireConditions) => {
    const filter = legacyCondition(parseComparisons(conditions, layer), ConditionalOperator);
    if (filter) bound.filter = filter;
  };
  if (QueryFilter) filterBy(QueryFilter);
  if (AttributesToGet) bound.projection = parseAttributesToGet(AttributesToGet, layer);
  if (ScanFilter) filterBy(ScanFilter);
  return bound;
}
