import {after, before} from 'node:test';
import {
  type CreateTableCommandInput,
  type KeySchemaElement,
  type ProjectionType,
  type ScalarAttributeType,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {freshTableName, type Target} from './server.ts';

export interface TableShape {
  /** Type of every key attribute, of the table and of its indexes. */
  attributes: Record<string, ScalarAttributeType>;
  key: readonly [hash: string, range?: string];
  /** By index name; the hash attribute is the table's. */
  local?: Record<string, {range: string; projection?: IndexProjection}>;
  global?: Record<string, {hash: readonly string[]; range?: readonly string[]; projection?: IndexProjection}>;
  provisioned?: boolean;
}

/** An index holds everything ('ALL', the default), its keys, or its keys and these attributes. */
export type IndexProjection = 'ALL' | 'KEYS_ONLY' | readonly string[];

/** Declares a table that is there before the tests around it and gone after them; answers its name. */
export function useTable(target: Target, shape: TableShape): string {
  const name = freshTableName('table');
  before(async () => {
    await target.db.createTable(createTableInput(name, shape));
    await waitUntilTableExists({client: target.db, maxWaitTime: 60, minDelay: 1}, {TableName: name});
  });
  after(() => target.db.deleteTable({TableName: name}));
  return name;
}

export function createTableInput(name: string, shape: TableShape): CreateTableCommandInput {
  const [hash, range] = shape.key;
  const throughput = shape.provisioned ? {ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}} : {};
  const local = Object.entries(shape.local ?? {}).map(([IndexName, index]) => ({
    IndexName,
    KeySchema: keySchema([hash], [index.range]),
    Projection: projectionOf(index.projection),
  }));
  const global = Object.entries(shape.global ?? {}).map(([IndexName, index]) => ({
    IndexName,
    KeySchema: keySchema(index.hash, index.range ?? []),
    Projection: projectionOf(index.projection),
    ...throughput,
  }));
  return {
    TableName: name,
    BillingMode: shape.provisioned ? 'PROVISIONED' : 'PAY_PER_REQUEST',
    ...throughput,
    AttributeDefinitions: Object.entries(shape.attributes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchema([hash], range === undefined ? [] : [range]),
    ...(local.length > 0 && {LocalSecondaryIndexes: local}),
    ...(global.length > 0 && {GlobalSecondaryIndexes: global}),
  };
}

function keySchema(hashes: readonly string[], ranges: readonly string[]): KeySchemaElement[] {
  return [
    ...hashes.map(AttributeName => ({AttributeName, KeyType: 'HASH' as const})),
    ...ranges.map(AttributeName => ({AttributeName, KeyType: 'RANGE' as const})),
  ];
}

function projectionOf(projection: IndexProjection = 'ALL') {
  if (typeof projection === 'string') return {ProjectionType: projection as ProjectionType};
  return {ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...projection]};
}
