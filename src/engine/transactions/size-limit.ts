import {validationError} from '../../model/service-error.ts';

const transactionBytesMax = 4 * 1024 * 1024;

/**
 * `bytes`: sizes of items as DynamoDB counts them. That AWS answers with a ValidationException is known (paritysuite
 * transactionLimits); its words are not.
 */
export function mustFitTransaction(bytes: number): void {
  if (bytes > transactionBytesMax) {
    throw validationError('The aggregate size of the items in the transaction cannot exceed 4 MB');
  }
}
