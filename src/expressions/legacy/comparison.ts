import type {AttributeType, AttributeValue} from '../../model/attribute-value.ts';
import {typeOf} from '../../model/attribute-value.ts';
import {equalValues} from '../../model/compare-values.ts';
import type {Condition as WireCondition} from '../../model/shapes.generated.ts';
import {beginsWith, contains, isOrdered} from '../evaluate-condition.ts';

export type ComparisonOperator = WireCondition['ComparisonOperator'];

/** One checked condition of a legacy parameter: `attribute operator values`. */
export interface Comparison {
  attribute: string;
  operator: ComparisonOperator;
  /** In normal form, as many as the operator takes, of types that it takes. */
  values: readonly AttributeValue[];
}

/** Whether the value of the attribute, undefined where the item has none, meets a comparison. */
export type ComparisonTest = (value: AttributeValue | undefined) => boolean;

/**
 * What each operator means, on attributes that are missing and on values of other types too: these are not equal, in no
 * order and contain nothing. Only NE and NULL hold for an attribute that is not there, NOT_CONTAINS does not (scylladb's
 * test_expected.py and test_query_filter.py, which run against AWS).
 */
export function comparisonTest({operator, values}: Comparison): ComparisonTest {
  const first = values[0]!;
  const second = values[1]!;
  switch (operator) {
    case 'EQ':
      return value => value !== undefined && equalValues(value, first);
    case 'NE':
      return value => value === undefined || !equalValues(value, first);
    case 'LT':
      return value => value !== undefined && isOrdered('<', value, first);
    case 'LE':
      return value => value !== undefined && isOrdered('<=', value, first);
    case 'GT':
      return value => value !== undefined && isOrdered('>', value, first);
    case 'GE':
      return value => value !== undefined && isOrdered('>=', value, first);
    case 'BETWEEN':
      return value => value !== undefined && isOrdered('>=', value, first) && isOrdered('<=', value, second);
    case 'BEGINS_WITH':
      return value => value !== undefined && beginsWith(value, first);
    case 'CONTAINS':
      return value => value !== undefined && contains(value, first);
    case 'NOT_CONTAINS':
      return value => value !== undefined && !contains(value, first);
    case 'NULL':
      return value => value === undefined;
    case 'NOT_NULL':
      return value => value !== undefined;
    case 'IN':
      return isOneOf(values);
  }
}

/** IN takes any number of values, all of the same scalar type; a set keeps long lists from costing as much for each item. */
function isOneOf(values: readonly AttributeValue[]): ComparisonTest {
  const type = typeOf(values[0]!);
  const members = new Set(values.map(value => scalarOf(value, type)));
  return value => value !== undefined && typeOf(value) === type && members.has(scalarOf(value, type));
}

function scalarOf(value: AttributeValue, type: AttributeType): string {
  return (value as {S: string})[type as 'S'];
}
