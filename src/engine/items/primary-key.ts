import type {KeySelection} from '../../expressions/resolve-key-condition.ts';
import {itemKey, partitionHash} from '../../keyspace/item-key.ts';
import type {KeyAttribute, KeySchema, TableId} from '../../keyspace/table-record.ts';
import {type AttributeType, type AttributeValue, getAttribute, type Item, typeOf} from '../../model/attribute-value.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import type {Index, Table} from '../tables/table.ts';
import {keySizeBytes, keyValue, partitionKeyBytesMax, sortKeyBytesMax} from './key-value.ts';

/** Where an item lies. */
export interface ItemKey {
  hash: Buffer;
  key: Buffer;
}

/** A key attribute is empty. Transactions refuse this as a whole, where other faults of one item cancel them. */
export class EmptyKeyValue extends ServiceError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}

/** The key of an item that is to be put. */
export function keyOfItem(table: Table, item: Item): ItemKey {
  const {keySchema, id} = table.record;
  for (const {name, type} of [...keySchema.partition, ...keySchema.sort]) {
    const value = getAttribute(item, name);
    if (!value) throw validationError(`${invalid}Missing the key ${name} in the item`);
    if (!Object.hasOwn(value, type)) {
      throw validationError(`${invalid}Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    }
  }
  return locate(id, keySchema, item);
}

/** The key of an item that a batch is to put; a batch is told no more than that it does not fit (paritysuite, 2026). */
export function keyOfBatchedItem(table: Table, item: Item): ItemKey {
  const {keySchema, id} = table.record;
  for (const attribute of [...keySchema.partition, ...keySchema.sort]) mustHaveKey(item, attribute);
  return locate(id, keySchema, item);
}

function mustHaveKey(item: Item, {name, type}: KeyAttribute): void {
  const value = getAttribute(item, name);
  if (!value || !Object.hasOwn(value, type)) throw keyMismatch();
}

/** The key that a request names in `Key`: these attributes and no others. */
export function keyOfRequest(table: Table, key: Item): ItemKey {
  const {keySchema, id} = table.record;
  const attributes = [...keySchema.partition, ...keySchema.sort];
  if (Object.keys(key).length !== attributes.length) throw keyMismatch();
  for (const attribute of attributes) mustHaveKey(key, attribute);
  return locate(id, keySchema, key);
}

export const keyMismatch = () => validationError('The provided key element does not match the schema');

const invalid = 'One or more parameter values were invalid: ';

/**
 * A query can ask only for keys that may be stored, in an index too. AWS refuses `sk > :empty` and an empty partition key
 * in these words (moto #7062), and long keys as everywhere (ThreatExchange #1324).
 */
export function mustBeStorable({partition, sort}: KeySchema, selection: KeySelection): void {
  const {sortEquals, sortRange} = selection;
  selection.partition.forEach((value, at) => {
    mustNotBeEmpty(value, partition[at]!.name);
  });
  sortEquals.forEach((value, at) => {
    mustNotBeEmpty(value, sort[at]!.name);
  });
  for (const value of sortRange?.values ?? []) mustNotBeEmpty(value, sort[sortEquals.length]!.name);
  mustFit(selection.partition, sortEquals);
  for (const value of sortRange?.values ?? []) mustFit([], [...sortEquals, value]);
}

function locate(table: TableId, schema: KeySchema, item: Item): ItemKey {
  const partition = keyValue(item, schema.partition[0]!)!;
  mustNotBeEmpty(partition, schema.partition[0]!.name);
  const sortAttribute = schema.sort[0];
  const sort = sortAttribute && keyValue(item, sortAttribute);
  if (sort) mustNotBeEmpty(sort, sortAttribute.name);
  mustFit([partition], sort ? [sort] : []);
  const hash = partitionHash([partition]);
  return {hash, key: itemKey(table, hash, sort)};
}

function mustNotBeEmpty(value: AttributeValue, name: string): void {
  const kind = emptyKind(value);
  if (kind) {
    throw new EmptyKeyValue(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
}

function emptyKind(value: AttributeValue): 'string' | 'binary' | undefined {
  if ('S' in value) return value.S === '' ? 'string' : undefined;
  if ('B' in value) return value.B === '' ? 'binary' : undefined;
  return undefined;
}

/** The missing space in the first message is AWS's. */
function mustFit(partition: readonly AttributeValue[], sort: readonly AttributeValue[]): void {
  if (keySizeBytes(partition) > partitionKeyBytesMax) {
    throw validationError(`${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`);
  }
  if (keySizeBytes(sort) > sortKeyBytesMax) {
    throw validationError(`${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`);
  }
}

/**
 * An item may lack an index key, but what it has must be of the type and size that the index can hold. An update is told
 * so in words of its own. Of several indexes with one attribute the first by name is named (paritysuite transactIndexKeys,
 * four regions, 2026-06; ExtendDB #184 says the same).
 */
export function mustSuitIndexes(table: Table, item: Item, by: 'put' | 'update'): void {
  for (const index of table.indexesByName) {
    const {keySchema} = index.record;
    mustFit(presentValues(keySchema.partition, item, index, by), presentValues(keySchema.sort, item, index, by));
  }
}

/** What an update writes, where the request alone tells its type, must suit the indexes before any item is read. */
export function mustWriteIndexTypes(table: Table, writtenType: (name: string) => AttributeType | undefined): void {
  for (const {record} of table.indexesByName) {
    for (const attribute of [...record.keySchema.partition, ...record.keySchema.sort]) {
      const actual = writtenType(attribute.name);
      if (actual && actual !== attribute.type) throw wrongIndexKeyType(attribute, actual, record.name);
    }
  }
}

function presentValues(
  attributes: readonly KeyAttribute[],
  item: Item,
  index: Index,
  by: 'put' | 'update',
): AttributeValue[] {
  const values: AttributeValue[] = [];
  for (const attribute of attributes) {
    const value = getAttribute(item, attribute.name);
    if (!value) continue;
    if (!Object.hasOwn(value, attribute.type)) {
      if (by === 'put') throw wrongIndexKeyType(attribute, typeOf(value), index.record.name);
      throw validationError('The update expression attempted to update the secondary index key to unsupported type');
    }
    const kind = emptyKind(value);
    if (kind) throw emptyIndexKey(attribute, kind, index.record.name, by);
    values.push(value);
  }
  return values;
}

function wrongIndexKeyType({name, type}: KeyAttribute, actual: AttributeType, indexName: string) {
  return validationError(
    `${invalid}Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${indexName}`,
  );
}

function emptyIndexKey({name}: KeyAttribute, kind: string, indexName: string, by: 'put' | 'update') {
  return new EmptyKeyValue(
    by === 'update'
      ? `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value.`
      : `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${indexName}, IndexKey: ${name}`,
  );
}
