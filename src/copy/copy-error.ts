/** A copy can't be made, or went wrong; the message says what to do, for the person who asked for it. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
}
