import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../../base/clock.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine, type Engine} from '../../engine/engine.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createHandler} from '../handle.ts';

function newEngine(): Engine {
  const store = memoryStore({discard: {random: seededRandom(3), chance: 0.3}});
  return createEngine({store, clock: new ManualClock(), random: seededRandom(1)});
}

/** Asks as a client would. Answers what came back, or the refusal in one line. */
function clientOf(engine: Engine) {
  const faults: unknown[] = [];
  const handle = createHandler({engine, region: 'us-east-1', onFault: fault => faults.push(fault)});
  return async (operation: string, input: object): Promise<unknown> => {
    const headers: Record<string, string> = {
      host: 'stator.test:8000',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
      'x-amz-date': '20260101T000000Z',
    };
    const body = Buffer.from(JSON.stringify(input));
    const answer = await handle({method: 'POST', url: '/', header: name => headers[name], body});
    assert.deepEqual(faults, []);
    const text = answer.body.map(String).join('');
    if (answer.status === 200) return text === '' ? '' : JSON.parse(text);
    const refusal = JSON.parse(text);
    return `${refusal.__type.split('#')[1]}: ${refusal.message ?? refusal.Message}`;
  };
}

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/tagged';
const invalid = (detail: string) => `ValidationException: One or more parameter values were invalid: ${detail}`;

async function setUp() {
  const engine = newEngine();
  const ask = clientOf(engine);
  const create = () =>
    ask('CreateTable', {
      TableName: 'tagged',
      AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: [{Key: 'env', Value: 'test'}],
    });
  await create();
  const tagsOf = async () => {
    const answer = (await ask('ListTagsOfResource', {ResourceArn: arn})) as {Tags: {Key: string; Value: string}[]};
    return answer.Tags.map(({Key, Value}) => `${Key}=${Value}`).join(' ');
  };
  const tag = (tags: Record<string, string>) =>
    ask('TagResource', {
      ResourceArn: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value})),
    });
  return {engine, ask, create, tagsOf, tag};
}

test('tags are added, replaced and removed, and those of the creation are there', async () => {
  const {ask, tagsOf, tag} = await setUp();
  assert.equal(await tagsOf(), 'env=test');
  assert.equal(await tag({team: 'a', empty: ''}), '');
  assert.equal(await tag({env: 'live', ключ: '表 a+b-c=d.e_f:g/h@i'}), '');
  assert.equal(await tagsOf(), 'env=live team=a empty= ключ=表 a+b-c=d.e_f:g/h@i');
  assert.equal(await ask('UntagResource', {ResourceArn: arn, TagKeys: ['team', 'never set', 'ключ']}), '');
  assert.equal(await tagsOf(), 'env=live empty=');
});

test('fifty tags at most, counted after the change', async () => {
  const {ask, tagsOf, tag} = await setUp();
  const many = (count: number, value: string) =>
    Object.fromEntries(Array.from({length: count}, (_, at) => [`k${at}`, value]));
  const tooMany = 'ValidationException: Number of Tags exceed the current limit for the provided ResourceArn';
  assert.equal(await tag(many(50, 'v')), tooMany);
  assert.equal(await tagsOf(), 'env=test');
  assert.equal(await tag(many(49, 'v')), '');
  assert.equal(await tag({k0: 'new', k49: 'v'}), tooMany);
  assert.equal(await tag(many(49, 'w')), '');
  assert.ok((await tagsOf()).includes('k0=w'));
  const keys = Array.from({length: 51}, (_, at) => `k${at}`);
  assert.equal(await ask('UntagResource', {ResourceArn: arn, TagKeys: keys}), tooMany);
});

test('what TagResource refuses, worst first', async () => {
  const {ask, tagsOf} = await setUp();
  const rows: [object, string][] = [
    [
      {},
      "ValidationException: 2 validation errors detected: Value null at 'resourceArn' failed to satisfy constraint: " +
        "Member must not be null; Value null at 'tags' failed to satisfy constraint: Member must not be null",
    ],
    [{ResourceArn: 'tagged', Tags: []}, invalid("ARNs must start with 'arn:': tagged")],
    [{ResourceArn: 'arn:aws'}, invalid('Second colon partition not found: arn:aws')],
    [
      {ResourceArn: 'arn:aws:dynamodb:us-east-1:0'},
      invalid('Fifth colon (namespace/relative-id delimiter) not found: arn:aws:dynamodb:us-east-1:0'),
    ],
    [{ResourceArn: `${arn}/backup/01`}, invalid(`Provided Arn is not a DynamoDB resource arn: ${arn}/backup/01`)],
    [
      {ResourceArn: `${arn}/index/i`},
      invalid(`Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}/index/i`),
    ],
    [
      {ResourceArn: arn.replace('us-east-1', 'eu-west-1')},
      `ValidationException: Invalid TableArn: Invalid ResourceArn provided as input ${arn.replace('us-east-1', 'eu-west-1')}`,
    ],
    [
      {ResourceArn: arn.replace('000000000000', '123456789012').replace('tagged', 'missing')},
      'ValidationException: Atleast one Tag needs to be provided as Input.',
    ],
    [{Tags: [{}]}, 'ValidationException: The Tag Key provided is invalid, Key: null'],
    [{Tags: [{Key: 'a'}]}, 'ValidationException: The Tag Value provided is invalid, Value: null'],
    [{Tags: [{Key: '', Value: ''}]}, 'ValidationException: The Tag Key provided is invalid, Key: '],
    [{Tags: [{Key: 'a#', Value: ''}]}, 'ValidationException: The Tag Key provided is invalid, Key: a#'],
    [{Tags: [{Key: 'AWS:a', Value: ''}]}, 'ValidationException: Tag Key cannot be prefixed with aws:, Key: AWS:a'],
    [{Tags: [{Key: 'a', Value: '100%'}]}, 'ValidationException: The Tag Value provided is invalid, Value: 100%'],
    [
      {
        Tags: [
          {Key: 'a', Value: '1'},
          {Key: 'a', Value: '2'},
        ],
      },
      'ValidationException: Duplicate Tag Keys provided as input: Duplicate Tag Key found a',
    ],
    [{Tags: [{Key: 'a', Value: '1'}]}, 'AccessDeniedException: Access is denied'],
    [
      {ResourceArn: arn.replace('tagged', 'missing')},
      `ResourceNotFoundException: Requested resource not found: ResourceArn: ${arn.replace('tagged', 'missing')} not found`,
    ],
    [
      {ResourceArn: `${arn}/stream/2026-01-01T00:00:00.000`},
      `ResourceNotFoundException: Requested resource not found: ResourceArn: ${arn}/stream/2026-01-01T00:00:00.000 not found`,
    ],
  ];
  let input = {};
  for (const [mend, answer] of rows) {
    input = {...input, ...mend};
    assert.equal(await ask('TagResource', input), answer);
  }
  assert.equal(await tagsOf(), 'env=test');
  assert.equal(
    await ask('UntagResource', {ResourceArn: arn, TagKeys: []}),
    'ValidationException: Atleast one Tag Key needs to be provided as Input.',
  );
  assert.equal(
    await ask('UntagResource', {ResourceArn: arn, TagKeys: ['aws:a']}),
    'ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:a',
  );
});

test('tags of a table that is on its way in or out', async () => {
  const {engine, ask, create, tagsOf, tag} = await setUp();
  engine.lifecycle.tableDeletingMs = 1_000;
  engine.lifecycle.tableCreatingMs = 1_000;
  await ask('DeleteTable', {TableName: 'tagged'});
  assert.equal(
    await tag({a: 'b'}),
    'ResourceInUseException: Attempt to change a resource which is still in use: Table is being deleted: tagged',
  );
  (engine.clock as ManualClock).advance(1_000);
  const notFound = `ResourceNotFoundException: Requested resource not found: ResourceArn: ${arn} not found`;
  assert.equal(await tag({a: 'b'}), notFound);
  await create();
  assert.equal(await tag({a: 'b'}), notFound);
  assert.equal(await ask('ListTagsOfResource', {ResourceArn: arn}), notFound);
  (engine.clock as ManualClock).advance(1_000);
  assert.equal(await tag({a: 'b'}), '');
  assert.equal(await tagsOf(), 'env=test a=b');
});

test('limits of the account, and where the service is', async () => {
  const {ask} = await setUp();
  assert.deepEqual(await ask('DescribeLimits', {}), {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  });
  assert.deepEqual(await ask('DescribeEndpoints', {}), {
    Endpoints: [{Address: 'stator.test:8000', CachePeriodInMinutes: 1440}],
  });
});
