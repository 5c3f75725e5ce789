import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {ManualClock} from '../../base/clock.ts';
import {fuzzRuns} from '../../base/fuzz-runs.ts';
import {seededRandom} from '../../base/random.ts';
import {createEngine} from '../../engine/engine.ts';
import {memoryStore} from '../../storage/memory/memory-store.ts';
import {createHandler} from '../handle.ts';

const invalid = (detail: string) => `ValidationException: One or more parameter values were invalid: ${detail}`;
const one = (detail: string) => `ValidationException: 1 validation error detected: ${detail}`;
const oneInvalid = (detail: string) => one(`One or more parameter values were invalid: ${detail}`);
const mixed = (legacy: string, expressions: string) =>
  `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${legacy}} Expression parameters: {${expressions}}`;
const cond = (ComparisonOperator: string, ...AttributeValueList: object[]) => ({
  ComparisonOperator,
  ...(AttributeValueList.length > 0 && {AttributeValueList}),
});
const S = (text: string) => ({S: text});
const N = (number: number | string) => ({N: String(number)});
const withoutFilter = 'ConditionalOperator cannot be used without Filter or Expected';
const twoOrMore = 'ConditionalOperator can only be used when Filter or Expected has two or more elements';

type Json = Record<string, unknown>;

/** Tables `t` (p), `c` (p, s) and `i` (p, with a global index on g), and requests that answer JSON or a refusal as text. */
async function setUp() {
  const faults: unknown[] = [];
  const engine = createEngine({store: memoryStore(), clock: new ManualClock(), random: seededRandom(1)});
  const handler = createHandler({engine, region: 'us-east-1', onFault: fault => faults.push(fault)});
  const call = async (name: string, wire: object): Promise<Json | string> => {
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${name}`,
      'x-amz-date': '20261122T130000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0a',
    };
    const body = Buffer.from(JSON.stringify(wire));
    const answer = await handler({method: 'POST', url: '/', header: header => headers[header], body});
    const json = JSON.parse(Buffer.concat(answer.body.map(part => Buffer.from(part))).toString()) as Json;
    if (answer.status === 200) return json;
    assert.deepEqual(faults, [], 'a fault of ours');
    const type = (json.__type as string).split('#')[1];
    return `${type}: ${json.message ?? json.Message ?? ''}`;
  };
  const key = (...names: string[]) =>
    names.map((AttributeName, at) => ({AttributeName, KeyType: at ? 'RANGE' : 'HASH'}));
  const create = (TableName: string, keys: string[], more: object = {}, extra: string[] = []) =>
    call('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...keys, ...extra].map(AttributeName => ({AttributeName, AttributeType: 'S'})),
      KeySchema: key(...keys),
      ...more,
    });
  await create('ttt', ['p']);
  await create('ccc', ['p', 's']);
  const gsi = {IndexName: 'gsi', KeySchema: key('g'), Projection: {ProjectionType: 'ALL'}};
  await create('iii', ['p'], {GlobalSecondaryIndexes: [gsi]}, ['g']);
  const item = async (p: string): Promise<unknown> => {
    const answer = await call('GetItem', {TableName: 'ttt', Key: {p: S(p)}});
    return (answer as {Item?: unknown}).Item;
  };
  return {call, item};
}

const key = {TableName: 'ttt', Key: {p: S('x')}};

test('a ConditionalOperator has two conditions to join, or is refused before anything else', async () => {
  const {call} = await setUp();
  const keys = {KeyConditions: {p: cond('EQ', S('x'))}};
  const rows: [string, object, string][] = [
    ['Scan', {TableName: 'nnn', ConditionalOperator: 'AND'}, `ValidationException: ${withoutFilter}`],
    ['Scan', {TableName: 'nnn', ConditionalOperator: 'AND', ScanFilter: {}}, `ValidationException: ${withoutFilter}`],
    [
      'Scan',
      {TableName: 'nnn', ConditionalOperator: 'OR', ScanFilter: {a: cond('EQ', S('x'))}},
      `ValidationException: ${twoOrMore}`,
    ],
    // Scan alone looks at the values before it.
    [
      'Scan',
      {TableName: 'nnn', ConditionalOperator: 'AND', ScanFilter: {a: cond('EQ', {})}},
      'ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
    ['Query', {TableName: 'nnn', ConditionalOperator: 'AND'}, `ValidationException: ${withoutFilter}`],
    ['Query', {TableName: 'nnn', ConditionalOperator: 'AND', ...keys}, `ValidationException: ${withoutFilter}`],
    [
      'Query',
      {TableName: 'nnn', ConditionalOperator: 'AND', ...keys, QueryFilter: {a: cond('EQ')}},
      `ValidationException: ${twoOrMore}`,
    ],
    ['PutItem', {TableName: 'nnn', Item: {p: S('x')}, ConditionalOperator: 'AND'}, one(withoutFilter)],
    ['DeleteItem', {...key, Expected: {a: {}}, ConditionalOperator: 'AND'}, one(twoOrMore)],
    ['UpdateItem', {...key, Expected: {}, ConditionalOperator: 'OR'}, one(withoutFilter)],
  ];
  for (const [name, wire, answer] of rows) assert.equal(await call(name, wire), answer);
});

test('legacy parameters never stand beside expressions, except KeyConditions beside those of others', async () => {
  const {call} = await setUp();
  const a = cond('EQ', S('x'));
  const rows: [string, object, string][] = [
    [
      'Scan',
      {
        AttributesToGet: ['a'],
        ScanFilter: {a},
        ConditionalOperator: 'AND',
        FilterExpression: 'a',
        ProjectionExpression: 'b',
      },
      `ValidationException: ${mixed('AttributesToGet, ScanFilter, ConditionalOperator', 'ProjectionExpression, FilterExpression')}`,
    ],
    [
      'Query',
      {
        KeyConditions: {p: a},
        QueryFilter: {a},
        ConditionalOperator: 'AND',
        KeyConditionExpression: 'p = :p',
        FilterExpression: 'a',
        ProjectionExpression: 'b',
      },
      `ValidationException: ${mixed('QueryFilter, ConditionalOperator, KeyConditions', 'ProjectionExpression, FilterExpression, KeyConditionExpression')}`,
    ],
    [
      'Query',
      {KeyConditions: {p: a}, AttributesToGet: ['a'], FilterExpression: 'a'},
      `ValidationException: ${mixed('AttributesToGet', 'FilterExpression')}`,
    ],
    [
      'UpdateItem',
      {
        Key: {p: S('x')},
        AttributeUpdates: {},
        Expected: {},
        ConditionalOperator: 'AND',
        UpdateExpression: 'x',
        ConditionExpression: 'y',
      },
      one(mixed('AttributeUpdates, Expected, ConditionalOperator', 'UpdateExpression, ConditionExpression')),
    ],
    [
      'PutItem',
      {Item: {p: S('x')}, Expected: {}, ConditionExpression: 'y'},
      one(mixed('Expected', 'ConditionExpression')),
    ],
    [
      'GetItem',
      {Key: {p: S('x')}, AttributesToGet: ['a'], ProjectionExpression: 'a'},
      `ValidationException: ${mixed('AttributesToGet', 'ProjectionExpression')}`,
    ],
    [
      'DeleteItem',
      {Key: {p: S('x')}, Expected: {a: {Exists: false}}, ExpressionAttributeNames: {'#a': 'a'}},
      one('ExpressionAttributeNames can only be specified when using expressions'),
    ],
  ];
  for (const [name, wire, answer] of rows) assert.equal(await call(name, {TableName: 'nnn', ...wire}), answer);
  assert.equal(
    await call('BatchGetItem', {
      RequestItems: {
        ttt: {Keys: [{p: S('x')}], ProjectionExpression: 'p'},
        ccc: {Keys: [{p: S('x'), s: S('y')}], AttributesToGet: ['p']},
      },
    }),
    `ValidationException: ${mixed('AttributesToGet', 'ProjectionExpression')}`,
  );
  await call('PutItem', {TableName: 'ttt', Item: {p: S('x'), a: S('x'), b: S('y')}});
  assert.deepEqual(
    await call('Query', {
      TableName: 'ttt',
      KeyConditions: {p: a},
      FilterExpression: 'a = :v',
      ExpressionAttributeValues: {':v': S('x')},
      ProjectionExpression: 'b',
    }),
    {Count: 1, ScannedCount: 1, Items: [{b: S('y')}]},
  );
});

test('malformed conditions', async () => {
  const {call} = await setUp();
  const count = (operator: string) => `Invalid number of argument(s) for the ${operator} ComparisonOperator`;
  const type = (operator: string, of: string) =>
    `ComparisonOperator ${operator} is not valid for ${of} AttributeValue type`;
  const reversed = 'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound';
  const rows: [object, string][] = [
    ...['EQ', 'NE', 'LE', 'LT', 'GE', 'GT', 'CONTAINS', 'NOT_CONTAINS', 'BEGINS_WITH', 'IN', 'BETWEEN'].map(
      (operator): [object, string] => [cond(operator), invalid(count(operator))],
    ),
    ...['NULL', 'NOT_NULL', 'EQ', 'LT', 'CONTAINS'].map((operator): [object, string] => [
      cond(operator, S('a'), S('a')),
      invalid(count(operator)),
    ]),
    [cond('NULL', S('a')), invalid(count('NULL'))],
    [cond('BETWEEN', S('a'), S('a'), S('a')), invalid(count('BETWEEN'))],
    [cond('EQ', N(1), {N: 'x'}), 'ValidationException: The parameter cannot be converted to a numeric value: x'],
    [cond('IN', S('a'), N(1)), invalid('AttributeValues inside AttributeValueList must be of same type')],
    [cond('IN', {SS: ['a']}), invalid(type('IN', 'SS'))],
    [cond('LT', {BOOL: true}), invalid(type('LT', 'BOOL'))],
    [cond('GE', {M: {}}), invalid(type('GE', 'M'))],
    [cond('CONTAINS', {L: []}), invalid(type('CONTAINS', 'L'))],
    [cond('NOT_CONTAINS', {NS: ['1']}), invalid(type('NOT_CONTAINS', 'NS'))],
    [cond('BEGINS_WITH', N(1)), invalid(type('BEGINS_WITH', 'N'))],
    [cond('BETWEEN', {NULL: true}, {NULL: true}), invalid(type('BETWEEN', 'NULL'))],
    [cond('BETWEEN', N(10), N(9)), `ValidationException: ${reversed}`],
  ];
  for (const [condition, answer] of rows) {
    // Nothing after the filter is looked at, the start key and the key conditions least of all.
    const rest = {TableName: 'nnn', ExclusiveStartKey: {a: {}}};
    assert.equal(await call('Query', {...rest, QueryFilter: {a: condition}, AttributesToGet: ['a', 'a']}), answer);
    assert.equal(await call('Scan', {...rest, ScanFilter: {a: condition}, Segment: 1}), answer);
    assert.equal(await call('Query', {TableName: 'nnn', KeyConditions: {a: condition}}), answer);
  }
  const duplicate = invalid('Duplicate value in attribute name: a');
  const again = {TableName: 'nnn', AttributesToGet: ['a', 'b', 'a']};
  assert.equal(await call('Scan', {...again, ScanFilter: {a: cond('EQ')}}), duplicate);
  assert.equal(await call('Query', {...again, ExclusiveStartKey: {a: {}}}), duplicate);
  assert.equal(await call('GetItem', {...again, Key: {p: S('x')}}), duplicate);
  assert.equal(
    await call('Query', {TableName: 'nnn', QueryFilter: {a: cond('NULL')}}),
    'ValidationException: Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  );
  // Scan checks values in the older layer, whose words differ (paritysuite valueLayers).
  const noNumber = {a: cond('EQ', {N: ''})};
  const cannot = 'ValidationException: The parameter cannot be converted to a numeric value';
  assert.equal(await call('Scan', {TableName: 'nnn', ScanFilter: noNumber}), cannot);
  assert.equal(await call('Query', {TableName: 'nnn', QueryFilter: noNumber}), `${cannot}: `);
  const tooMany = Object.fromEntries(Array.from({length: 1_001}, (_, at) => [`a${at}`, cond('NULL')]));
  assert.match(String(await call('Scan', {TableName: 'ttt', ScanFilter: tooMany})), /1001 conditions/);
});

test('malformed Expected', async () => {
  const {call} = await setUp();
  const rows: [object, string][] = [
    [{}, 'Value must be provided when Exists is null for Attribute: a'],
    [{Exists: true}, 'Value must be provided when Exists is true for Attribute: a'],
    [{Exists: false, Value: S('x')}, 'Value cannot be used when Exists is false for Attribute: a'],
    [{Value: S('x'), ...cond('EQ', S('x'))}, 'Value and AttributeValueList cannot be used together for Attribute: a'],
    [{Exists: true, ...cond('EQ', S('x'))}, 'Exists and ComparisonOperator cannot be used together for Attribute: a'],
    [cond('EQ'), 'Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a'],
    [{AttributeValueList: []}, 'AttributeValueList can only be used with a ComparisonOperator for Attribute: a'],
    [cond('BETWEEN', S('x')), 'Invalid number of argument(s) for the BETWEEN ComparisonOperator'],
    [{...cond('NULL'), Value: S('x')}, 'Invalid number of argument(s) for the NULL ComparisonOperator'],
    [{...cond('IN'), AttributeValueList: []}, 'Invalid number of argument(s) for the IN ComparisonOperator'],
    [cond('CONTAINS', {L: []}), 'ComparisonOperator CONTAINS is not valid for L AttributeValue type'],
  ];
  for (const [condition, answer] of rows) {
    const Expected = {a: condition};
    assert.equal(await call('DeleteItem', {...key, Expected}), oneInvalid(answer));
    assert.equal(await call('PutItem', {TableName: 'ttt', Item: {p: S('x')}, Expected}), oneInvalid(answer));
    assert.equal(await call('UpdateItem', {...key, Expected}), oneInvalid(answer));
  }
  assert.equal(
    await call('UpdateItem', {...key, AttributeUpdates: {n: {Value: {N: 'abc'}}}}),
    one('The parameter cannot be converted to a numeric value: abc'),
  );
  assert.equal(
    await call('PutItem', {TableName: 'ttt', Item: {p: S('x')}, Expected: {s: {Value: {NS: ['2', '1', '2']}}}}),
    oneInvalid('Input collection contains duplicates.'),
  );
});

test('what each operator holds for', async () => {
  const {call} = await setUp();
  const item = {
    p: S('x'),
    s: S('hello'),
    n: N('10'),
    ss: {SS: ['a', 'b']},
    l: {L: [N(1), S('q'), {NULL: true}]},
    m: {M: {k: S('v')}},
    b: {B: Buffer.from('hi there').toString('base64')},
    t: {BOOL: true},
    'dotted.name': S('d'),
  };
  await call('PutItem', {TableName: 'ttt', Item: item});
  const rows: [string, object, boolean][] = [
    ['s', cond('EQ', S('hello')), true],
    ['s', cond('EQ', N(1)), false],
    ['n', cond('EQ', N('10.0')), true],
    ['ss', cond('EQ', {SS: ['b', 'a']}), true],
    ['m', cond('EQ', {M: {k: S('v')}}), true],
    ['t', cond('EQ', {BOOL: true}), true],
    ['none', cond('EQ', S('x')), false],
    ['s', cond('NE', S('hello')), false],
    ['s', cond('NE', N(1)), true],
    ['l', cond('NE', {L: []}), true],
    ['none', cond('NE', S('x')), true],
    ['n', cond('LT', N(9)), false],
    ['n', cond('LE', N(10)), true],
    ['n', cond('GT', N(9)), true],
    ['n', cond('GE', S('9')), false],
    ['none', cond('LT', N(9)), false],
    ['n', cond('BETWEEN', N(9), N(10)), true],
    ['none', cond('BETWEEN', N(9), N(10)), false],
    ['s', cond('BEGINS_WITH', S('he')), true],
    ['n', cond('BEGINS_WITH', S('1')), false],
    ['s', cond('CONTAINS', S('ell')), true],
    ['s', cond('CONTAINS', N(1)), false],
    ['ss', cond('CONTAINS', S('b')), true],
    ['l', cond('CONTAINS', N('1.0')), true],
    ['l', cond('CONTAINS', {NULL: true}), true],
    ['b', cond('CONTAINS', {B: Buffer.from('here').toString('base64')}), true],
    ['none', cond('CONTAINS', S('x')), false],
    ['s', cond('NOT_CONTAINS', S('x')), true],
    ['s', cond('NOT_CONTAINS', S('ell')), false],
    ['s', cond('NOT_CONTAINS', N(1)), true],
    // Neither contained nor not contained.
    ['none', cond('NOT_CONTAINS', S('x')), false],
    ['n', cond('IN', N(1), N('1e1')), true],
    ['n', cond('IN', S('10')), false],
    ['none', cond('IN', N(1)), false],
    ['l', cond('NULL'), false],
    ['none', cond('NULL'), true],
    ['none', cond('NOT_NULL'), false],
    ['dotted.name', cond('EQ', S('d')), true],
    ['m.k', cond('NULL'), true],
    ['__proto__', cond('NULL'), true],
    ['constructor', cond('NOT_NULL'), false],
  ];
  for (const [name, condition, holds] of rows) {
    const conditions = JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(condition)}}`) as object;
    const shown = JSON.stringify(conditions);
    const scanned = await call('Scan', {TableName: 'ttt', ScanFilter: conditions});
    assert.equal((scanned as Json).Count, Number(holds), shown);
    const query = {TableName: 'ttt', KeyConditions: {p: cond('EQ', S('x'))}, QueryFilter: conditions};
    assert.equal(((await call('Query', query)) as Json).Count, Number(holds), shown);
    const put = await call('PutItem', {TableName: 'ttt', Item: item, Expected: conditions});
    assert.deepEqual(put, holds ? {} : 'ConditionalCheckFailedException: The conditional request failed', shown);
  }
});

test('several conditions hold all together, or with OR any of them', async () => {
  const {call, item} = await setUp();
  const yes = {a: {Exists: true, Value: N(1)}, c: {Exists: false}};
  const update = (Expected: object, more: object = {}) =>
    call('UpdateItem', {...key, AttributeUpdates: {z: {Action: 'ADD', Value: N(1)}}, Expected, ...more});
  const failed = 'ConditionalCheckFailedException: The conditional request failed';
  await call('PutItem', {TableName: 'ttt', Item: {p: S('x'), a: N(1)}});
  assert.deepEqual(await update(yes), {});
  assert.deepEqual(await update(yes, {ConditionalOperator: 'AND'}), {});
  assert.equal(await update({...yes, b: {Value: N(2)}}), failed);
  assert.deepEqual(await update({...yes, b: {Value: N(2)}}, {ConditionalOperator: 'OR'}), {});
  assert.equal(await update({b: {Value: N(2)}, a: {Exists: false}}, {ConditionalOperator: 'OR'}), failed);
  assert.deepEqual(await update({}), {});
  assert.deepEqual(await item('x'), {p: S('x'), a: N(1), z: N(4)});
});

test('AttributeUpdates', async () => {
  const {call, item} = await setUp();
  const update = (AttributeUpdates: object, more: object = {}) =>
    call('UpdateItem', {...key, AttributeUpdates, ...more});
  for (const Value of [S('1'), {B: 'Yg=='}, {NULL: true}, {BOOL: true}, {M: {}}]) {
    const type = Object.keys(Value)[0];
    assert.equal(
      await update({a: {Action: 'ADD', Value}}),
      oneInvalid(`ADD action is not supported for the type ${type}`),
    );
  }
  for (const Value of [S('1'), N(1), {M: {}}, {L: []}]) {
    const type = Object.keys(Value)[0];
    const answer = oneInvalid(`DELETE action with value is not supported for the type ${type}`);
    assert.equal(await update({a: {Action: 'DELETE', Value}}), answer);
  }
  const noValue = oneInvalid('Only DELETE action is allowed when no attribute value is specified');
  for (const entry of [{}, {Action: 'PUT'}, {Action: 'ADD'}]) assert.equal(await update({a: entry}), noValue);
  assert.equal(await update({'': {Value: N(1)}}), one('Empty attribute name'));
  assert.equal(
    await update({p: {Value: S('y')}}),
    invalid('Cannot update attribute p. This attribute is part of the key'),
  );

  // DELETE has nothing to delete, and makes no item; PUT and ADD do.
  assert.deepEqual(await update({a: {Action: 'DELETE'}}, {ReturnValues: 'ALL_NEW'}), {});
  assert.deepEqual(await update({a: {Action: 'DELETE', Value: {SS: ['x']}}}), {});
  assert.equal(await item('x'), undefined);
  assert.deepEqual(await update({}), {});
  assert.deepEqual(await item('x'), {p: S('x')});

  const first = {
    n: {Action: 'ADD', Value: N(3)},
    ss: {Action: 'ADD', Value: {SS: ['b']}},
    l: {Action: 'ADD', Value: {L: [N(1)]}},
    'a.b': {Value: S('dot')},
    gone: {Action: 'PUT', Value: S('x')},
  };
  assert.deepEqual(await update(first, {ReturnValues: 'UPDATED_OLD'}), {});
  const second = {
    n: {Action: 'ADD', Value: N('-0.5')},
    ss: {Action: 'ADD', Value: {SS: ['a', 'b']}},
    l: {Action: 'ADD', Value: {L: [N(1), S('q')]}},
    gone: {Action: 'DELETE'},
  };
  assert.deepEqual(await update(second, {ReturnValues: 'UPDATED_NEW'}), {
    Attributes: {n: N('2.5'), ss: {SS: ['a', 'b']}, l: {L: [N(1), N(1), S('q')]}},
  });
  for (const [name, entry] of Object.entries({
    n: {Action: 'ADD', Value: {NS: ['1']}},
    ss: {Action: 'DELETE', Value: {NS: ['1']}},
    l: {Action: 'ADD', Value: N(1)},
    'a.b': {Action: 'ADD', Value: N(1)},
  })) {
    assert.equal(await update({[name]: entry}), 'ValidationException: Type mismatch for attribute to update');
  }
  assert.deepEqual(await update({ss: {Action: 'DELETE', Value: {SS: ['a', 'c']}}, l: {Action: 'DELETE'}}), {});
  assert.deepEqual(await update({ss: {Action: 'DELETE', Value: {SS: ['b']}}}, {ReturnValues: 'ALL_NEW'}), {
    Attributes: {p: S('x'), n: N('2.5'), 'a.b': S('dot')},
  });
  assert.equal(
    await call('UpdateItem', {TableName: 'iii', Key: {p: S('x')}, AttributeUpdates: {g: {Value: N(1)}}}),
    invalid('Type mismatch for Index Key g Expected: S Actual: N IndexName: gsi'),
  );
});

test('AttributesToGet gives whole attributes by plain names', async () => {
  const {call} = await setUp();
  const item = {p: S('x'), m: {M: {k: S('v')}}, 'm.k': S('plain'), ['__proto__']: N(1)};
  await call('PutItem', {TableName: 'ttt', Item: item});
  const AttributesToGet = ['m.k', 'none', '__proto__'];
  const found = {'m.k': S('plain'), ['__proto__']: N(1)};
  const keyConditions = {KeyConditions: {p: cond('EQ', S('x'))}};
  assert.deepEqual(await call('GetItem', {...key, AttributesToGet}), {Item: found});
  const page = {Count: 1, ScannedCount: 1, Items: [found]};
  assert.deepEqual(await call('Scan', {TableName: 'ttt', AttributesToGet}), page);
  const specific = {TableName: 'ttt', ...keyConditions, AttributesToGet, Select: 'SPECIFIC_ATTRIBUTES'};
  assert.deepEqual(await call('Query', specific), page);
  assert.deepEqual(await call('BatchGetItem', {RequestItems: {ttt: {Keys: [{p: S('x')}], AttributesToGet}}}), {
    Responses: {ttt: [found]},
    UnprocessedKeys: {},
  });
  const selects: [object, string][] = [
    [{Select: 'COUNT', AttributesToGet}, 'Cannot specify the AttributesToGet when choosing to get only the Count'],
    [
      {Select: 'ALL_ATTRIBUTES', AttributesToGet},
      'Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES',
    ],
    [
      {Select: 'COUNT', ProjectionExpression: 'p'},
      'Cannot specify the ProjectionExpression when choosing to get only the Count',
    ],
    [
      {Select: 'SPECIFIC_ATTRIBUTES'},
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      {Select: 'ALL_PROJECTED_ATTRIBUTES'},
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
  ];
  for (const [wire, answer] of selects) {
    assert.equal(await call('Scan', {TableName: 'nnn', ...wire}), `ValidationException: ${answer}`);
    assert.equal(await call('Query', {TableName: 'nnn', ...keyConditions, ...wire}), one(answer));
  }
});

test('KeyConditions', async () => {
  const {call} = await setUp();
  for (const s of ['a', 'ab', 'b', 'c']) await call('PutItem', {TableName: 'ccc', Item: {p: S('x'), s: S(s)}});
  const p = cond('EQ', S('x'));
  const query = async (KeyConditions: object, more: object = {}) => {
    const answer = await call('Query', {TableName: 'ccc', KeyConditions, ...more});
    return typeof answer === 'string' ? answer : (answer.Items as {s: {S: string}}[]).map(({s}) => s.S).join();
  };
  const refused = (detail: string) => `ValidationException: ${detail}`;
  const notIndexable = refused('Attempted conditional constraint is not an indexable operation');
  const lengths = refused('Conditions can be of length 1 or 2 only');
  const rows: [object, string][] = [
    [{p}, 'a,ab,b,c'],
    [{s: cond('EQ', S('b')), p}, 'b'],
    [{p, s: cond('LT', S('b'))}, 'a,ab'],
    [{p, s: cond('LE', S('b'))}, 'a,ab,b'],
    [{p, s: cond('GT', S('b'))}, 'c'],
    [{p, s: cond('GE', S('b'))}, 'b,c'],
    [{p, s: cond('BETWEEN', S('ab'), S('b'))}, 'ab,b'],
    [{p, s: cond('BEGINS_WITH', S('a'))}, 'a,ab'],
    [{}, lengths],
    [{p, s: p, t: p}, lengths],
    [{s: p}, refused('Query condition missed key schema element: p')],
    [{p, t: p}, refused('Query condition missed key schema element: s')],
    [{p: cond('LT', S('x'))}, refused('Query key condition not supported')],
    [{p: cond('NE', N(1))}, notIndexable],
    [{p: cond('NULL')}, notIndexable],
    [{p, s: cond('IN', S('a'))}, notIndexable],
    [{p, s: cond('CONTAINS', S('a'))}, notIndexable],
    [{p, s: cond('EQ', N(1))}, invalid('Condition parameter type does not match schema type')],
  ];
  for (const [conditions, answer] of rows) assert.equal(await query(conditions), answer, JSON.stringify(conditions));
  assert.equal(await query({p}, {ScanIndexForward: false}), 'c,b,ab,a');
  assert.equal(await query({p}, {ExclusiveStartKey: {p: S('x'), s: S('ab')}}), 'b,c');
  const inFilter = (name: string) =>
    refused(`QueryFilter can only contain non-primary key attributes: Primary key attribute: ${name}`);
  assert.equal(await query({p}, {QueryFilter: {s: p, p}}), inFilter('p'));
  assert.equal(await query({p}, {QueryFilter: {s: p}}), inFilter('s'));
  assert.equal(
    await call('Query', {TableName: 'nnn', KeyConditions: {z: cond('NULL')}}),
    'ResourceNotFoundException: Requested resource not found',
  );
});

test('long lists take bounded time', async () => {
  const {call} = await setUp();
  for (let at = 0; at < 200; at++) await call('PutItem', {TableName: 'ttt', Item: {p: S(`${at}`), a: S(`x${at}`)}});
  const texts = Array.from({length: 50_000}, (_, at) => `n${at}`);
  const start = process.hrtime.bigint();
  const inLongList = {TableName: 'ttt', ScanFilter: {a: cond('IN', ...texts.map(S))}};
  assert.equal(((await call('Scan', inLongList)) as Json).Count, 0);
  assert.equal(((await call('Scan', {TableName: 'ttt', AttributesToGet: texts})) as Json).Count, 200);
  const AttributeUpdates = Object.fromEntries(texts.map(name => [name, {Action: 'DELETE'}]));
  assert.deepEqual(await call('UpdateItem', {TableName: 'iii', Key: {p: S('x')}, AttributeUpdates}), {});
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  assert.ok(milliseconds < 3_000, `took ${milliseconds} ms`);
});

test('whatever the legacy shapes hold is answered, or refused by a named error', async () => {
  const {call} = await setUp();
  await call('PutItem', {TableName: 'ttt', Item: {p: S('x'), a: N(1), l: {L: []}, ss: {SS: ['a']}}});
  const name = fc.constantFrom('p', 's', 'a', 'l', 'ss', '', '__proto__', 'constructor', 'a.b');
  const scrap = fc.constantFrom<unknown>(null, 1, 'x', true, [], {}, [null], {S: null});
  const orScrap = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({weight: 12, arbitrary}, {weight: 1, arbitrary: scrap});
  const value = orScrap(
    fc.constantFrom<unknown>(
      S(''),
      S('x'),
      N(1),
      N('1e126'),
      {N: 'x'},
      {B: 'YQ=='},
      {SS: ['a']},
      {SS: []},
      {NS: ['1', '1']},
      {L: [N(1)]},
      {M: {a: S('x')}},
      {BOOL: false},
      {NULL: true},
      {S: 'a', N: '1'},
      {},
    ),
  );
  const operator = orScrap(
    fc.constantFrom<unknown>(
      ...['EQ', 'NE', 'IN', 'LE', 'LT', 'GE', 'GT', 'BETWEEN', 'NOT_NULL', 'NULL', 'CONTAINS', 'NOT_CONTAINS'],
      'BEGINS_WITH',
      'eq',
    ),
  );
  const list = orScrap(fc.array(value, {maxLength: 3}));
  const map = (entry: fc.Arbitrary<unknown>) => orScrap(fc.dictionary(name, orScrap(entry), {maxKeys: 3}));
  const condition = fc.record({ComparisonOperator: operator, AttributeValueList: list}, {requiredKeys: []});
  const expected = fc.record(
    {ComparisonOperator: operator, AttributeValueList: list, Value: value, Exists: orScrap(fc.boolean())},
    {requiredKeys: []},
  );
  const update = fc.record(
    {Value: value, Action: orScrap(fc.constantFrom('PUT', 'ADD', 'DELETE'))},
    {requiredKeys: []},
  );
  const keyed = {TableName: fc.constant('ttt'), Key: fc.constant({p: S('x')})};
  const wireOf = {
    AttributeUpdates: map(update),
    Expected: map(expected),
    QueryFilter: map(condition),
    ScanFilter: map(condition),
    KeyConditions: map(condition),
    ConditionalOperator: orScrap(fc.constantFrom('AND', 'OR')),
    AttributesToGet: orScrap(fc.array(name, {maxLength: 3})),
    Select: fc.constantFrom('COUNT', 'SPECIFIC_ATTRIBUTES'),
  };
  type Member = keyof typeof wireOf;
  const request = (operation: string, base: Record<string, fc.Arbitrary<unknown>>, ...members: Member[]) => {
    const optional = Object.fromEntries(members.map(member => [member, wireOf[member]]));
    return fc.record({...base, ...optional}, {requiredKeys: Object.keys(base)}).map(wire => [operation, wire] as const);
  };
  const requests = fc.oneof(
    request('UpdateItem', keyed, 'AttributeUpdates', 'Expected', 'ConditionalOperator'),
    request('DeleteItem', keyed, 'Expected', 'ConditionalOperator'),
    request('PutItem', {...keyed, Item: fc.constant({p: S('x')})}, 'Expected', 'ConditionalOperator'),
    request('GetItem', keyed, 'AttributesToGet'),
    request(
      'Query',
      {TableName: keyed.TableName},
      'KeyConditions',
      'QueryFilter',
      'ConditionalOperator',
      'AttributesToGet',
      'Select',
    ),
    request('Scan', {TableName: keyed.TableName}, 'ScanFilter', 'ConditionalOperator', 'AttributesToGet', 'Select'),
  );
  const named = /^(ValidationException|SerializationException|ConditionalCheckFailedException): /;
  const answered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(requests, async ([operation, wire]) => {
      const answer = await call(operation, wire);
      if (typeof answer === 'string') assert.match(answer, named);
      else answered.add(operation);
    }),
    fuzzRuns,
  );
  assert.ok(answered.size >= 3, [...answered].join());
});
