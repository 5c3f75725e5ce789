import {ServiceError, validationError} from '../../model/service-error.ts';

/** The words of the operations on tables; those on items do not name the table. */
export function noSuchTable(name: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}

export function tableInUse(detail: string): ServiceError {
  return new ServiceError('ResourceInUseException', `Attempt to change a resource which is still in use: ${detail}`);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', message);
}

export function invalidParameter(detail: string): ServiceError {
  return validationError(`One or more parameter values were invalid: ${detail}`);
}
