import {assert} from '../base/assert.ts';

/** Sums of counters, place by place; the shorter side counts as zeros. All stay safe integers. */
export function addAmounts(sums: readonly number[], amounts: readonly number[]): number[] {
  const added = [...sums];
  for (let place = 0; place < amounts.length; place++) {
    const sum = (added[place] ?? 0) + amounts[place]!;
    assert(Number.isSafeInteger(sum), 'counter sum is a safe integer', {place, sum});
    added[place] = sum;
  }
  return added;
}
