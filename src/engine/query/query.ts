import type {Awaitable} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import type {KeyCondition} from '../../expressions/key-condition.ts';
import type {Projection} from '../../expressions/projection.ts';
import {type KeySelection, resolveKeyCondition} from '../../expressions/resolve-key-condition.ts';
import {getAttribute, type Item, setAttribute, typeOf} from '../../model/attribute-value.ts';
import {equalValues} from '../../model/compare-values.ts';
import {validationError} from '../../model/service-error.ts';
import type {KeyRange} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {mustNotReachIntoKeys} from '../items/key-paths.ts';
import {mustBeStorable} from '../items/primary-key.ts';
import {readerFor} from '../reader.ts';
import {namesOf} from '../tables/table.ts';
import {readWithTable, type TableRef} from '../tables/with-tables.ts';
import {keyAfter} from './key-after.ts';
import {rangeOfSelection} from './key-range.ts';
import {type Page, readPage} from './read-page.ts';
import {mustFetchBase, type Select} from './selection.ts';
import {mustCountAsStartKey, mustHaveStartOf, mustStartAtItem, positionOf, type Source, sourceOf} from './source.ts';

export interface QueryRequest {
  table: TableRef;
  indexName?: string | undefined;
  keyCondition: KeyCondition;
  filter?: Condition | undefined;
  projection?: Projection | undefined;
  select?: Select | undefined;
  limit?: number | undefined;
  reverse: boolean;
  consistent: boolean;
  startKey?: Item | undefined;
}

export function query(engine: Engine, request: QueryRequest): Awaitable<Page> {
  return readWithTable(
    engine,
    request.table,
    () => [],
    (table, _values, reader) => {
      const source = sourceOf(table, request.indexName, request.consistent);
      const {startKey} = request;
      if (startKey) mustCountAsStartKey(source, startKey, 'Query');
      // Attribute by attribute, the start key comes before the condition (dynalite's tests, against AWS).
      const selection = resolveKeyCondition(request.keyCondition, source.keySchema, attribute => {
        if (startKey) mustHaveStartOf(startKey, attribute);
      });
      if (startKey) mustStartAtItem(source, startKey);
      mustBeStorable(source.keySchema, selection);
      let range = rangeOfSelection(source, selection);
      if (startKey) range = rangeFrom(source, selection, range, startKey, request.reverse);
      const holdsOne = !source.index && source.keySchema.sort.length === 0;
      if (startKey && holdsOne) throw cannotGoOn(startKey);
      mustNotReachIntoKeys(table, request.projection?.nestedAttributes);
      mustNotFilterByKey(source, request.filter);
      const fetchBase = mustFetchBase(source, request.select, request.projection);
      mustNotReachIntoKeys(table, request.filter?.nestedAttributes);
      return readPage({
        reader,
        source,
        range,
        reverse: request.reverse,
        // A LastEvaluatedKey that nobody may go on from would break every client that reads page by page.
        limit: holdsOne ? undefined : request.limit,
        consistent: request.consistent,
        filter: request.filter,
        projection: request.projection,
        countOnly: request.select === 'COUNT',
        fetchBase,
      });
    },
    readerFor(engine, request),
  );
}

/** A partition of a table without a sort key holds one item, after which nothing comes (scylladb's test_query.py on AWS). */
function cannotGoOn(startKey: Item) {
  const shown = Object.entries(startKey).map(([name, value]) => {
    const type = typeOf(value);
    return `${name}=AttributeValue: {${type}:${(value as Record<string, unknown>)[type]}}`;
  });
  return validationError(`The provided exclusive start key is invalid: ExclusiveStartKey: {${shown.join(', ')}}`);
}

function mustNotFilterByKey(source: Source, filter: Condition | undefined): void {
  if (!filter) return;
  for (const name of namesOf(source.keySchema)) {
    if (filter.topLevelAttributes.has(name)) {
      const parameter = filter.legacy ? 'QueryFilter' : 'Filter Expression';
      throw validationError(`${parameter} can only contain non-primary key attributes: Primary key attribute: ${name}`);
    }
  }
}

/** What is left of a query's range after `startKey`, which must lie in it. */
function rangeFrom(
  source: Source,
  selection: KeySelection,
  range: KeyRange,
  startKey: Item,
  reverse: boolean,
): KeyRange {
  const at = positionOf(source, startKey);
  const {partition} = source.keySchema;
  const samePartition = partition.every(({name}, number) =>
    equalValues(getAttribute(startKey, name)!, selection.partition[number]!),
  );
  const place = samePartition ? at : positionOf(source, movedTo(selection, source, startKey));
  if (Buffer.compare(place, range.start) < 0 || Buffer.compare(place, range.end) >= 0) {
    throw validationError('The provided starting key does not match the range key predicate');
  }
  if (!samePartition) {
    const onSort = selection.sortEquals.length > 0 || selection.sortRange !== undefined;
    throw validationError(
      onSort
        ? 'The query can return at most one row and cannot be restarted'
        : 'The provided starting key is outside query boundaries based on provided conditions',
    );
  }
  return reverse ? {start: range.start, end: at} : {start: keyAfter(at), end: range.end};
}

/** What the start key's sort key says, in the partition of the condition. */
function movedTo(selection: KeySelection, source: Source, startKey: Item): Item {
  const moved = {...startKey};
  for (const [number, {name}] of source.keySchema.partition.entries()) {
    setAttribute(moved, name, selection.partition[number]!);
  }
  return moved;
}
