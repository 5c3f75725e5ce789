/** A table's definition, as CreateTable takes it, and how many items it shall hold. */
export interface TableShape {
  definition: Record<string, unknown>;
  items: number;
}

const types = ['S', 'N', 'B'];
const hashes = (...names: string[]) => names.map(AttributeName => ({AttributeName, KeyType: 'HASH'}));
const ranges = (...names: string[]) => names.map(AttributeName => ({AttributeName, KeyType: 'RANGE'}));
const defined = (of: Record<string, string>) =>
  Object.entries(of).map(([AttributeName, AttributeType]) => ({AttributeName, AttributeType}));
const projections = [
  {ProjectionType: 'ALL'},
  {ProjectionType: 'KEYS_ONLY'},
  {ProjectionType: 'INCLUDE', NonKeyAttributes: ['list', 'large']},
];
const onDemand = {BillingMode: 'PAY_PER_REQUEST'};
const units = {ProvisionedThroughput: {ReadCapacityUnits: 3, WriteCapacityUnits: 2}};

/** Every kind of key, index, projection and setting at least once. */
export function everyShape(): TableShape[] {
  const hashOnly = types.map(type => ({
    TableName: `hash-${type}`,
    ...onDemand,
    AttributeDefinitions: defined({p: type}),
    KeySchema: hashes('p'),
  }));
  const hashAndRange = types.flatMap(hash =>
    types.map(range => ({
      TableName: `hash-${hash}-range-${range}`,
      ...onDemand,
      AttributeDefinitions: defined({p: hash, s: range}),
      KeySchema: [...hashes('p'), ...ranges('s')],
    })),
  );
  const indexed = types.map(type => ({
    TableName: `indexes-on-${type}`,
    ...onDemand,
    AttributeDefinitions: defined({p: 'S', s: 'N', x: type, yy: 'S'}),
    KeySchema: [...hashes('p'), ...ranges('s')],
    LocalSecondaryIndexes: projections.map(Projection => ({
      IndexName: `local-${Projection.ProjectionType}`,
      KeySchema: [...hashes('p'), ...ranges('x')],
      Projection,
    })),
    GlobalSecondaryIndexes: projections.flatMap(Projection => [
      {IndexName: `hash-${Projection.ProjectionType}`, KeySchema: hashes('x'), Projection},
      {IndexName: `both-${Projection.ProjectionType}`, KeySchema: [...hashes('yy'), ...ranges('x')], Projection},
    ]),
  }));
  const multiAttribute = {
    TableName: 'multi-attribute',
    ...onDemand,
    AttributeDefinitions: defined({p: 'S', a: 'S', b: 'N', c: 'B', d: 'S', e: 'N', f: 'B', g: 'S', h: 'S'}),
    KeySchema: hashes('p'),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'four-and-four',
        KeySchema: [...hashes('a', 'b', 'c', 'd'), ...ranges('e', 'f', 'g', 'h')],
        Projection: {ProjectionType: 'ALL'},
      },
      {IndexName: 'two', KeySchema: [...hashes('a', 'b'), ...ranges('e')], Projection: {ProjectionType: 'KEYS_ONLY'}},
    ],
  };
  const provisioned = {
    TableName: 'provisioned',
    BillingMode: 'PROVISIONED',
    ...units,
    AttributeDefinitions: defined({p: 'S', x: 'N'}),
    KeySchema: hashes('p'),
    GlobalSecondaryIndexes: [
      {IndexName: 'global', KeySchema: hashes('x'), Projection: {ProjectionType: 'ALL'}, ...units},
    ],
  };
  const settings = {
    TableName: 'settings',
    ...onDemand,
    AttributeDefinitions: defined({p: 'S'}),
    KeySchema: hashes('p'),
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    DeletionProtectionEnabled: true,
    StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES'},
    SSESpecification: {Enabled: true, SSEType: 'KMS'},
    OnDemandThroughput: {MaxReadRequestUnits: 40, MaxWriteRequestUnits: 30},
    WarmThroughput: {ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 5_000},
    Tags: [
      {Key: 'team', Value: 'é'},
      {Key: 'empty', Value: ''},
    ],
  };
  const inherited = {
    TableName: '__proto__',
    ...onDemand,
    AttributeDefinitions: defined({constructor: 'S', hasOwnProperty: 'N'}),
    KeySchema: [...hashes('constructor'), ...ranges('hasOwnProperty')],
  };
  const filled = [...hashOnly, ...hashAndRange, ...indexed, multiAttribute, provisioned, settings, inherited];
  return [
    ...filled.map(definition => ({definition, items: 25})),
    {definition: {...multiAttribute, TableName: 'empty'}, items: 0},
  ];
}
