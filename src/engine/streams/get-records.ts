import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {type ChangeRecord, decodeChange} from '../../keyspace/change-record.ts';
import {positionOf, recordsFrom, type StreamId} from '../../keyspace/stream-key.ts';
import type {ScanPage} from '../../storage/store.ts';
import type {Engine} from '../engine.ts';
import {findStream, type Stream} from './find-stream.ts';
import {encodeIterator, type ShardIterator} from './shard-iterator.ts';
import {iteratorExpired, noSuchStream, trimmed} from './stream-errors.ts';

export interface PlacedChange extends ChangeRecord {
  shard: number;
  position: number;
}

export interface RecordPage {
  stream: Stream;
  changes: PlacedChange[];
  /** Where to go on; undefined once everything in a closed shard was read. */
  nextIterator: string | undefined;
}

/** A page holds no more than this, unless one record alone is larger. */
const pageBytesMax = 1 << 20;

/**
 * `id` is the stream that the iterator's ARN names. Throws ExpiredIteratorException, ResourceNotFoundException,
 * TrimmedDataAccessException.
 */
export function getRecords(
  engine: Engine,
  id: StreamId,
  iterator: ShardIterator,
  limit: number,
): Awaitable<RecordPage> {
  if (iterator.issuedMs + engine.streams.iteratorMs < engine.clock.now()) throw iteratorExpired();
  const from = iterator.position === 'horizon' ? 0 : iterator.position;
  const range = recordsFrom(iterator.table, iterator.shard, from);
  const scanned = engine.store.scan(range, {reverse: false, entriesMax: limit, bytesMax: pageBytesMax});
  // The stream is looked at after the records, so that whatever was trimmed by the time of the scan is known to be so.
  return whenReady(scanned, page =>
    whenReady(findStream(engine, id), stream => {
      // An iterator is no secret: one that was made up must not reach the records of another table.
      if (!stream || stream.tableId !== iterator.table) throw noSuchStream(iterator.streamArn);
      const shard = stream.shards.find(({number}) => number === iterator.shard);
      if (!shard || (iterator.position !== 'horizon' && from < shard.trimmedBefore)) throw trimmed();
      return readPage(engine, stream, iterator, page);
    }),
  );
}

function readPage(engine: Engine, stream: Stream, iterator: ShardIterator, page: ScanPage): RecordPage {
  const changes: PlacedChange[] = [];
  let {position} = iterator;
  let bytes = 0;
  for (const [at, value] of page.values.entries()) {
    const change = decodeChange(value);
    if (change.kind === 'end') return {stream, changes, nextIterator: undefined};
    bytes += change.size;
    if (bytes > pageBytesMax && changes.length > 0) break;
    const placed = positionOf(page.keys[at]!);
    changes.push(Object.assign(change, {shard: iterator.shard, position: placed}));
    position = placed + 1;
  }
  return {stream, changes, nextIterator: encodeIterator({...iterator, position, issuedMs: engine.clock.now()})};
}
