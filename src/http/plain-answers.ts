import {errorBody} from '../api/error-answer.ts';
import {createRequestIds} from '../api/request-id.ts';
import type {WireAnswer} from '../api/wire.ts';
import {systemRandom} from '../base/random.ts';
import {ServiceError} from '../model/service-error.ts';

const nextRequestId = createRequestIds(systemRandom);

/** Answers that the front door gives without asking the handler. */
function plainAnswer(status: number, body?: string): WireAnswer {
  return {
    status,
    contentType: body ? 'application/x-amz-json-1.0' : '',
    requestId: nextRequestId(),
    body: body ? [body] : [],
  };
}

const failure = '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}';
export const failureAnswer = () => plainAnswer(500, failure);

const overload = errorBody(new ServiceError('ServiceUnavailable', 'The service is temporarily unavailable'));
/**
 * Nothing was done, and SDKs try again by themselves. (503 with this name is what API reference and developer guide say of
 * a service that is overloaded; ThrottlingException is about what a caller may use.)
 */
export const overloadAnswer = () => plainAnswer(503, overload);

/** Source: dynalite test/connection.js, captured from DynamoDB: 413 with an empty body. */
export const tooLargeAnswer = () => plainAnswer(413);
