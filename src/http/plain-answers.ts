import {createRequestIds} from '../api/request-id.ts';
import type {WireAnswer} from '../api/wire.ts';
import {systemRandom} from '../base/random.ts';

const nextRequestId = createRequestIds(systemRandom);

/** Answers that the front door gives without asking the handler. */
function plainAnswer(status: number, type?: string): WireAnswer {
  return {
    status,
    contentType: type ? 'application/x-amz-json-1.0' : '',
    requestId: nextRequestId(),
    body: type ? [`{"__type":"${type}"}`] : [],
  };
}

export const failureAnswer = () => plainAnswer(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError');

/** Source: dynalite test/connection.js, captured from DynamoDB: 413 with an empty body. */
export const tooLargeAnswer = () => plainAnswer(413);
