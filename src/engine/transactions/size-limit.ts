import {validationError} from '../../model/service-error.ts';

const transactionBytesMax = 4 * 1024 * 1024;

/**
 * `bytes`: sizes of items as DynamoDB counts them. That AWS answers with a ValidationException is known (paritysuite
 * transactionLimits), and that its words hold `size cannot exceed` (scylladb's test_transact.py).
 */
export function mustFitTransaction(bytes: number): void {
  if (bytes > transactionBytesMax) {
    throw validationError('Transaction request size cannot exceed 4 MB');
  }
}
