import type {ServiceError, ServiceErrorCode} from '../model/service-error.ts';

/**
 * These spell their text `Message`. Sources: the service model for the transaction errors; dynalite test/helpers.js, run
 * against DynamoDB, for SerializationException; printed AccessDeniedException answers for the last one.
 */
const capitalised: ReadonlySet<ServiceErrorCode> = new Set<ServiceErrorCode>([
  'AccessDeniedException',
  'IdempotentParameterMismatchException',
  'SerializationException',
  'TransactionCanceledException',
]);

/** The JSON of an error. One without a text (not JSON, unknown operation) has no message member at all. */
export function errorBody(error: ServiceError): string {
  const body: Record<string, unknown> = {__type: error.wireType};
  if (error.message !== '') body[capitalised.has(error.code) ? 'Message' : 'message'] = error.message;
  return JSON.stringify({...body, ...error.members});
}
