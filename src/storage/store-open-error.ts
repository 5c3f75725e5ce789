/** A store can't be opened, and the caller can do something about it: the message says what, in one line. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}
