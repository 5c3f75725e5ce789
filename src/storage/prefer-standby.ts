import type {Clock} from '../base/clock.ts';
import type {Store} from './store.ts';

type Reader = Pick<Store, 'read' | 'scan'>;

/** How long a standby that failed is left alone. */
const restMs = 5_000;

/**
 * Makes the reader of one request that may see what was true a moment ago: it reads from the standby, and once that fails
 * from the store itself, to the end of the request.
 */
export function preferStandby(standby: Reader, store: Reader, clock: Clock): () => Reader {
  let restsUntilMs = 0;

  function readerOfRequest(): Reader {
    let reader = standby;
    async function orFromStore<R>(ask: (of: Reader) => R | Promise<R>): Promise<R> {
      if (reader === store) return ask(store);
      try {
        return await ask(standby);
      } catch {
        reader = store;
        restsUntilMs = clock.now() + restMs;
        return ask(store);
      }
    }
    return {
      read: keys => orFromStore(of => of.read(keys)),
      scan: (range, limits) => orFromStore(of => of.scan(range, limits)),
    };
  }

  return () => (clock.now() < restsUntilMs ? store : readerOfRequest());
}
