import type {KeyValue} from '../../keyspace/ordered.ts';
import type {KeyAttribute} from '../../keyspace/table-record.ts';
import {type AttributeValue, getAttribute, type Item} from '../../model/attribute-value.ts';
import {attributeValueSize} from '../../model/item-size.ts';

/** An item's value of a key attribute; undefined when it is missing or of another type. */
export function keyValue(item: Item, {name, type}: KeyAttribute): KeyValue | undefined {
  const value = getAttribute(item, name);
  return value && Object.hasOwn(value, type) ? (value as KeyValue) : undefined;
}

/** The same for several; undefined when one is. */
export function keyValues(item: Item, attributes: readonly KeyAttribute[]): KeyValue[] | undefined {
  const values: KeyValue[] = [];
  for (const attribute of attributes) {
    const value = keyValue(item, attribute);
    if (!value) return undefined;
    values.push(value);
  }
  return values;
}

export const partitionKeyBytesMax = 2048;
/** Of all sort attributes of one key together. */
export const sortKeyBytesMax = 1024;

export function keySizeBytes(values: readonly AttributeValue[]): number {
  let size = 0;
  for (const value of values) size += attributeValueSize(value);
  return size;
}

/**
 * Whether these values can be a key: none empty, none too long. Writes are held to it; items that are older than an index
 * need not fit it, and stay out of it (scylladb's test_gsi_updatetable.py, run against AWS).
 */
export function canBeKey(partition: readonly KeyValue[], sort: readonly KeyValue[]): boolean {
  return (
    !partition.some(isEmpty) &&
    !sort.some(isEmpty) &&
    keySizeBytes(partition) <= partitionKeyBytesMax &&
    keySizeBytes(sort) <= sortKeyBytesMax
  );
}

function isEmpty(value: KeyValue): boolean {
  return ('S' in value && value.S === '') || ('B' in value && value.B === '');
}
