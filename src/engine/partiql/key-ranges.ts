import type {KeySelection} from '../../expressions/resolve-key-condition.ts';
import type {KeyValue} from '../../keyspace/ordered.ts';
import type {AttributeValue} from '../../model/attribute-value.ts';
import {compareValues, equalValues} from '../../model/compare-values.ts';
import {validationError} from '../../model/service-error.ts';
import type {KeyBranch} from '../../partiql/key-branches.ts';
import type {KeyRange} from '../../storage/store.ts';
import {mustBeStorable} from '../items/primary-key.ts';
import {rangeOfSelection} from '../query/key-range.ts';
import type {Source} from '../query/source.ts';
import type {ReadOrder} from './order-by.ts';

interface BranchRange extends KeyRange {
  partition: AttributeValue;
  /** Its other conditions look at the sort key, so that it may overlap (paritysuite whereOverlap). */
  loose: boolean;
}

/**
 * The disjoint ranges of keys that a WHERE clause asks for: partitions in their order, or against it, and in each of them the
 * sort keys rising or falling. Throws ValidationException where two alternatives want the same key.
 */
export function keyRanges(source: Source, branches: readonly KeyBranch[], order: ReadOrder): KeyRange[] {
  const sortName = source.keySchema.sort[0]?.name;
  const ranges: BranchRange[] = [];
  for (const {partition, sort, filtered} of branches) {
    const range = rangeOfBranch(source, partition, sort);
    if (Buffer.compare(range.start, range.end) >= 0) continue;
    ranges.push({...range, partition, loose: sortName !== undefined && filtered.includes(sortName)});
  }
  const direction = order.partitionsDescending ? -1 : 1;
  const byPartition = (a: BranchRange, b: BranchRange) => direction * (compareValues(a.partition, b.partition) ?? 0);
  ranges.sort((a, b) => byPartition(a, b) || Buffer.compare(a.start, b.start));
  mustNotOverlap(ranges.filter(({loose}) => !loose));
  const disjoint = merged(ranges);
  return order.reverse ? disjoint.sort((a, b) => byPartition(a, b) || Buffer.compare(b.start, a.start)) : disjoint;
}

function rangeOfBranch(source: Source, partition: AttributeValue, sort: KeyBranch['sort']): KeyRange {
  let range = rangeOf({partition: [partition], sortEquals: [], sortRange: undefined});
  for (const {operator, values} of sort) {
    const selection =
      operator === '='
        ? {partition: [partition], sortEquals: values, sortRange: undefined}
        : {partition: [partition], sortEquals: [], sortRange: {operator, values: values as readonly KeyValue[]}};
    const {start, end} = rangeOf(selection);
    range = {
      start: Buffer.compare(start, range.start) > 0 ? start : range.start,
      end: Buffer.compare(end, range.end) < 0 ? end : range.end,
    };
  }
  return range;

  function rangeOf(selection: KeySelection): KeyRange {
    mustBeStorable(source.keySchema, selection);
    return rangeOfSelection(source, selection);
  }
}

function mustNotOverlap(ranges: readonly BranchRange[]): void {
  for (let i = 1; i < ranges.length; i++) {
    const [before, range] = [ranges[i - 1]!, ranges[i]!];
    if (!equalValues(before.partition, range.partition) || Buffer.compare(range.start, before.end) >= 0) continue;
    throw validationError('Overlapping conditions with range keys are not supported in where clause');
  }
}

function merged(ranges: readonly BranchRange[]): BranchRange[] {
  const disjoint: BranchRange[] = [];
  let last: BranchRange | undefined;
  for (const range of ranges) {
    if (last && equalValues(last.partition, range.partition) && Buffer.compare(range.start, last.end) < 0) {
      if (Buffer.compare(range.end, last.end) > 0) last.end = range.end;
      continue;
    }
    last = {...range};
    disjoint.push(last);
  }
  return disjoint;
}
