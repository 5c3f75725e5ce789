// Tables and their indexes: what is refused at creation, and what UpdateTable makes of definitions.
// eu-west-2, eu-central-1, us-east-1 and ap-southeast-2, July to October 2026 (paritysuite/dynamodb-conformance CHANGELOG
// 2.0.0 and 2026-06-26, tests/tier3/validation-ordering/createTable, captures/cross-region-latest).
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import type {
  AttributeDefinition,
  CreateTableCommandInput,
  DescribeTableCommandOutput,
  GlobalSecondaryIndex,
  UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import {invalid, one, refusal} from './answers.ts';
import {freshTableName, onEveryStore, type Target} from './server.ts';
import {createTableInput, useTable} from './tables.ts';
import {N, S} from './values.ts';

const wrong = 'One or more parameter values were invalid: ';
const text = (AttributeName: string): AttributeDefinition => ({AttributeName, AttributeType: 'S'});
const hash = (AttributeName: string) => ({AttributeName, KeyType: 'HASH'}) as const;
const range = (AttributeName: string) => ({AttributeName, KeyType: 'RANGE'}) as const;
const all = {Projection: {ProjectionType: 'ALL'}} as const;

/** Calls until `done` likes the answer; states pass by themselves. */
async function settled(
  target: Target,
  TableName: string,
  done: (table: NonNullable<DescribeTableCommandOutput['Table']>) => boolean,
) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const {Table} = await target.db.describeTable({TableName});
    if (done(Table!)) return Table!;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('the table did not settle');
}

const quiet = (table: NonNullable<DescribeTableCommandOutput['Table']>) =>
  table.TableStatus === 'ACTIVE' && (table.GlobalSecondaryIndexes ?? []).every(index => index.IndexStatus === 'ACTIVE');

onEveryStore('creation refused', target => {
  const base = (): CreateTableCommandInput =>
    createTableInput(freshTableName('refused'), {attributes: {pk: 'S'}, key: ['pk']});
  const tooShort = (name: string, member: string) =>
    `Value '${name}' at '${member}.1.member.indexName' failed to satisfy constraint: Member must have length greater than or equal to 3`;
  const composite = {
    AttributeDefinitions: [text('pk'), text('sk')],
    KeySchema: [hash('pk'), range('sk')],
  };
  const localIndex = (IndexName: string) => ({IndexName, KeySchema: [hash('pk'), range('lr')], ...all});
  const globalIndex = (IndexName: string) => ({IndexName, KeySchema: [hash('gh')], ...all});

  const refused: [what: string, Partial<CreateTableCommandInput>, message: string][] = [
    [
      'three key attributes',
      {
        AttributeDefinitions: [text('pk'), text('sk'), text('extra')],
        KeySchema: [hash('pk'), range('sk'), range('extra')],
      },
      one(
        "Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), " +
          "KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: " +
          'Member must have length less than or equal to 2',
      ),
    ],
    [
      'a short name',
      {TableName: 'ab'},
      one("Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3"),
    ],
    // The global index's error comes first, however the request lists them.
    [
      'short index names',
      {...composite, LocalSecondaryIndexes: [localIndex('aa')], GlobalSecondaryIndexes: [globalIndex('zz')]},
      `2 validation errors detected: ${tooShort('zz', 'globalSecondaryIndexes')}; ${tooShort('aa', 'localSecondaryIndexes')}`,
    ],
    [
      'an included projection of nothing',
      {
        AttributeDefinitions: [text('pk'), text('g')],
        GlobalSecondaryIndexes: [{IndexName: 'byG', KeySchema: [hash('g')], Projection: {ProjectionType: 'INCLUDE'}}],
      },
      `${wrong}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
    ],
    [
      'throughput of a table on demand',
      {ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}},
      `${wrong}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    ],
  ];
  for (const [what, extra, message] of refused) {
    test(what, () => invalid(target.db.createTable({...base(), ...extra}), message));
  }

  const contains: [what: string, Partial<CreateTableCommandInput>, part: string][] = [
    ['one attribute as both keys', {KeySchema: [hash('pk'), range('pk')]}, 'Invalid KeySchema'],
    ['an unknown billing mode', {BillingMode: 'INVALID_MODE' as never}, '[PROVISIONED, PAY_PER_REQUEST]'],
    ['a definition that no key uses', {AttributeDefinitions: [text('pk'), text('unused')]}, 'AttributeDefinitions'],
    [
      'a stream that is off and has a view',
      {StreamSpecification: {StreamEnabled: false, StreamViewType: 'NEW_IMAGE'}},
      wrong,
    ],
  ];
  for (const [what, extra, part] of contains) {
    test(what, async () => {
      const answer = await refusal(target.db.createTable({...base(), ...extra}));
      assert.ok(answer.startsWith('ValidationException: ') && answer.includes(part), answer);
    });
  }

  test('a name that is taken', async () => {
    const input = base();
    await target.db.createTable(input);
    await settled(target, input.TableName!, quiet);
    assert.equal(
      await refusal(target.db.createTable(input)),
      `ResourceInUseException: Table already exists: ${input.TableName}`,
    );
    await target.db.deleteTable({TableName: input.TableName});
  });
});

onEveryStore('indexes of a live table', target => {
  const name = freshTableName('live');
  const addIndex = (
    index: GlobalSecondaryIndex,
    definitions: AttributeDefinition[],
    extra: Partial<UpdateTableCommandInput> = {},
  ) =>
    target.db.updateTable({
      TableName: name,
      AttributeDefinitions: definitions,
      GlobalSecondaryIndexUpdates: [{Create: index as never}],
      ...extra,
    });
  const definitionsOf = async () => {
    const {AttributeDefinitions} = await settled(target, name, quiet);
    return Object.fromEntries(AttributeDefinitions!.map(each => [each.AttributeName, each.AttributeType]));
  };

  before(async () => {
    const shape = {attributes: {pk: 'S', a: 'S'}, key: ['pk'], global: {byA: {hash: ['a']}}} as const;
    await target.db.createTable(createTableInput(name, shape));
    await settled(target, name, quiet);
    for (let at = 0; at < 20; at++) {
      const item = {pk: S(`p${at}`), a: S('a'), ...(at % 2 && {b: S('b')}), ...(at % 3 && {n: N(at)})};
      await target.db.putItem({TableName: name, Item: item});
    }
  });
  after(() => target.db.deleteTable({TableName: name}));

  test('definitions that come with a new index join those that are there; unused ones are dropped', async () => {
    const byB = {IndexName: 'byB', KeySchema: [hash('b'), range('n')], ...all};
    await addIndex(byB, [text('b'), {AttributeName: 'n', AttributeType: 'N'}, text('unused')]);
    assert.deepEqual(await definitionsOf(), {pk: 'S', a: 'S', b: 'S', n: 'N'});
  });

  test('the new index holds exactly the items that belong to it', async () => {
    const {Items} = await target.db.scan({TableName: name, IndexName: 'byB'});
    const members = Items!.map(item => Number(item.n!.N)).sort((x, y) => x - y);
    assert.deepEqual(members, [1, 5, 7, 11, 13, 17, 19]);
  });

  // scylladb's test_gsi_updatetable.py, run against AWS.
  test('items that are older than an index and can not be in it stay out of it', async () => {
    for (const [pk, d] of [
      ['d1', S('d')],
      ['d2', S('')],
      ['d3', S('x'.repeat(66_500))],
      ['d4', N(1)],
    ] as const) {
      await target.db.putItem({TableName: name, Item: {pk: S(pk), d, e: S('e')}});
    }
    const members = async (IndexName: string) => {
      await settled(target, name, quiet);
      const {Items} = await target.db.scan({TableName: name, IndexName});
      return Items!.map(item => item.pk!.S);
    };
    await addIndex({IndexName: 'partitions', KeySchema: [hash('d')], ...all}, [text('d')]);
    assert.deepEqual(await members('partitions'), ['d1']);
    await addIndex({IndexName: 'sorts', KeySchema: [hash('e'), range('d')], ...all}, [text('d'), text('e')]);
    assert.deepEqual(await members('sorts'), ['d1']);
    // They can be deleted, or mended.
    await target.db.deleteItem({TableName: name, Key: {pk: S('d3')}});
    await target.db.putItem({TableName: name, Item: {pk: S('d2'), d: S('d'), e: S('f')}});
    assert.deepEqual((await members('sorts')).sort(), ['d1', 'd2']);
    for (const IndexName of ['partitions', 'sorts']) {
      await target.db.updateTable({TableName: name, GlobalSecondaryIndexUpdates: [{Delete: {IndexName}}]});
      await settled(
        target,
        name,
        each => quiet(each) && !each.GlobalSecondaryIndexes!.some(index => index.IndexName === IndexName),
      );
    }
  });

  test('a definition that contradicts a key that is there changes nothing', async () => {
    const byC = {IndexName: 'byC', KeySchema: [hash('c')], ...all};
    await addIndex(byC, [{AttributeName: 'a', AttributeType: 'N'}, text('c')]);
    assert.deepEqual(await definitionsOf(), {pk: 'S', a: 'S', b: 'S', n: 'N', c: 'S'});
  });

  test('a dropped index takes with it the definitions that no key uses any more', async () => {
    await target.db.updateTable({TableName: name, GlobalSecondaryIndexUpdates: [{Delete: {IndexName: 'byB'}}]});
    const table = await settled(target, name, each => quiet(each) && each.GlobalSecondaryIndexes!.length === 2);
    assert.deepEqual(table.GlobalSecondaryIndexes!.map(index => index.IndexName).sort(), ['byA', 'byC']);
    assert.deepEqual(await definitionsOf(), {pk: 'S', a: 'S', c: 'S'});
    const query = target.db.scan({TableName: name, IndexName: 'byB'});
    await invalid(query, 'The table does not have the specified index: byB');
  });

  test('an index whose key has no definition is refused', async () => {
    const answer = await refusal(addIndex({IndexName: 'byD', KeySchema: [hash('d')], ...all}, []));
    assert.match(answer, /^ValidationException: /);
  });
});

onEveryStore('tables described', target => {
  const table = useTable(target, {
    attributes: {pk: 'S', sk: 'S', g: 'S', l: 'S'},
    key: ['pk', 'sk'],
    local: {byL: {range: 'l', projection: ['x']}},
    global: {byG: {hash: ['g'], projection: 'KEYS_ONLY'}},
    provisioned: true,
  });

  test('the identity of a table is stable, and its name and ARN both name it', async () => {
    const {Table: first} = await target.db.describeTable({TableName: table});
    const {Table: again} = await target.db.describeTable({TableName: first!.TableArn});
    assert.equal(again!.TableId, first!.TableId);
    assert.match(first!.TableArn!, new RegExp(`^arn:aws:dynamodb:[a-z0-9-]+:\\d{12}:table/${table}$`));
    await target.db.putItem({TableName: first!.TableArn, Item: {pk: S('arn'), sk: S('a')}});
    const {Item} = await target.db.getItem({TableName: table, Key: {pk: S('arn'), sk: S('a')}, ConsistentRead: true});
    assert.ok(Item);
  });

  test('indexes are described with what was asked of them', async () => {
    const {Table} = await target.db.describeTable({TableName: table});
    const [local] = Table!.LocalSecondaryIndexes!;
    assert.deepEqual(local!.Projection, {ProjectionType: 'INCLUDE', NonKeyAttributes: ['x']});
    assert.deepEqual(local!.KeySchema, [hash('pk'), range('l')]);
    assert.equal(local!.IndexArn, `${Table!.TableArn}/index/byL`);
    const [global] = Table!.GlobalSecondaryIndexes!;
    assert.deepEqual(global!.Projection, {ProjectionType: 'KEYS_ONLY'});
    assert.equal(global!.IndexStatus, 'ACTIVE');
    assert.equal(global!.Backfilling, undefined);
    assert.deepEqual(
      [global!.ProvisionedThroughput!.ReadCapacityUnits, Table!.ProvisionedThroughput!.WriteCapacityUnits],
      [5, 5],
    );
  });

  test('a deleted table is gone', async () => {
    const name = freshTableName('gone');
    await target.db.createTable(createTableInput(name, {attributes: {pk: 'S'}, key: ['pk']}));
    await settled(target, name, quiet);
    const {TableDescription} = await target.db.deleteTable({TableName: name});
    assert.equal(TableDescription!.TableStatus, 'DELETING');
    // Of what the table is, only its billing is told (scylladb's test_table.py, run against AWS).
    assert.equal(TableDescription!.BillingModeSummary!.BillingMode, 'PAY_PER_REQUEST');
    assert.deepEqual([TableDescription!.KeySchema, TableDescription!.CreationDateTime], [undefined, undefined]);
    for (let attempt = 0; ; attempt++) {
      const answer = await refusal(target.db.describeTable({TableName: name}));
      if (answer === `ResourceNotFoundException: Requested resource not found: Table: ${name} not found`) break;
      assert.ok(attempt < 600 && answer === '(accepted)', answer);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  });
});
