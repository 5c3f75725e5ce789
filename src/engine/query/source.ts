import {collectionPrefix, entryKey, entryPrefix, itemKey, itemPrefix, partitionHash} from '../../keyspace/item-key.ts';
import type {KeyValue} from '../../keyspace/ordered.ts';
import type {KeyAttribute, KeySchema} from '../../keyspace/table-record.ts';
import {getAttribute, type Item, setAttribute} from '../../model/attribute-value.ts';
import {validationError} from '../../model/service-error.ts';
import {keyValues} from '../items/key-value.ts';
import {keyOfRequest} from '../items/primary-key.ts';
import {type Index, namesOf, type Table} from '../tables/table.ts';

/** What a Query or Scan reads: a table, or one of its indexes. */
export interface Source {
  table: Table;
  index: Index | undefined;
  keySchema: KeySchema;
  /** The attributes of a LastEvaluatedKey: keys of the table, then those of the index. */
  startKeyNames: readonly string[];
}

export function sourceOf(table: Table, indexName: string | undefined, consistent: boolean): Source {
  const {keySchema} = table.record;
  if (indexName === undefined) return {table, index: undefined, keySchema, startKeyNames: namesOf(keySchema)};
  const index = table.indexes.find(({record}) => record.name === indexName);
  if (!index) throw validationError(`The table does not have the specified index: ${indexName}`);
  if (index.record.kind === 'global') {
    if (consistent) throw validationError('Consistent reads are not supported on global secondary indexes');
    if (index.record.status === 'CREATING') {
      throw validationError(`Cannot read from backfilling global secondary index: ${indexName}`);
    }
  }
  const startKeyNames = [...new Set([...namesOf(keySchema), ...namesOf(index.record.keySchema)])];
  return {table, index, keySchema: index.record.keySchema, startKeyNames};
}

/** What every key of the source begins with. */
export function prefixOf({table, index}: Source): Buffer {
  return collectionPrefix(table.record.id, index ? index.record.id : 0);
}

/** What every key of one partition of the source begins with. */
export function partitionPrefix({table, index}: Source, values: readonly KeyValue[]): Buffer {
  const hash = partitionHash(values);
  return index ? entryPrefix(table.record.id, index.record.id, hash) : itemPrefix(table.record.id, hash);
}

/** Where in the source the item lies that a start key names. The key has been checked. */
export function positionOf({table, index, keySchema}: Source, startKey: Item): Buffer {
  const {id, keySchema: base} = table.record;
  const valuesOf = (attributes: readonly KeyAttribute[]) => keyValues(startKey, attributes)!;
  const baseKey = itemKey(id, partitionHash(valuesOf(base.partition)), valuesOf(base.sort)[0]);
  if (!index) return baseKey;
  return entryKey(id, index.record, partitionHash(valuesOf(keySchema.partition)), valuesOf(keySchema.sort), baseKey);
}

/** The key that goes on after this item. */
export function startKeyOf(source: Source, item: Item): Item {
  const key: Item = {};
  for (const name of source.startKeyNames) setAttribute(key, name, getAttribute(item, name)!);
  return key;
}

const invalidStart = 'The provided starting key is invalid';
const mismatch = 'The provided key element does not match the schema';

/** Refuses a start key that has not as many attributes as this source's LastEvaluatedKey. */
export function mustCountAsStartKey({index, startKeyNames}: Source, startKey: Item, by: 'Query' | 'Scan'): void {
  if (Object.keys(startKey).length !== startKeyNames.length) {
    throw validationError(by === 'Scan' && !index ? `${invalidStart}: ${mismatch}` : invalidStart);
  }
}

/** Refuses a start key without one of the keys of what is read, or with one of another type. */
export function mustHaveStartOf(startKey: Item, {name, type}: KeyAttribute): void {
  const value = getAttribute(startKey, name);
  if (!value) throw validationError(invalidStart);
  if (!Object.hasOwn(value, type)) throw validationError(mismatch);
}

/** Refuses a start key whose attributes cannot be a key of the table. */
export function mustStartAtItem({table}: Source, startKey: Item): void {
  const baseKey: Item = {};
  for (const name of namesOf(table.record.keySchema)) {
    const value = getAttribute(startKey, name);
    if (value) setAttribute(baseKey, name, value);
  }
  try {
    keyOfRequest(table, baseKey);
  } catch (error) {
    throw validationError(`${invalidStart}: ${(error as Error).message}`);
  }
}
