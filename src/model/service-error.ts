/** Every error that the API answers with: its wire namespace and HTTP status. Source: answers of the real service. */
const errorTable = {
  AccessDeniedException: {namespace: 'com.amazon.coral.service', status: 400},
  BackupInUseException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  ConditionalCheckFailedException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  DuplicateItemException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  ExpiredIteratorException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  IdempotentParameterMismatchException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  IncompleteSignatureException: {namespace: 'com.amazon.coral.service', status: 400},
  IndexNotFoundException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  InternalServerError: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 500},
  InvalidSignatureException: {namespace: 'com.amazon.coral.service', status: 400},
  ItemCollectionSizeLimitExceededException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  LimitExceededException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  MissingAuthenticationTokenException: {namespace: 'com.amazon.coral.service', status: 400},
  ProvisionedThroughputExceededException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  ResourceInUseException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  ResourceNotFoundException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  SerializationException: {namespace: 'com.amazon.coral.service', status: 400},
  ServiceUnavailable: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 503},
  ThrottlingException: {namespace: 'com.amazon.coral.availability', status: 400},
  TransactionCanceledException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  TransactionConflictException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  TransactionInProgressException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  TrimmedDataAccessException: {namespace: 'com.amazonaws.dynamodb.v20120810', status: 400},
  UnknownOperationException: {namespace: 'com.amazon.coral.service', status: 400},
  UnrecognizedClientException: {namespace: 'com.amazon.coral.service', status: 400},
  ValidationException: {namespace: 'com.amazon.coral.validate', status: 400},
} as const;

export type ServiceErrorCode = keyof typeof errorTable;

/**
 * What the caller did wrong, in the words of AWS. Anything else that is thrown is a fault of ours and is answered as
 * InternalServerError. Captures no stack: refusals are ordinary answers, and a stack costs more than a GetItem.
 */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  /** Wire members beside `__type` and the message, such as `Item` or `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ServiceErrorCode, message: string, members?: Readonly<Record<string, unknown>>) {
    const {stackTraceLimit} = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.members = members;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** `__type` on the wire, for example `com.amazon.coral.validate#ValidationException`. */
  get wireType(): string {
    return `${errorTable[this.code].namespace}#${this.code}`;
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
