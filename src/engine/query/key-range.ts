import type {KeySelection} from '../../expressions/resolve-key-condition.ts';
import {
  encodeOrdered,
  encodeOrderedLast,
  type KeyValue,
  keyAfterPrefix,
  orderedLastPrefixRange,
  orderedPrefixRange,
} from '../../keyspace/ordered.ts';
import type {KeyRange} from '../../storage/store.ts';
import {keyAfter} from './key-after.ts';
import {partitionPrefix, type Source} from './source.ts';

/**
 * How sort keys lie in a source. In a table the sort key is the last part of a key and stands as it is; in an index it is
 * followed by further parts, so it is terminated, and everything that begins with it has it as its value.
 */
interface SortEncoding {
  encode(value: KeyValue): Buffer;
  /** The first key after all whose sort key is the one that `key` ends with. */
  after(key: Buffer): Buffer;
  beginsWith(before: Buffer, value: {S: string} | {B: string}): KeyRange;
}

const inTable: SortEncoding = {encode: encodeOrderedLast, after: keyAfter, beginsWith: orderedLastPrefixRange};
const inIndex: SortEncoding = {encode: encodeOrdered, after: keyAfterPrefix, beginsWith: orderedPrefixRange};

/** The keys of a source that a key condition selects. `start` is not below `end` only if there are none. */
export function rangeOfSelection(source: Source, selection: KeySelection): KeyRange {
  const encoding = source.index ? inIndex : inTable;
  const partition = partitionPrefix(source, selection.partition as readonly KeyValue[]);
  const equals = (selection.sortEquals as readonly KeyValue[]).map(encoding.encode);
  const prefix = equals.length === 0 ? partition : Buffer.concat([partition, ...equals]);
  // Only in a table without the sort key is the partition's prefix a whole key, and then the range holds one item anyway.
  if (!selection.sortRange) {
    return {start: prefix, end: equals.length > 0 ? encoding.after(prefix) : keyAfterPrefix(prefix)};
  }
  const {operator, values} = selection.sortRange;
  const [value, upper] = values as readonly [KeyValue, KeyValue];
  const at = (sort: KeyValue) => Buffer.concat([prefix, encoding.encode(sort)]);
  switch (operator) {
    case '<':
      return {start: prefix, end: at(value)};
    case '<=':
      return {start: prefix, end: encoding.after(at(value))};
    case '>':
      return {start: encoding.after(at(value)), end: keyAfterPrefix(prefix)};
    case '>=':
      return {start: at(value), end: keyAfterPrefix(prefix)};
    case 'BETWEEN':
      return {start: at(value), end: encoding.after(at(upper))};
    case 'begins_with':
      return encoding.beginsWith(prefix, value as {S: string} | {B: string});
  }
}
