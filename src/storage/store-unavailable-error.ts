/**
 * The store could not do what it was asked, through no fault of the request, and tried for as long as it may. `written`:
 * nothing of a commit was done, or nobody knows, because the connection was lost before the answer came.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly written: 'no' | 'unknown';

  constructor(message: string, written: 'no' | 'unknown', options?: ErrorOptions) {
    super(message, options);
    this.written = written;
  }
}
