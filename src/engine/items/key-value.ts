import type {KeyValue} from '../../keyspace/ordered.ts';
import type {KeyAttribute} from '../../keyspace/table-record.ts';
import {getAttribute, type Item} from '../../model/attribute-value.ts';

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
