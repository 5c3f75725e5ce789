import {validationError} from '../model/service-error.ts';

/** PutItem and DeleteItem have no other values to return. */
export function mustReturnOldOrNone(returnValues: string | undefined): void {
  if (returnValues !== undefined && returnValues !== 'ALL_OLD' && returnValues !== 'NONE') {
    throw validationError('ReturnValues can only be ALL_OLD or NONE');
  }
}
