import {validationError} from '../../model/service-error.ts';
import type {ValueLayer} from '../../model/value-layer.ts';
import type {KeyClause, KeyCondition} from '../key-condition.ts';
import type {ComparisonOperator} from './comparison.ts';
import {parseComparisons, type WireConditions} from './parse-comparisons.ts';

const keyOperators: Readonly<Record<ComparisonOperator, KeyClause['operator']>> = {
  EQ: '=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
  BETWEEN: 'BETWEEN',
  BEGINS_WITH: 'begins_with',
  NE: 'unindexable',
  IN: 'unindexable',
  CONTAINS: 'unindexable',
  NOT_CONTAINS: 'unindexable',
  NULL: 'unindexable',
  NOT_NULL: 'unindexable',
};

/** KeyConditions as a key condition. Throws ValidationException; order: dynalite validations/query.js. */
export function parseKeyConditions(conditions: WireConditions, layer: ValueLayer): KeyCondition {
  const comparisons = parseComparisons(conditions, layer);
  if (comparisons.length !== 1 && comparisons.length !== 2) {
    throw validationError('Conditions can be of length 1 or 2 only');
  }
  return {
    clauses: comparisons.map(({attribute, operator, values}) => ({
      attribute,
      operator: keyOperators[operator],
      values,
    })),
  };
}
