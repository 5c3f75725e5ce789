import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine} from '../../engine/engine.ts';
import {backfillIndexes} from '../../engine/indexes/backfill.ts';
import {clearDropped} from '../../engine/tables/clear-dropped.ts';
import {checkInput} from '../../model/check-shape.ts';
import {ServiceError} from '../../model/service-error.ts';
import type {TableDescription} from '../../model/shapes.generated.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {operations} from '../registry.ts';

const caller = {accessKeyId: 'test', region: 'us-east-1', accountId: '000000000000'};
const invalid = (detail: string) => `ValidationException: One or more parameter values were invalid: ${detail}`;
const inUse = (detail: string) =>
  `ResourceInUseException: Attempt to change a resource which is still in use: ${detail}`;
const onlyOne =
  'LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously ' +
  'per table';

const units = (ReadCapacityUnits: number, WriteCapacityUnits = ReadCapacityUnits) => ({
  ReadCapacityUnits,
  WriteCapacityUnits,
});
const index = (IndexName: string, AttributeName = 'g') => ({
  IndexName,
  KeySchema: [{AttributeName, KeyType: 'HASH'}],
  Projection: {ProjectionType: 'ALL'},
});
const defineG = {AttributeDefinitions: [{AttributeName: 'g', AttributeType: 'S'}]};

/** An engine, and requests that answer a description, or a refusal as text. */
function setUp() {
  const clock = new ManualClock(Date.UTC(2026, 9, 9, 10, 0, 0));
  const store = memoryStore({discard: {random: seededRandom(5), chance: 0.3}});
  const engine = createEngine({store, clock, random: seededRandom(1)});
  const call = async (name: string, wire: object): Promise<TableDescription | string> => {
    try {
      const operation = operations.get(name)!;
      checkInput(name, wire);
      const answer = await operation.run(engine, operation.parse(wire, caller), caller);
      const {Table, TableDescription} = answer as {Table?: TableDescription; TableDescription?: TableDescription};
      return (Table ?? TableDescription)!;
    } catch (error) {
      if (error instanceof ServiceError) return `${error.code}: ${error.message}`;
      throw error;
    }
  };
  const create = (more: object) =>
    call('CreateTable', {
      TableName: 'abc',
      AttributeDefinitions: [{AttributeName: 'a', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'a', KeyType: 'HASH'}],
      ...more,
    });
  const update = (wire: object) => call('UpdateTable', {TableName: 'abc', ...wire});
  const done = async (wire: object): Promise<TableDescription> => {
    const answer = await update(wire);
    assert.ok(typeof answer !== 'string', String(answer));
    return answer;
  };
  const describe = async () => (await call('DescribeTable', {TableName: 'abc'})) as TableDescription;
  return {clock, engine, call, create, update, done, describe};
}

test('before the table is looked for', async () => {
  const {update} = setUp();
  const alone = (what: string) => invalid(`${what} modification must be the only operation in the request`);
  const protection = {DeletionProtectionEnabled: true};
  const rows: [object, string][] = [
    [
      {GlobalSecondaryIndexUpdates: []},
      'ValidationException: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, ' +
        'GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ' +
        'ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, ' +
        'WarmThroughput or TableClass is required',
    ],
    [{GlobalSecondaryIndexUpdates: [], ...protection}, invalid('List of GlobalSecondaryIndexUpdates is empty')],
    [{SSESpecification: {Enabled: true}, TableClass: 'STANDARD', ...protection}, alone('Server-Side Encryption')],
    [{TableClass: 'STANDARD', ...protection}, alone('TableClass')],
    [{WarmThroughput: {ReadUnitsPerSecond: 1}, ...protection}, alone('DeletionProtection')],
    [
      {WarmThroughput: {ReadUnitsPerSecond: 1}, BillingMode: 'PAY_PER_REQUEST'},
      invalid('WarmThroughput must be the only operation in the request'),
    ],
    [{BillingMode: 'PROVISIONED'}, invalid('ProvisionedThroughput must be specified when BillingMode is PROVISIONED')],
    [
      {BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: units(1)},
      invalid('ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST'),
    ],
    [
      {ProvisionedThroughput: units(1), GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'gsi'}}]},
      invalid('You cannot create or delete index while updating table IOPS'),
    ],
    [
      {GlobalSecondaryIndexUpdates: [{}]},
      invalid(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ' +
          'GlobalSecondaryIndexUpdate.Delete must not be null',
      ),
    ],
    [
      {GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'gsi'}}, {Delete: {IndexName: 'gsi'}}]},
      invalid('Only one global secondary index update per index is allowed simultaneously. Index: gsi'),
    ],
    [
      {GlobalSecondaryIndexUpdates: [{Create: index('gsi')}]},
      invalid('AttributeDefinitions is not specified for index: gsi'),
    ],
    [protection, 'ResourceNotFoundException: Requested resource not found: Table: abc not found'],
  ];
  for (const [wire, answer] of rows) assert.equal(await update(wire), answer);
});

test('provisioned throughput goes up at will, and down four times a day', async () => {
  const {clock, create, update, done, describe} = setUp();
  await create({ProvisionedThroughput: units(5)});
  assert.equal(
    await update({ProvisionedThroughput: units(5)}),
    'ValidationException: The provisioned throughput for the table will not change. The requested value equals the ' +
      'current value. Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. ' +
      'Current WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. ' +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  );
  const answer = await done({ProvisionedThroughput: units(10)});
  assert.equal(answer.TableStatus, 'UPDATING');
  assert.equal(answer.ProvisionedThroughput!.ReadCapacityUnits, 5);
  assert.equal((await describe()).ProvisionedThroughput!.ReadCapacityUnits, 10);
  assert.deepEqual((await describe()).WarmThroughput, {
    ReadUnitsPerSecond: 10,
    WriteUnitsPerSecond: 10,
    Status: 'ACTIVE',
  });
  for (const read of [9, 8, 7, 6]) await done({ProvisionedThroughput: units(read, 20 - read)});
  assert.equal((await describe()).ProvisionedThroughput!.NumberOfDecreasesToday, 4);
  assert.equal(
    await update({ProvisionedThroughput: units(1)}),
    'LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited within a given ' +
      'UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most ' +
      'once every 3600 seconds. Number of decreases today: 4. Last decrease at Friday, October 9, 2026 at 10:00:00 AM ' +
      'Coordinated Universal Time. Next decrease can be made at Friday, October 9, 2026 at 11:00:00 AM Coordinated ' +
      'Universal Time',
  );
  clock.advance(3_600_000);
  await done({ProvisionedThroughput: units(5, 14)});
  clock.advance(86_400_000);
  assert.equal((await describe()).ProvisionedThroughput!.NumberOfDecreasesToday, 0);
});

test('the billing mode changes for the table and all its indexes together', async () => {
  const {create, update, done, describe} = setUp();
  await create({
    AttributeDefinitions: ['a', 'g'].map(AttributeName => ({AttributeName, AttributeType: 'S'})),
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [{...index('gsi'), OnDemandThroughput: {MaxReadRequestUnits: 7}}, index('other')],
    OnDemandThroughput: {MaxReadRequestUnits: 5, MaxWriteRequestUnits: 6},
  });
  assert.equal(
    await update({ProvisionedThroughput: units(1)}),
    invalid('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
  );
  const ofIndex = (IndexName: string) => ({Update: {IndexName, ProvisionedThroughput: units(3)}});
  assert.equal(
    await update({GlobalSecondaryIndexUpdates: [ofIndex('gsi')]}),
    invalid(
      'The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, ' +
        'WarmThroughput',
    ),
  );
  assert.deepEqual((await done({OnDemandThroughput: {MaxReadRequestUnits: -1}})).OnDemandThroughput, {
    MaxWriteRequestUnits: 6,
  });
  const switching = {TableThroughputMode: 'PROVISIONED', ProvisionedThroughput: units(2)};
  assert.equal(await update(switching), invalid('ProvisionedThroughput must be specified for index: gsi,other'));
  await done({...switching, GlobalSecondaryIndexUpdates: [ofIndex('gsi'), ofIndex('other')]});
  const provisioned = await describe();
  assert.equal(provisioned.BillingModeSummary!.BillingMode, 'PROVISIONED');
  assert.equal(provisioned.TableThroughputModeSummary!.TableThroughputMode, 'PROVISIONED');
  assert.equal(provisioned.OnDemandThroughput, undefined);
  assert.deepEqual(
    provisioned.GlobalSecondaryIndexes!.map(gsi => [
      gsi.ProvisionedThroughput!.ReadCapacityUnits,
      gsi.OnDemandThroughput,
      gsi.WarmThroughput!.ReadUnitsPerSecond,
    ]),
    [
      [3, undefined, 12_000],
      [3, undefined, 12_000],
    ],
  );
  assert.equal(
    await update({OnDemandThroughput: {MaxReadRequestUnits: 5}}),
    invalid('MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED'),
  );
  await done({BillingMode: 'PAY_PER_REQUEST'});
  assert.equal((await describe()).ProvisionedThroughput!.ReadCapacityUnits, 0);
  assert.equal((await done({BillingMode: 'PAY_PER_REQUEST'})).TableStatus, 'UPDATING');
  assert.equal((await describe()).TableStatus, 'ACTIVE');
});

test('an index comes and goes, one at a time', async () => {
  const {clock, engine, call, create, update, done, describe} = setUp();
  Object.assign(engine.lifecycle, {tableUpdatingMs: 100, indexCreatingMs: 1_000, indexDeletingMs: 50});
  await create({BillingMode: 'PAY_PER_REQUEST'});
  const creating = await done({...defineG, GlobalSecondaryIndexUpdates: [{Create: index('gsi')}]});
  assert.equal(creating.TableStatus, 'UPDATING');
  const stateOf = ({GlobalSecondaryIndexes: [gsi] = []}: TableDescription) => [gsi?.IndexStatus, gsi?.Backfilling];
  assert.deepEqual(stateOf(creating), ['CREATING', false]);
  const remove = {GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'gsi'}}]};
  assert.equal(
    await update(remove),
    inUse(
      'Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is ' +
        'active. Table: abc Index: gsi',
    ),
  );
  clock.advance(100);
  assert.deepEqual(stateOf(await describe()), ['CREATING', true]);
  assert.equal(
    await call('DeleteTable', {TableName: 'abc'}),
    inUse('Cannot delete table while indexes are being created, updated, or deleted.'),
  );
  const another = {...defineG, GlobalSecondaryIndexUpdates: [{Create: index('another')}]};
  assert.equal(await update(another), onlyOne);
  assert.equal(
    await update({...defineG, GlobalSecondaryIndexUpdates: [{Create: index('gsi')}]}),
    inUse('Index is being created.  Table: abc Index: gsi'),
  );
  // The index is full at once, but shown as being created for as long as the test wants it.
  while (await backfillIndexes(engine));
  assert.deepEqual(stateOf(await describe()), ['CREATING', true]);
  clock.advance(1_000);
  while (await backfillIndexes(engine));
  assert.deepEqual(stateOf(await describe()), ['ACTIVE', undefined]);
  assert.equal(
    await update({...defineG, GlobalSecondaryIndexUpdates: [{Create: index('gsi')}]}),
    'ValidationException: Attempting to create an index which already exists',
  );
  assert.equal(
    await update({GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'none'}}]}),
    'ResourceNotFoundException: Requested resource not found: Index none for table abc',
  );
  assert.deepEqual(stateOf(await done(remove)), ['DELETING', undefined]);
  assert.equal(
    await update({BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1)}),
    inUse("Can't change table IOPS when an index is being deleted. Table: abc Indexes: [gsi]"),
  );
  clock.advance(100);
  const gone = await describe();
  assert.equal(gone.GlobalSecondaryIndexes, undefined);
  assert.deepEqual(gone.AttributeDefinitions, [{AttributeName: 'a', AttributeType: 'S'}]);
  while (await clearDropped(engine));
  await done(another);
});

test('streams, protection, encryption and class', async () => {
  const {create, update, done, describe, call, clock} = setUp();
  await create({BillingMode: 'PAY_PER_REQUEST'});
  const enable = {StreamSpecification: {StreamEnabled: true, StreamViewType: 'KEYS_ONLY'}};
  const disable = {StreamSpecification: {StreamEnabled: false}};
  assert.equal(await update(disable), 'ValidationException: Table has no stream to disable: TableName: abc');
  const {LatestStreamArn: first} = await done(enable);
  assert.equal(await update(enable), 'ValidationException: Table already has an enabled stream: TableName: abc');
  await done(disable);
  const disabled = await describe();
  assert.equal(disabled.StreamSpecification, undefined);
  assert.equal(disabled.LatestStreamArn, first);
  assert.notEqual((await done(enable)).LatestStreamArn, first);

  await done({DeletionProtectionEnabled: true});
  assert.equal(
    await call('DeleteTable', {TableName: 'abc'}),
    'ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion ' +
      'protection first.',
  );
  assert.equal(await update({SSESpecification: {Enabled: false}}), invalid('Table is already encrypted by default'));
  assert.equal((await done({SSESpecification: {Enabled: true}})).SSEDescription!.Status, 'ENABLED');
  await done({SSESpecification: {Enabled: false}});
  assert.equal((await describe()).SSEDescription, undefined);
  await done({TableClass: 'STANDARD'});
  assert.equal((await describe()).TableClassSummary, undefined);
  await done({TableClass: 'STANDARD_INFREQUENT_ACCESS'});
  assert.deepEqual((await describe()).TableClassSummary, {
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    LastUpdateDateTime: clock.now() / 1000,
  });
});
