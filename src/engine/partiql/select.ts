import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {storedItemSize} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {KeyRange, Value} from '../../storage/store.ts';
import {addConsumed, type Consumed, consumedOfTable, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {projectedJson} from '../items/get-item.ts';
import {keyAfter} from '../query/key-after.ts';
import {type Page, pageBytesMax, readPage} from '../query/read-page.ts';
import {positionOf} from '../query/source.ts';
import {type Reader, readerFor} from '../reader.ts';
import {readWithTable} from '../tables/with-tables.ts';
import {type BoundStatement, soundBeforeMissing} from './bound-statement.ts';
import {decodeNextToken, encodeNextToken, fingerprintOf, type Position} from './next-token.ts';
import {planRead, type ReadPlan} from './read-plan.ts';

export interface SelectRequest {
  text: string;
  statement: BoundStatement<'select'>;
  consistent: boolean;
  limit: number | undefined;
  nextToken: string | undefined;
}

export interface Selected {
  /** Wire texts. */
  items: (Buffer | string)[];
  nextToken: string | undefined;
  lastKey: Item | undefined;
  consumed: Consumed;
}

export function selectItems(engine: Engine, request: SelectRequest): Awaitable<Selected> {
  const {statement, consistent} = request;
  let plan: ReadPlan;
  return soundBeforeMissing(statement, () =>
    readWithTable(
      engine,
      statement.table,
      table => {
        plan = planRead(table, statement, consistent);
        return plan.point && request.nextToken === undefined ? [plan.point] : [];
      },
      (_table, values, reader) => {
        if (plan.point && request.nextToken === undefined) return gotItem(plan, values[0], consistent);
        return readRanges(reader, plan, request);
      },
      readerFor(engine, request),
    ),
  );
}

function gotItem({projection}: ReadPlan, stored: Value | undefined, consistent: boolean): Selected {
  return {
    items: stored ? [projectedJson(stored, projection)] : [],
    nextToken: undefined,
    lastKey: undefined,
    consumed: consumedOfTable(readUnits(stored ? storedItemSize(stored) : 0, consistent)),
  };
}

/** A page of all ranges together ends like one of Query: with a limit, or 1 MB. */
function readRanges(reader: Reader, plan: ReadPlan, {text, statement, consistent, limit, nextToken}: SelectRequest) {
  const fingerprint = () => fingerprintOf(text, statement.parameters);
  const {source, ranges, reverse} = plan;
  const start: Position =
    nextToken === undefined ? {range: 0, after: undefined} : decodeNextToken(nextToken, fingerprint(), ranges);
  const selected: Selected = {items: [], nextToken: undefined, lastKey: undefined, consumed: consumedOfTable(0)};
  let looked = 0;
  let bytes = 0;
  return readFrom(start);

  function readFrom({range: number, after}: Position): Awaitable<Selected> {
    const range = ranges[number];
    if (!range) return finish();
    const request = {
      ...plan,
      reader,
      range: restOf(range, after, reverse),
      limit: limit === undefined ? undefined : limit - looked,
      bytesMax: pageBytesMax - bytes,
      consistent,
      countOnly: false,
    };
    return whenReady(readPage(request), page => take(page, number));
  }

  function take(page: Page, number: number): Awaitable<Selected> {
    for (const item of page.items) selected.items.push(item);
    looked += page.scannedCount;
    bytes += page.scannedBytes;
    addConsumed(selected.consumed, page.consumed);
    if (page.lastKey) {
      selected.lastKey = page.lastKey;
      return stopAt({range: number, after: positionOf(source, page.lastKey)});
    }
    const next: Position = {range: number + 1, after: undefined};
    if (next.range === ranges.length) return finish();
    return readFrom(next);
  }

  function stopAt(position: Position): Selected {
    selected.nextToken = encodeNextToken(fingerprint(), position);
    return finish();
  }

  /** What found nothing to read costs as much as one small read. */
  function finish(): Selected {
    if (ranges.length === 0) selected.consumed.table = readUnits(0, consistent);
    return selected;
  }
}

function restOf({start, end}: KeyRange, after: Buffer | undefined, reverse: boolean): KeyRange {
  if (!after) return {start, end};
  return reverse ? {start, end: after} : {start: keyAfter(after), end};
}
