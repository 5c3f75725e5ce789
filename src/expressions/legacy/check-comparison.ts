import {type AttributeType, type AttributeValue, typeOf} from '../../model/attribute-value.ts';
import {compareValues} from '../../model/compare-values.ts';
import {validationError} from '../../model/service-error.ts';
import type {Comparison, ComparisonOperator} from './comparison.ts';

const invalid = 'One or more parameter values were invalid: ';

const scalarTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B']);
const containedTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B', 'BOOL', 'NULL']);
const prefixTypes: ReadonlySet<AttributeType> = new Set(['S', 'B']);

/** How many values an operator takes, and of which types; without `types` of any. */
interface Arity {
  min: number;
  max: number;
  types?: ReadonlySet<AttributeType>;
}

// Types: dynalite test/query.js and test/scan.js, scylladb's test_query_filter.py (EQ and NE take documents too).
const none: Arity = {min: 0, max: 0};
const one: Arity = {min: 1, max: 1};
const oneScalar: Arity = {min: 1, max: 1, types: scalarTypes};
const oneContained: Arity = {min: 1, max: 1, types: containedTypes};
const arities: Readonly<Record<ComparisonOperator, Arity>> = {
  EQ: one,
  NE: one,
  LT: oneScalar,
  LE: oneScalar,
  GT: oneScalar,
  GE: oneScalar,
  CONTAINS: oneContained,
  NOT_CONTAINS: oneContained,
  BEGINS_WITH: {min: 1, max: 1, types: prefixTypes},
  BETWEEN: {min: 2, max: 2, types: scalarTypes},
  IN: {min: 1, max: Number.POSITIVE_INFINITY, types: scalarTypes},
  NULL: none,
  NOT_NULL: none,
};

/** Throws ValidationException. Order: dynalite validations/index.js, validateConditions. */
export function checkComparison({operator, values}: Comparison): void {
  const {min, max, types} = arities[operator];
  if (values.length < min || values.length > max) {
    throw validationError(`${invalid}Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  if (values.length === 0) return;
  const type = typeOf(values[0]!);
  if (values.some(value => typeOf(value) !== type)) {
    throw validationError(`${invalid}AttributeValues inside AttributeValueList must be of same type`);
  }
  if (types && !types.has(type)) {
    throw validationError(`${invalid}ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`);
  }
  if (operator === 'BETWEEN' && isReversed(values[0]!, values[1]!)) {
    throw validationError(
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    );
  }
}

function isReversed(lower: AttributeValue, upper: AttributeValue): boolean {
  return compareValues(lower, upper)! > 0;
}
