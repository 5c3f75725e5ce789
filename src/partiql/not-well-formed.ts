import {type ServiceError, validationError} from '../model/service-error.ts';

/** A statement that can't be read. Some faults have no detail: what the lexer can't make a token of (paritysuite partiqlGrammar). */
export function notWellFormed(detail = ''): ServiceError {
  return validationError(`Statement wasn't well formed, can't be processed: ${detail}`);
}
