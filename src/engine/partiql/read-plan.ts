import type {Condition} from '../../expressions/condition.ts';
import {evaluateCondition} from '../../expressions/evaluate-condition.ts';
import type {Projection} from '../../expressions/projection.ts';
import {segmentRange} from '../../keyspace/item-key.ts';
import {type Item, setAttribute} from '../../model/attribute-value.ts';
import {compareValues} from '../../model/compare-values.ts';
import {hashSetOrder} from '../../model/hash-set-order.ts';
import {validationError} from '../../model/service-error.ts';
import {bindWhere, type Where} from '../../partiql/bind-where.ts';
import {type KeyBranch, keyBranches} from '../../partiql/key-branches.ts';
import type {KeyRange} from '../../storage/store.ts';
import {mustNotReachIntoKeys} from '../items/key-paths.ts';
import {keyOfRequest} from '../items/primary-key.ts';
import {mustFetchBase} from '../query/selection.ts';
import {prefixOf, type Source} from '../query/source.ts';
import type {Table} from '../tables/table.ts';
import {type BoundStatement, mustBeSound} from './bound-statement.ts';
import {keyRanges} from './key-ranges.ts';
import {readOrder} from './order-by.ts';
import {statementSource} from './statement-source.ts';

/** The reads that a SELECT becomes: those of GetItem, Query or Scan. */
export interface ReadPlan {
  source: Source;
  /** In the order in which they are read. */
  ranges: readonly KeyRange[];
  /** Where the one item lies that the statement can be about. */
  point: Buffer | undefined;
  reverse: boolean;
  filter: Condition | undefined;
  projection: Projection | undefined;
  fetchBase: boolean;
}

/** Throws ValidationException for what this table can't answer. */
export function planRead(table: Table, statement: BoundStatement<'select' | 'exists'>, consistent: boolean): ReadPlan {
  const {prepared, parameters} = statement;
  const source = statementSource(table, prepared.index, consistent);
  mustBeSound(statement);
  const {projection, where: template} = prepared.body;
  const where = template && bindWhere(template, parameters);
  const branches = where && keyBranches(where, source.keySchema);
  const order = readOrder(source, prepared.body, branches);
  const ranges = branches && keyRanges(source, branches, order);
  mustNotReachIntoKeys(table, projection?.nestedAttributes);
  mustNotReachIntoKeys(table, where?.resolved.derived.nestedAttributes);
  const fetchBase = mustFetchBase(source, undefined, projection);
  if (branches) mustProjectFilters(source, branches);
  const exact = branches?.every(({filtered}) => filtered.length === 0) === true;
  return {
    source,
    ranges: ranges ?? [segmentRange(prefixOf(source), 0, 1)],
    point: exact ? pointOf(source, branches) : undefined,
    reverse: order.reverse,
    filter: where && !exact ? filterOf(where) : undefined,
    projection,
    fetchBase,
  };
}

export function filterOf({expression, resolved, values}: Where): Condition {
  return {
    matches: item => evaluateCondition(expression.root, item, resolved.paths, values),
    topLevelAttributes: resolved.derived.topLevelAttributes,
    nestedAttributes: resolved.derived.nestedAttributes,
  };
}

/** One value for each key attribute, and nothing else asked. */
function pointOf({table, index, keySchema}: Source, branches: readonly KeyBranch[]): Buffer | undefined {
  const [branch, another] = branches;
  if (index || !branch || another) return undefined;
  const key: Item = {};
  setAttribute(key, keySchema.partition[0]!.name, branch.partition);
  const [clause, more] = branch.sort;
  if (keySchema.sort.length > 0) {
    if (clause?.operator !== '=' || more) return undefined;
    setAttribute(key, keySchema.sort[0]!.name, clause.values[0]!);
  }
  return keyOfRequest(table, key).key;
}

/**
 * What an index does not hold, a read by its key may not filter by, though a scan may. Of several reads the last one counts,
 * unless one of them has nothing to complain of (paritysuite's index qualifiers; Floci's captures, eu-west-2, 2026-09).
 */
function mustProjectFilters({index, keySchema}: Source, branches: readonly KeyBranch[]): void {
  if (!index?.projected) return;
  const keys = new Set([...keySchema.partition, ...keySchema.sort].map(({name}) => name));
  let missing: readonly string[] = [];
  for (const {filtered} of branches.toSorted(byPartition)) {
    missing = filtered.filter(name => !index.projected!.has(name) && !keys.has(name));
    if (missing.length === 0) return;
  }
  if (missing.length === 0) return;
  throw validationError(
    `One or more parameter values were invalid: Secondary index ${index.record.name} does not project one or more filter attributes: [${hashSetOrder(missing, 16).join(', ')}]`,
  );
}

function byPartition(a: KeyBranch, b: KeyBranch): number {
  return compareValues(a.partition, b.partition) ?? 0;
}
