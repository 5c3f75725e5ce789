import type {Awaitable} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import type {Projection} from '../../expressions/projection.ts';
import {segmentRange} from '../../keyspace/item-key.ts';
import type {Item} from '../../model/attribute-value.ts';
import {validationError} from '../../model/service-error.ts';
import type {KeyRange} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {mustNotReachIntoKeys} from '../items/key-paths.ts';
import {readerFor} from '../reader.ts';
import {readWithTable, type TableRef} from '../tables/with-tables.ts';
import {keyAfter} from './key-after.ts';
import {type Page, readPage} from './read-page.ts';
import {mustFetchBase, type Select} from './selection.ts';
import {
  mustCountAsStartKey,
  mustHaveStartOf,
  mustStartAtItem,
  positionOf,
  prefixOf,
  type Source,
  sourceOf,
} from './source.ts';

export interface ScanRequest {
  table: TableRef;
  indexName?: string | undefined;
  filter?: Condition | undefined;
  projection?: Projection | undefined;
  select?: Select | undefined;
  limit?: number | undefined;
  consistent: boolean;
  startKey?: Item | undefined;
  /** Segment `number` of `total`, counted from 0. */
  segment: {number: number; total: number};
}

export function scan(engine: Engine, request: ScanRequest): Awaitable<Page> {
  return readWithTable(
    engine,
    request.table,
    () => [],
    (table, _values, reader) => {
      const source = sourceOf(table, request.indexName, request.consistent);
      const {startKey} = request;
      if (startKey) {
        mustCountAsStartKey(source, startKey, 'Scan');
        const {partition, sort} = source.keySchema;
        if (source.index) for (const attribute of [...partition, ...sort]) mustHaveStartOf(startKey, attribute);
      }
      const fetchBase = mustFetchBase(source, request.select, request.projection);
      if (startKey) mustStartAtItem(source, startKey);
      const range = rangeOfScan(source, request);
      mustNotReachIntoKeys(table, request.projection?.nestedAttributes);
      mustNotReachIntoKeys(table, request.filter?.nestedAttributes);
      return readPage({
        reader,
        source,
        range,
        reverse: false,
        limit: request.limit,
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

function rangeOfScan(source: Source, {segment, startKey}: ScanRequest): KeyRange {
  const range = segmentRange(prefixOf(source), segment.number, segment.total);
  if (!startKey) return range;
  const at = positionOf(source, startKey);
  if (Buffer.compare(at, range.start) < 0 || Buffer.compare(at, range.end) >= 0) {
    throw validationError(
      `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${segment.total} Segment: ${segment.number}`,
    );
  }
  return {start: keyAfter(at), end: range.end};
}
