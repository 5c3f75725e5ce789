import type {AttributeValue} from '../../model/attribute-value.ts';
import {checkAttributeName, parseAttributeValue, type WireValue} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {Condition as WireCondition} from '../../model/shapes.generated.ts';
import type {ValueLayer} from '../../model/value-layer.ts';
import {checkComparison} from './check-comparison.ts';
import type {Comparison} from './comparison.ts';

export type WireConditions = Readonly<Record<string, WireCondition>>;

/**
 * Ours: each condition is looked at for every item of a page, and AWS's own limit is not known. An expression has at most
 * 300 operators.
 */
const comparisonsMax = 1_000;

/** The conditions of KeyConditions, QueryFilter or ScanFilter, each checked whole. Throws ValidationException. */
export function parseComparisons(conditions: WireConditions, layer: ValueLayer): Comparison[] {
  checkComparisonCount(conditions);
  return Object.entries(conditions).map(([attribute, {ComparisonOperator, AttributeValueList}]) => {
    checkAttributeName(attribute, layer);
    const comparison = {
      attribute,
      operator: ComparisonOperator,
      values: parseValueList(AttributeValueList ?? [], layer),
    };
    checkComparison(comparison);
    return comparison;
  });
}

export function checkComparisonCount(conditions: object): void {
  const count = Object.keys(conditions).length;
  if (count <= comparisonsMax) return;
  throw validationError(
    `One or more parameter values were invalid: ${count} conditions are more than the maximum of ${comparisonsMax}`,
  );
}

export function parseValueList(values: readonly (AttributeValue | WireValue)[], layer: ValueLayer): AttributeValue[] {
  return values.map(value => parseAttributeValue(value as WireValue, layer));
}
