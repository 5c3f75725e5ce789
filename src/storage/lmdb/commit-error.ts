/** lmdb-js rejects with an error whose `commitError` is a promise that rejects with the reason. */
export async function commitErrorOf(error: unknown): Promise<unknown> {
  const {commitError} = error as {commitError?: Promise<never>};
  return commitError ? commitError.catch(reason => reason) : error;
}
