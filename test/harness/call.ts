import assert from 'node:assert/strict';
import * as http from 'node:http';
import {pause} from '../../src/base/clock.ts';
import {systemRandom} from '../../src/base/random.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** Asks for one operation, of DynamoDB unless its name says otherwise (`DynamoDBStreams_20120810.…`). Rejects only when no answer came. */
export type Call = (operation: string, input: object) => Promise<Answer>;

export interface Client {
  call: Call;
  close(): void;
}

export function requestHeaders(operation: string): Record<string, string> {
  return {
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`,
    'X-Amz-Date': '20260101T000000Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00',
  };
}

const answerMsMax = 30_000;

/** Plain HTTP, without an SDK that would try again: a test must know what was answered and what was not. */
export function connectTo(endpoint: string): Client {
  const agent = new http.Agent({keepAlive: true});
  const call: Call = (operation, input) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        endpoint,
        {method: 'POST', headers: requestHeaders(operation), agent, timeout: answerMsMax},
        response => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', chunk => {
            text += chunk;
          });
          response.on('error', reject);
          response.on('close', () => {
            if (!response.complete) reject(new Error('the answer ended early'));
          });
          response.on('end', () => {
            if (response.complete) resolve({status: response.statusCode!, body: text === '' ? {} : JSON.parse(text)});
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error(`${operation} was not answered in time`)));
      request.on('error', reject);
      request.end(JSON.stringify(input));
    });
  return {call, close: () => agent.destroy()};
}

/** It met a transaction under way, by its items or its token, and did nothing: the caller may ask again. */
export function isConflict({status, body}: Answer): boolean {
  if (status !== 400) return false;
  if (/#(TransactionConflictException|TransactionInProgressException)$/.test(body.__type)) return true;
  const reasons: {Code: string}[] = body.CancellationReasons ?? [];
  return reasons.some(({Code}) => Code === 'TransactionConflict');
}

const conflictTriesMax = 5_000;

/** Asks again until no transaction under way is in the way, as callers do. */
export async function askInTurn(call: Call, operation: string, input: object): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await call(operation, input);
    if (!isConflict(answer)) return answer;
    assert.ok(tries < conflictTriesMax, `${operation}: conflicts come to no end`);
    await pause(1 + systemRandom.fraction() * 4);
  }
}

/** As `must`, once no transaction under way is in the way. */
// biome-ignore lint/suspicious/noExplicitAny: as in Answer
export async function mustInTurn(call: Call, operation: string, input: object): Promise<any> {
  return must((name, body) => askInTurn(call, name, body), operation, input);
}

/** The answer's body, where nothing but success will do. */
// biome-ignore lint/suspicious/noExplicitAny: as in Answer
export async function must(call: Call, operation: string, input: object): Promise<any> {
  const {status, body} = await call(operation, input);
  assert.equal(status, 200, `${operation}: ${JSON.stringify(body)}`);
  return body;
}
