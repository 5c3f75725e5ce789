import type {KeySelection} from '../../expressions/resolve-key-condition.ts';
import {encodeOrdered, encodeOrderedLast, keyAfterPrefix} from '../../keyspace/ordered.ts';
import type {AttributeValue} from '../../model/attribute-value.ts';
import type {KeyRange} from '../../storage/store.ts';
import {partitionPrefix, type Source} from './source.ts';

/**
 * How sort keys lie in a source. In a table the sort key is the last part of a key and stands as it is; in an index it is
 * followed by further parts, so it is terminated, and everything that begins with it has it as its value.
 */
interface SortEncoding {
  encode(value: AttributeValue): Buffer;
  /** The first key after all whose sort key is the one that `key` ends with. */
  after(key: Buffer): Buffer;
}

const inTable: SortEncoding = {encode: encodeOrderedLast, after: key => Buffer.concat([key, Buffer.of(0)])};
const inIndex: SortEncoding = {encode: encodeOrdered, after: keyAfterPrefix};

/** The keys of a source that a key condition selects. `start` is not below `end` only if there are none. */
export function rangeOfCondition(source: Source, condition: KeySelection): KeyRange {
  const encoding = source.index ? inIndex : inTable;
  const partition = partitionPrefix(source, condition.partition);
  const {sortEquals: equalities, sortRange: range} = condition;
  const prefix = equalities.length === 0 ? partition : Buffer.concat([partition, ...equalities.map(encoding.encode)]);
  const last = encoding.encode;
  const at = (value: AttributeValue) => Buffer.concat([prefix, last(value)]);
  if (!range) {
    const isWholeTableKey = !source.index && equalities.length > 0;
    return {start: prefix, end: isWholeTableKey ? inTable.after(prefix) : keyAfterPrefix(prefix)};
  }
  const end = keyAfterPrefix(prefix);
  const [value, upper] = range.values as [AttributeValue, AttributeValue];
  switch (range.operator) {
    case '<':
      return {start: prefix, end: at(value)};
    case '<=':
      return {start: prefix, end: encoding.after(at(value))};
    case '>':
      return {start: encoding.after(at(value)), end};
    case '>=':
      return {start: at(value), end};
    case 'BETWEEN':
      return {start: at(value), end: encoding.after(at(upper))};
    case 'begins_with': {
      const next = bytesAfterPrefix(value);
      return {start: at(value), end: next ? at(next) : end};
    }
  }
}

/**
 * The smallest value that does not begin with `value` but comes after all that do, as bytes: it need not be valid UTF-8,
 * and strings and binaries are encoded alike. Undefined when nothing comes after them.
 */
function bytesAfterPrefix(value: AttributeValue): AttributeValue | undefined {
  const bytes = 'S' in value ? Buffer.from(value.S, 'utf8') : Buffer.from((value as {B: string}).B, 'base64');
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0xff) length--;
  if (length === 0) return undefined;
  const next = Buffer.from(bytes.subarray(0, length));
  next[length - 1]! += 1;
  return {B: next.toString('base64')};
}
