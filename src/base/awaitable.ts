/**
 * An answer that may already be here. The embedded stores answer reads at once, and a promise for each of them would cost
 * more than the read; PostgreSQL answers later. Code on the hot path therefore goes on with `whenReady` instead of `await`.
 */
export type Awaitable<T> = T | Promise<T>;

export function whenReady<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
