import {getAttribute, type Item} from '../../model/attribute-value.ts';
import type {Condition} from '../condition.ts';
import {type Comparison, type ComparisonTest, comparisonTest} from './comparison.ts';

export type ConditionalOperator = 'AND' | 'OR';

/** Comparisons as one condition or filter; undefined if there are none, which AWS takes as no condition. */
export function legacyCondition(
  comparisons: readonly Comparison[],
  operator: ConditionalOperator = 'AND',
): Condition | undefined {
  if (comparisons.length === 0) return undefined;
  const tests = comparisons.map(comparison => [comparison.attribute, comparisonTest(comparison)] as const);
  return {
    matches: operator === 'OR' ? item => meetsAny(tests, item) : item => meetsAll(tests, item),
    topLevelAttributes: new Set(comparisons.map(({attribute}) => attribute)),
    // A dot in a legacy name is part of the name.
    nestedAttributes: new Set(),
    legacy: true,
  };
}

type Tests = readonly (readonly [attribute: string, test: ComparisonTest])[];

function meetsAll(tests: Tests, item: Item): boolean {
  for (const [attribute, test] of tests) if (!test(getAttribute(item, attribute))) return false;
  return true;
}

function meetsAny(tests: Tests, item: Item): boolean {
  for (const [attribute, test] of tests) if (test(getAttribute(item, attribute))) return true;
  return false;
}
