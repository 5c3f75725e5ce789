import type {ScanLimits} from '../../store.ts';
import {binaryArray, byteaOf} from '../binary-array.ts';
import type {Connection} from '../connections.ts';
import type {Row} from '../prepared-query.ts';
import type {SplitRange} from '../split-key.ts';
import type {CitusStatements} from './statements.ts';

/** Sizes that are asked of every shard at once. */
const sizesAtOnce = 500;

/**
 * Key and value of a page's rows. Ranges that lie in one partition (a Query's, a stream's) are read from their shard. Others
 * go partition by partition as long as there is more of one than fits a page; where partitions are small, all shards are asked
 * for what comes next, first for sizes alone, so that no shard sends values that others' would push off the page.
 */
export async function scanShards(
  connection: Connection,
  statements: CitusStatements,
  range: SplitRange,
  {reverse, entriesMax, bytesMax}: ScanLimits,
): Promise<Row[]> {
  const direction = reverse ? 'backward' : 'forward';
  const rows: Row[] = [];
  let {start, end} = range;
  let entries = entriesMax;
  let bytes = bytesMax;
  /** True when the page is full. */
  const take = (found: readonly Row[]): boolean => {
    for (const row of found) {
      rows.push(row);
      bytes -= valueBytes(row);
      if (--entries === 0 || bytes <= 0) return true;
    }
    return false;
  };

  while (Buffer.compare(start.partition, end.partition) <= 0) {
    // What is left of the partition that the walk is in.
    const {partition, sort} = reverse ? end : start;
    const isWithin = start.partition.equals(end.partition);
    if (isWithin && end.sort.length === 0) return rows;
    if (isWithin || sort.length > 0) {
      const from = reverse && !isWithin ? nothing : start.sort;
      const to = reverse || isWithin ? end.sort : null;
      const found = await connection.run(statements.scanPartition[direction], [partition, from, to, entries, bytes]);
      if (take(found) || isWithin) return rows;
      if (reverse) end = {partition, sort: nothing};
      else start = {partition: justAfter(partition), sort: nothing};
    }
    const asked = Math.min(entries, sizesAtOnce);
    const beyond = [start.partition, start.sort, end.partition, end.sort];
    const sizes = await connection.run(statements.scanSizes[direction], [...beyond, asked]);
    const fitting = sizes.slice(0, countThatFits(sizes, bytes));
    const last = fitting.at(-1);
    if (!last) return rows;
    const reached = {partition: byteaOf(last[0]!), sort: byteaOf(last[1]!)};
    const known = reverse ? {start: reached, end} : {start, end: {...reached, sort: justAfter(reached.sort)}};
    const partitions = [...new Set(fitting.map(([of]) => of!))].map(byteaOf);
    const found = await connection.run(statements.scanKnown[direction], [
      known.start.partition,
      known.start.sort,
      known.end.partition,
      known.end.sort,
      binaryArray('bytea', partitions),
    ]);
    if (take(found) || (fitting.length === sizes.length && sizes.length < asked)) return rows;
    if (reverse) end = known.start;
    else start = known.end;
  }
  return rows;
}

const nothing = Buffer.alloc(0);

/** The first in order after these bytes. */
function justAfter(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.from([0])]);
}

/** Up to the one that takes the sum to `bytesMax` or beyond. */
function countThatFits(sizes: readonly Row[], bytesMax: number): number {
  let bytes = 0;
  const last = sizes.findIndex(([, , size]) => {
    bytes += Number(size);
    return bytes >= bytesMax;
  });
  return last < 0 ? sizes.length : last + 1;
}

/** Of a value that is written as `\x` and hexadecimal digits. */
function valueBytes([, value]: Row): number {
  return (value!.length - 2) / 2;
}
