import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine} from '../../engine/engine.ts';
import {checkInput} from '../../model/check-shape.ts';
import {ServiceError} from '../../model/service-error.ts';
import type {CreateTableInput, TableDescription} from '../../model/shapes.generated.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createTableOperation} from './create-table.ts';

const caller = {accessKeyId: 'test', region: 'us-east-1', accountId: '000000000000'};

const newEngine = () =>
  createEngine({
    store: memoryStore({discard: {random: seededRandom(3), chance: 0.3}}),
    clock: new ManualClock(),
    random: seededRandom(1),
  });

async function create(wire: object, engine = newEngine()): Promise<TableDescription> {
  const input = JSON.parse(JSON.stringify(wire)) as CreateTableInput;
  checkInput('CreateTable', input);
  const answer = await createTableOperation.run(engine, createTableOperation.parse(input, caller), caller);
  return (answer as {TableDescription: TableDescription}).TableDescription;
}

async function refusal(wire: object): Promise<string> {
  try {
    await create(wire);
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'created';
}

const define = (...names: string[]) => names.map(AttributeName => ({AttributeName, AttributeType: 'S'}));
const hash = (AttributeName: string) => ({AttributeName, KeyType: 'HASH'});
const range = (AttributeName: string) => ({AttributeName, KeyType: 'RANGE'});
const all = {ProjectionType: 'ALL'};
const units = {ReadCapacityUnits: 1, WriteCapacityUnits: 1};
const invalid = (detail: string) => `ValidationException: One or more parameter values were invalid: ${detail}`;
const violation = (detail: string) => `ValidationException: 1 validation error detected: ${detail}`;

/** Each row mends one fault of the request before it, and names the next answer. */
async function walk(start: object, rows: readonly (readonly [mend: object, answer: string])[]): Promise<void> {
  let wire = start;
  for (const [mend, answer] of rows) {
    wire = {...wire, ...mend};
    assert.equal(await refusal(wire), answer);
  }
}

test('a table: throughput, then keys, then definitions', () =>
  walk({TableName: 'abc', AttributeDefinitions: define('a', 'a'), KeySchema: [range('x'), hash('x')]}, [
    [{}, invalid('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED')],
    [
      {BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: units},
      invalid('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
    ],
    [
      {BillingMode: 'PROVISIONED', ProvisionedThroughput: {ReadCapacityUnits: 1e12 + 1, WriteCapacityUnits: 1}},
      'ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds',
    ],
    [{ProvisionedThroughput: units}, 'ValidationException: Attribute Name is duplicated: a'],
    [
      {AttributeDefinitions: define('a')},
      'ValidationException: Invalid KeySchema: Some index key attribute have no definition',
    ],
    [
      {AttributeDefinitions: define('pk', 'sk')},
      invalid(
        'Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [sk, pk]',
      ),
    ],
    [
      {AttributeDefinitions: define('x', 'y')},
      'ValidationException: Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      {KeySchema: [range('x'), hash('y')]},
      'ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
    [
      {KeySchema: [hash('x'), hash('y')]},
      'ValidationException: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    ],
    [
      {KeySchema: [hash('x')]},
      invalid(
        'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
      ),
    ],
    [{AttributeDefinitions: define('x')}, 'created'],
  ]));

test('local indexes', () => {
  const local = (keys: object[], more: object = {}) => ({IndexName: 'lsi', KeySchema: keys, Projection: all, ...more});
  return walk(
    {
      TableName: 'abc',
      AttributeDefinitions: define('a', 'b'),
      KeySchema: [hash('a')],
      BillingMode: 'PAY_PER_REQUEST',
      LocalSecondaryIndexes: [],
    },
    [
      [{}, invalid('List of LocalSecondaryIndexes is empty')],
      [
        {LocalSecondaryIndexes: [local([range('c')])]},
        invalid('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex'),
      ],
      [
        {KeySchema: [hash('a'), range('b')]},
        invalid(
          'Some index key attributes are not defined in AttributeDefinitions. Keys: [c], AttributeDefinitions: [a, b]',
        ),
      ],
      [
        {LocalSecondaryIndexes: [local([hash('b')])]},
        invalid('Index KeySchema does not have a range key for index: lsi'),
      ],
      [
        {LocalSecondaryIndexes: [local([hash('b'), range('a')])]},
        invalid(
          'Index KeySchema does not have the same leading hash key as table KeySchema for index: lsi. ' +
            'index hash key: b, table hash key: a',
        ),
      ],
      [
        {LocalSecondaryIndexes: [local([hash('a'), range('b')], {Projection: {}})]},
        invalid('Unknown ProjectionType: null'),
      ],
      [
        {
          LocalSecondaryIndexes: ['l01', 'l01', 'l02', 'l03', 'l04', 'l05'].map(IndexName =>
            local([hash('a'), range('b')], {IndexName}),
          ),
        },
        invalid('Duplicate index name: l01'),
      ],
      [
        {
          LocalSecondaryIndexes: ['l00', 'l01', 'l02', 'l03', 'l04', 'l05'].map(IndexName =>
            local([hash('a'), range('b')], {IndexName}),
          ),
        },
        invalid('Number of LocalSecondaryIndexes exceeds per-table limit of 5'),
      ],
    ],
  );
});

test('global indexes', () => {
  const global = (keys: object[], more: object = {}) => [
    {IndexName: 'gsi', KeySchema: keys, Projection: {}, ProvisionedThroughput: units, ...more},
  ];
  return walk(
    {
      TableName: 'abc',
      AttributeDefinitions: define('sk', 'a', 'b', 'pk', 'c'),
      KeySchema: [hash('pk'), range('sk')],
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [],
    },
    [
      [{}, invalid('List of GlobalSecondaryIndexes is empty')],
      [
        {GlobalSecondaryIndexes: global([range('a')])},
        'ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
      ],
      [
        {GlobalSecondaryIndexes: global([hash('a'), range('b'), hash('c')])},
        invalid('All HASH key attributes must precede RANGE key attributes in the KeySchema'),
      ],
      [
        {GlobalSecondaryIndexes: global([hash('a'), hash('b'), range('a')])},
        'ValidationException: The KeySchema contains multiple key attributes with the same name',
      ],
      [
        {GlobalSecondaryIndexes: global(['a', 'b', 'c', 'pk', 'sk'].map(hash))},
        invalid('The KeySchema exceeds the maximum allowed number of HASH key attributes'),
      ],
      [
        {GlobalSecondaryIndexes: global([hash('a')])},
        // An order that the real service gave for these names.
        invalid(
          'Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]',
        ),
      ],
      [{AttributeDefinitions: define('sk', 'a', 'pk')}, invalid('Unknown ProjectionType: null')],
      [
        {GlobalSecondaryIndexes: global([hash('a')], {Projection: {ProjectionType: 'ALL', NonKeyAttributes: ['x']}})},
        invalid('ProjectionType is ALL, but NonKeyAttributes is specified'),
      ],
      [
        {GlobalSecondaryIndexes: global([hash('a')], {Projection: {ProjectionType: 'INCLUDE'}})},
        invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified'),
      ],
      [
        {GlobalSecondaryIndexes: global([hash('a')], {Projection: all})},
        invalid('ProvisionedThroughput should not be specified for index: gsi when BillingMode is PAY_PER_REQUEST'),
      ],
      [
        {
          BillingMode: 'PROVISIONED',
          ProvisionedThroughput: units,
          GlobalSecondaryIndexes: global([hash('a')], {Projection: all, ProvisionedThroughput: undefined}),
        },
        invalid('ProvisionedThroughput is not specified for index: gsi'),
      ],
      [
        {
          GlobalSecondaryIndexes: Array.from({length: 21}, (_, at) =>
            global([hash('a')], {Projection: all, IndexName: `gsi${at}`}),
          ).flat(),
        },
        invalid('GlobalSecondaryIndex count exceeds the per-table limit of 20'),
      ],
      [
        {
          GlobalSecondaryIndexes: global([hash('a')], {
            Projection: all,
            ProvisionedThroughput: {ReadCapacityUnits: 40_001, WriteCapacityUnits: 1},
          }),
        },
        'LimitExceededException: The requested ReadCapacityUnits for index gsi, 40001, is above the per index maximum ' +
          'for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for ' +
          'current limits and how to request higher limits.',
      ],
      [{GlobalSecondaryIndexes: global([hash('a')], {Projection: all})}, 'created'],
    ],
  );
});

test('what stands alone', async () => {
  const sound = {
    TableName: 'abc',
    AttributeDefinitions: define('a'),
    KeySchema: [hash('a')],
    BillingMode: 'PAY_PER_REQUEST',
  };
  const rows: [object, string][] = [
    [
      {TableName: 'ab'},
      violation(
        "Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
      ),
    ],
    [
      {StreamSpecification: {StreamEnabled: true}},
      invalid('Table is being created with a stream enabled, UpdateViewType is required'),
    ],
    [{SSESpecification: {Enabled: true, SSEType: 'AES256'}}, invalid('SSEType AES256 is not supported')],
    [{SSESpecification: {Enabled: false, SSEType: 'KMS'}}, invalid('SSEType can not be specified if Enabled is false')],
    [
      {OnDemandThroughput: {MaxReadRequestUnits: 0}},
      invalid('Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range'),
    ],
    [
      {WarmThroughput: {ReadUnitsPerSecond: 1}},
      invalid(
        'Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: ' +
          'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial',
      ),
    ],
    [{Tags: [{Key: 'aws:x', Value: ''}]}, 'ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:x'],
    [{ResourcePolicy: 'no'}, invalid('Invalid policy document: This policy contains invalid Json')],
    [{OnDemandThroughput: {}, WarmThroughput: {}, SSESpecification: {}, Tags: []}, 'created'],
  ];
  for (const [more, answer] of rows) assert.equal(await refusal({...sound, ...more}), answer);
});

test('eight key attributes come back as they were given, other lists sorted', async () => {
  const names = ['h4', 'h3', 'h2', 'h1', 's4', 's3', 's2', 's1'];
  const keys = names.map((name, at) => (at < 4 ? hash(name) : range(name)));
  const description = await create({
    TableName: 'abc',
    AttributeDefinitions: define('pk', ...names),
    KeySchema: [hash('pk')],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [
      {IndexName: 'many', KeySchema: keys, Projection: {ProjectionType: 'INCLUDE', NonKeyAttributes: ['z', 'a']}},
    ],
  });
  const [index] = description.GlobalSecondaryIndexes!;
  assert.deepEqual(index!.KeySchema, keys);
  assert.deepEqual(index!.Projection, {ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'z']});
  assert.deepEqual(
    description.AttributeDefinitions!.map(({AttributeName}) => AttributeName),
    ['h1', 'h2', 'h3', 'h4', 'pk', 's1', 's2', 's3', 's4'],
  );
  assert.equal(description.TableStatus, 'CREATING');
  assert.equal(index!.IndexStatus, 'CREATING');
  assert.equal('Backfilling' in index!, false);
});

test('a name is taken in whatever state its table is', async () => {
  const wire = {
    TableName: 'abc',
    AttributeDefinitions: define('a'),
    KeySchema: [hash('a')],
    BillingMode: 'PAY_PER_REQUEST',
  };
  const engine = newEngine();
  engine.lifecycle.tableCreatingMs = 1_000;
  await create(wire, engine);
  const expect = (message: string) =>
    assert.rejects(create(wire, engine), (error: ServiceError) => {
      assert.equal(error.code, 'ResourceInUseException');
      assert.equal(error.message, message);
      return true;
    });
  await expect('Attempt to change a resource which is still in use: Table is being created: abc');
  (engine.clock as ManualClock).advance(1_000);
  await expect('Table already exists: abc');
});

// ExtendDB's tests, raw requests to AWS, August 2026. The public model has neither member.
test('TableThroughputMode is another name for BillingMode, which decides', async () => {
  const table = {TableName: 'named', AttributeDefinitions: define('a'), KeySchema: [hash('a')]};
  const modes = async (wire: object) => {
    const {BillingModeSummary, TableThroughputModeSummary} = await create({...table, ...wire});
    return [BillingModeSummary, TableThroughputModeSummary];
  };
  const onDemand = [{BillingMode: 'PAY_PER_REQUEST'}, {TableThroughputMode: 'PAY_PER_REQUEST'}];
  const provisioned = {BillingMode: 'PROVISIONED', ProvisionedThroughput: units};
  assert.deepEqual(await modes({TableThroughputMode: 'PAY_PER_REQUEST'}), onDemand);
  assert.deepEqual(await modes({BillingMode: 'PAY_PER_REQUEST', TableThroughputMode: 'PROVISIONED'}), onDemand);
  assert.deepEqual(await modes({...provisioned, TableThroughputMode: 'PAY_PER_REQUEST'}), [undefined, undefined]);
  assert.equal(
    await refusal({...table, TableThroughputMode: 'PAY_PER_REQUEST', ProvisionedThroughput: units}),
    invalid('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
  );
  const among = 'failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]';
  assert.equal(
    await refusal({...table, BillingMode: 'X', TableThroughputMode: 'Y'}),
    `ValidationException: 2 validation errors detected: Value 'X' at 'billingMode' ${among}; Value 'Y' at 'tableThroughputMode' ${among}`,
  );
});
