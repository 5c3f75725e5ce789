import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import type {Projection} from '../../expressions/projection.ts';
import {itemKey, partitionHash} from '../../keyspace/item-key.ts';
import {decodeStoredItem, storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {KeyRange, ScanPage, Value} from '../../storage/store.ts';
import {type Consumed, consumedOfTable, readUnits, setIndexUnits} from '../capacity.ts';
import {keyValues} from '../items/key-value.ts';
import type {Reader} from '../reader.ts';
import {keyAfter} from './key-after.ts';
import {type Source, startKeyOf} from './source.ts';

export interface PageRequest {
  reader: Reader;
  source: Source;
  range: KeyRange;
  reverse: boolean;
  /** Entries to look at, at most; undefined: as many as fit a page. */
  limit: number | undefined;
  /** What is left of a page that other reads have begun; absent: a whole page. */
  bytesMax?: number;
  consistent: boolean;
  filter: Condition | undefined;
  projection: Projection | undefined;
  /** Only the counts are wanted. */
  countOnly: boolean;
  /** The source is a local index, and something is asked of it that lies only in the table. */
  fetchBase: boolean;
}

export interface Page {
  /** Wire texts of the items; empty when only counts are wanted. */
  items: (Buffer | string)[];
  count: number;
  scannedCount: number;
  /** Of the items that were looked at. */
  scannedBytes: number;
  lastKey: Item | undefined;
  consumed: Consumed;
}

/** A page ends with the item that takes it to 1 MB of item sizes, counted before the filter. */
export const pageBytesMax = 1024 * 1024;

/** Entries that one turn of the loop takes, so that a long filtered page does not hold its values all at once. */
const entriesPerTurn = 5_000;

export function readPage(request: PageRequest): Awaitable<Page> {
  const {source, reader} = request;
  const bytesMax = request.bytesMax ?? pageBytesMax;
  const consumed = consumedOfTable(0);
  const page: Page = {items: [], count: 0, scannedCount: 0, scannedBytes: 0, lastKey: undefined, consumed};
  let baseUnits = 0;
  if (Buffer.compare(request.range.start, request.range.end) >= 0) return finish();
  return turn(request.range);

  function turn(range: KeyRange): Awaitable<Page> {
    const entriesMax = Math.min(entriesPerTurn, (request.limit ?? Number.POSITIVE_INFINITY) - page.scannedCount);
    const limits = {reverse: request.reverse, entriesMax, bytesMax};
    return whenReady(reader.scan(range, limits), found => {
      if (!request.fetchBase) return take(range, found, found.values);
      const keys = found.values.map(value => baseKeyOf(source, decodeStoredItem(value)));
      return whenReady(reader.read(keys), base => take(range, found, base));
    });
  }

  /** `answers` are the items to filter and answer with: those found, or the table's own. */
  function take(range: KeyRange, found: ScanPage, answers: readonly (Value | undefined)[]): Awaitable<Page> {
    for (let at = 0; at < found.values.length; at++) {
      const stored = found.values[at]!;
      page.scannedCount++;
      page.scannedBytes += storedItemSize(stored);
      const answer = answers[at];
      // An item may go between the read of the index and that of the table.
      if (answer) {
        if (request.fetchBase) baseUnits += readUnits(storedItemSize(answer), request.consistent);
        answerWith(answer);
      }
      if (page.scannedCount === request.limit || page.scannedBytes >= bytesMax) {
        page.lastKey = startKeyOf(source, decodeStoredItem(stored));
        return finish();
      }
    }
    if (!found.more) return finish();
    const last = found.keys[found.keys.length - 1];
    if (!last) return finish();
    return turn(request.reverse ? {start: range.start, end: last} : {start: keyAfter(last), end: range.end});
  }

  function answerWith(stored: Value): void {
    if (!request.filter && (request.countOnly || !request.projection)) {
      page.count++;
      if (!request.countOnly) page.items.push(storedItemJson(stored));
      return;
    }
    const item = decodeStoredItem(stored);
    if (request.filter && !request.filter.matches(item)) return;
    page.count++;
    if (request.countOnly) return;
    page.items.push(request.projection ? JSON.stringify(request.projection.project(item)) : storedItemJson(stored));
  }

  function finish(): Page {
    const units = readUnits(page.scannedBytes, request.consistent);
    if (!source.index) page.consumed.table = units;
    else setIndexUnits(page.consumed, source.index.record.kind, source.index.record.name, units);
    page.consumed.table += baseUnits;
    return page;
  }
}

function baseKeyOf({table}: Source, entry: Item): Buffer {
  const {id, keySchema} = table.record;
  return itemKey(id, partitionHash(keyValues(entry, keySchema.partition)!), keyValues(entry, keySchema.sort)![0]);
}
