import {labelTime, type StreamId} from '../../engine/streams/stream-arn.ts';
import {noSuchStream} from '../../engine/streams/stream-errors.ts';
import {parseTableReference, type TableReference} from '../../model/names.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import type {Caller, Permission} from '../operation.ts';

/** A stream that a caller names. */
export interface StreamRef {
  arn: string;
  id: StreamId;
}

/**
 * Throws ValidationException for what is no ARN of a stream (aws-sdk-js features, run against the service: "Invalid
 * StreamArn"), ResourceNotFoundException for one of another region, AccessDeniedException for one of another account.
 */
export function parseStreamArn(arn: string, caller: Caller): StreamRef {
  const {table, region, account, stream} = referenceIn(arn);
  if (table === undefined || region === undefined || stream === undefined) throw invalidStreamArn();
  // As for tables: what lies in other accounts is nobody's business.
  if (account !== caller.accountId) throw new ServiceError('AccessDeniedException', 'Access is denied');
  const createdMs = labelTime(stream);
  if (createdMs === undefined || region !== caller.region) throw noSuchStream(arn);
  return {arn, id: {region, table, createdMs}};
}

function referenceIn(arn: string): Partial<TableReference> {
  try {
    return parseTableReference(arn);
  } catch (error) {
    if (error instanceof ServiceError) throw invalidStreamArn();
    throw error;
  }
}

const invalidStreamArn = () => validationError('Invalid StreamArn');

export function onStream(operation: string, {arn}: StreamRef): Permission {
  return {action: `dynamodb:${operation}`, resource: arn};
}
