/** A table that requests are made for: its definition is always the same, so that keys can be made that fit. */
export interface FuzzTable {
  name: string;
  /** Names and types; the sort key, if any, comes second. */
  key: readonly (readonly [string, string])[];
  indexes: readonly {
    name: string;
    kind: 'local' | 'global';
    hashes: number;
    key: readonly (readonly [string, string])[];
  }[];
}

export const fuzzTables: readonly FuzzTable[] = [
  {
    name: 'fuzz',
    key: [
      ['p', 'S'],
      ['s', 'N'],
    ],
    indexes: [
      {
        name: 'local',
        kind: 'local',
        hashes: 1,
        key: [
          ['p', 'S'],
          ['l', 'S'],
        ],
      },
      {
        name: 'global',
        kind: 'global',
        hashes: 1,
        key: [
          ['g', 'S'],
          ['n', 'N'],
        ],
      },
      {
        name: 'multi',
        kind: 'global',
        hashes: 2,
        key: [
          ['g', 'S'],
          ['l', 'S'],
          ['n', 'N'],
          ['b', 'B'],
        ],
      },
    ],
  },
  {
    name: '__proto__',
    key: [['__proto__', 'B']],
    indexes: [{name: 'constructor', kind: 'global', hashes: 1, key: [['constructor', 'N']]}],
  },
  {
    name: 'constructor',
    key: [
      ['hasOwnProperty', 'N'],
      ['__proto__', 'S'],
    ],
    indexes: [
      {
        name: '__proto__',
        kind: 'local',
        hashes: 1,
        key: [
          ['hasOwnProperty', 'N'],
          ['toString', 'B'],
        ],
      },
      {
        name: 'hasOwnProperty',
        kind: 'global',
        hashes: 1,
        key: [
          ['toString', 'B'],
          ['__proto__', 'S'],
        ],
      },
    ],
  },
  {
    name: 'hasOwnProperty',
    key: [
      ['p', 'S'],
      ['s', 'B'],
    ],
    indexes: [],
  },
  {name: 'tiny', key: [['p', 'N']], indexes: []},
];

const keySchema = (key: FuzzTable['key'], hashes: number) =>
  key.map(([AttributeName], at) => ({AttributeName, KeyType: at < hashes ? 'HASH' : 'RANGE'}));

export function definitionsOf(...keys: FuzzTable['key'][]): object[] {
  const types = new Map(keys.flat());
  return [...types].map(([AttributeName, AttributeType]) => ({AttributeName, AttributeType}));
}

/** CreateTable's input. */
export function creationOf(table: FuzzTable): Record<string, unknown> {
  const indexesOf = (kind: string) =>
    table.indexes
      .filter(index => index.kind === kind)
      .map(index => ({
        IndexName: index.name,
        KeySchema: keySchema(index.key, index.hashes),
        Projection:
          kind === 'local' ? {ProjectionType: 'INCLUDE', NonKeyAttributes: ['m', 'then']} : {ProjectionType: 'ALL'},
      }));
  const local = indexesOf('local');
  const global = indexesOf('global');
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitionsOf(table.key, ...table.indexes.map(index => index.key)),
    KeySchema: keySchema(table.key, 1),
    ...(local.length > 0 && {LocalSecondaryIndexes: local}),
    ...(global.length > 0 && {GlobalSecondaryIndexes: global}),
  };
}
