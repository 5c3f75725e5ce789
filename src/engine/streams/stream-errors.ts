import {ServiceError} from '../../model/service-error.ts';

// The words of the real service as people have printed them: serverless-style consumers' logs for the first two,
// ironSource/node-dynamodb-stream issue 13 for the third, the service model's own description for the last.

export function noSuchStream(arn: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
}

export function noSuchShard(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'Requested resource not found: Shard does not exist');
}

export function trimmed(): ServiceError {
  return new ServiceError('TrimmedDataAccessException', 'The data you are trying to access has been trimmed');
}

export function iteratorExpired(): ServiceError {
  return new ServiceError('ExpiredIteratorException', 'The provided iterator exceeds the maximum age allowed.');
}
