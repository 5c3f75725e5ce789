import type {Store} from '../storage/store.ts';
import type {Engine} from './engine.ts';

/** What a read is read from: the store, or something that may lag behind it. */
export type Reader = Pick<Store, 'read' | 'scan'>;

/** For one request, and all of it: a record from one place says nothing of entries from another that lags behind it. */
export function readerFor(engine: Engine, {consistent}: {consistent: boolean}): Reader {
  return consistent ? engine.store : engine.staleReader();
}
