import {checkAttributeName} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {ExpectedAttributeValue} from '../../model/shapes.generated.ts';
import type {ValueLayer} from '../../model/value-layer.ts';
import {checkComparison} from './check-comparison.ts';
import type {Comparison} from './comparison.ts';
import {checkComparisonCount, parseValueList} from './parse-comparisons.ts';

export type WireExpected = Readonly<Record<string, ExpectedAttributeValue>>;

/**
 * The conditions of Expected: `Value`, `Exists: false`, or an operator with `Value` or `AttributeValueList`. Throws
 * ValidationException; messages and order are those of paritysuite deleteItem (October 2026) and dynalite
 * validateAttributeConditions.
 */
export function parseExpected(expected: WireExpected, layer: ValueLayer): Comparison[] {
  checkComparisonCount(expected);
  return Object.entries(expected).map(([attribute, condition]) => {
    checkAttributeName(attribute, layer);
    const problem = findProblem(condition);
    if (problem !== undefined) {
      throw validationError(`One or more parameter values were invalid: ${problem} for Attribute: ${attribute}`);
    }
    const {Value, Exists, ComparisonOperator, AttributeValueList} = condition;
    const comparison: Comparison = {
      attribute,
      operator: ComparisonOperator ?? (Exists === false ? 'NULL' : 'EQ'),
      values: parseValueList(AttributeValueList ?? (Value ? [Value] : []), layer),
    };
    checkComparison(comparison);
    return comparison;
  });
}

/** What members of one condition can't stand together, without the name of the attribute. */
function findProblem({Value, Exists, ComparisonOperator, AttributeValueList}: ExpectedAttributeValue) {
  if (AttributeValueList && Value) return 'Value and AttributeValueList cannot be used together';
  if (ComparisonOperator) {
    if (Exists !== undefined) return 'Exists and ComparisonOperator cannot be used together';
    const takesNone = ComparisonOperator === 'NULL' || ComparisonOperator === 'NOT_NULL';
    if (!takesNone && !AttributeValueList && !Value) {
      return `Value or AttributeValueList must be used with ComparisonOperator: ${ComparisonOperator}`;
    }
    return undefined;
  }
  if (AttributeValueList) return 'AttributeValueList can only be used with a ComparisonOperator';
  if (Exists === false) return Value ? 'Value cannot be used when Exists is false' : undefined;
  return Value ? undefined : `Value must be provided when Exists is ${Exists ?? null}`;
}
