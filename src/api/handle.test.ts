import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ManualClock} from '../base/clock.ts';
import {seededRandom} from '../base/random.ts';
import type {Engine} from '../engine/engine.ts';
import {ServiceError} from '../model/service-error.ts';
import {StoreUnavailableError} from '../storage/store-unavailable-error.ts';
import {createHandler} from './handle.ts';
import {RawAnswer} from './operation.ts';
import type {WireAnswer} from './wire.ts';

const faults: unknown[] = [];
const operation = (name: string, run: () => object | Promise<object>) =>
  [name, {name, parse: (wire: object) => wire, permissions: () => [], run}] as const;
const handler = createHandler({
  // The operations of this test use neither store nor account.
  engine: {clock: new ManualClock(), random: seededRandom(1)} as unknown as Engine,
  region: 'us-east-1',
  onFault: fault => faults.push(fault),
  operations: new Map([
    operation('ListTables', () => ({TableNames: ['a']})),
    operation('GetItem', () => new RawAnswer(['{"Item":', Buffer.from('{}'), '}'])),
    operation('Query', async () => ({Count: 0})),
    operation('Scan', async () => {
      throw new ServiceError('ResourceNotFoundException', 'no table');
    }),
    operation('TransactWriteItems', () => {
      throw new ServiceError('TransactionCanceledException', 'cancelled', {CancellationReasons: [{Code: 'None'}]});
    }),
    operation('PutItem', () => {
      throw new Error('a secret of ours');
    }),
    operation('DescribeTable', async () => {
      throw new StoreUnavailableError('away', 'no');
    }),
    operation('UpdateItem', () => {
      throw new StoreUnavailableError('lost', 'unknown');
    }),
  ]),
});

interface Sent {
  method?: string;
  body?: string;
  type?: string;
  target?: string;
  headers?: Record<string, string>;
  signed?: boolean;
}

const credentialHeaders = {
  'x-amz-date': '20261122T130000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0a',
};

async function send(sent: Sent): Promise<WireAnswer & {text: string}> {
  const headers: Record<string, string | undefined> = {
    'content-type': sent.type,
    'x-amz-target': sent.target,
    ...(sent.signed === false ? {} : credentialHeaders),
    ...sent.headers,
  };
  const answer = await handler({
    method: sent.method ?? 'POST',
    url: '/',
    header: name => headers[name],
    body: Buffer.from(sent.body ?? ''),
  });
  return {...answer, text: answer.body.join('')};
}

const json = 'application/x-amz-json-1.0';
const target = 'DynamoDB_20120810.ListTables';

test('refuses in the order of the real service', async () => {
  const unknown = '{"__type":"com.amazon.coral.service#UnknownOperationException"}';
  const notJson = '{"__type":"com.amazon.coral.service#SerializationException"}';
  const steps: [Sent, status: number, text: string, type: string][] = [
    [{method: 'GET', body: 'hi'}, 200, 'healthy: dynamodb.us-east-1.amazonaws.com ', ''],
    [{method: 'PUT', body: 'hi'}, 404, '<UnknownOperationException/>\n', ''],
    [{method: 'OPTIONS'}, 404, '<UnknownOperationException/>\n', ''],
    [{body: 'hi'}, 404, '<UnknownOperationException/>\n', ''],
    [{body: 'hi', type: 'application/x-amz-json-1.1'}, 404, '<UnknownOperationException/>\n', ''],
    [{body: 'hi', type: 'application/jsonasdf'}, 404, '<UnknownOperationException/>\n', ''],
    [{body: 'hi', type: json, signed: false}, 400, notJson, json],
    [{body: 'hi', type: '  application/json  ;   asfd'}, 400, notJson, 'application/json'],
    [{signed: false}, 400, unknown, 'application/json'],
    [{body: '{}', type: json, target: 'whatever', signed: false}, 400, unknown, json],
    [{body: '{}', type: json, target: 'DynamoDB_20120810.ListTable', signed: false}, 400, unknown, json],
    [{body: '{}', type: json, target: 'DynamoDB_20120810.__proto__', signed: false}, 400, unknown, json],
    [
      {body: '{}', type: json, target, signed: false},
      400,
      '{"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",' +
        '"message":"Request is missing Authentication Token"}',
      json,
    ],
    [{target}, 400, notJson, 'application/json'],
    [{body: '{}', type: json, target}, 200, '{"TableNames":["a"]}', json],
  ];
  for (const [sent, status, text, type] of steps) {
    const answer = await send(sent);
    assert.deepEqual([answer.status, answer.text, answer.contentType], [status, text, type], JSON.stringify(sent));
    assert.match(answer.requestId, /^[0-9A-V]{52}$/);
  }
});

test('answers at once, later, with stored bytes, and with errors of each spelling', async () => {
  const ask = async (name: string) => {
    // Members that an operation does not know are not looked at.
    const body = '{"TableName":"abc","Key":{},"Item":{},"TransactItems":[{}]}';
    const {status, text} = await send({body, type: json, target: `DynamoDB_20120810.${name}`});
    return [status, text];
  };
  assert.deepEqual(await ask('GetItem'), [200, '{"Item":{}}']);
  assert.deepEqual(await ask('Query'), [200, '{"Count":0}']);
  assert.deepEqual(await ask('Scan'), [
    400,
    '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"}',
  ]);
  assert.deepEqual(await ask('TransactWriteItems'), [
    400,
    '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled",' +
      '"CancellationReasons":[{"Code":"None"}]}',
  ]);
  assert.equal(faults.length, 0);
  assert.deepEqual(await ask('PutItem'), [
    500,
    '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}',
  ]);
  assert.equal((faults[0] as Error).message, 'a secret of ours');
});

test('says when the store is away whether something may have been written', async () => {
  const before = faults.length;
  const away = await send({type: json, body: '{"TableName":"abc"}', target: 'DynamoDB_20120810.DescribeTable'});
  assert.equal(away.status, 503);
  assert.match(away.text, /#ServiceUnavailable"/);
  const lost = await send({type: json, body: '{"TableName":"abc","Key":{}}', target: 'DynamoDB_20120810.UpdateItem'});
  assert.equal(lost.status, 500);
  assert.match(lost.text, /#InternalServerError"/);
  // The store tells of itself, once and not for every request.
  assert.equal(faults.length, before);
});

test('lets browsers in', async () => {
  const preflight = await send({
    method: 'OPTIONS',
    headers: {origin: 'x', 'access-control-request-headers': 'a, b', 'access-control-request-method': 'POST'},
  });
  assert.deepEqual(preflight.headers, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': 'a, b',
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Max-Age': '172800',
  });
  const answer = await send({body: '{}', type: json, target, headers: {origin: 'x'}});
  assert.deepEqual(answer.headers, {'Access-Control-Allow-Origin': '*'});
});

test('never gives a request id twice', async () => {
  const ids = new Set<string>();
  for (let index = 0; index < 20_000; index++) ids.add((await send({method: 'GET'})).requestId);
  assert.equal(ids.size, 20_000);
});
