import {expiredTokens} from '../../keyspace/request-token.ts';
import type {Engine} from '../engine.ts';

const one = {reverse: false, entriesMax: 1, bytesMax: 1};

/** Clears some of the request tokens that no longer count. True while there are more. */
export async function forgetTokens(engine: Engine): Promise<boolean> {
  const expired = expiredTokens(engine.clock.now());
  // A look costs nothing; clearing takes the writer's turn even where there is nothing to clear.
  const {keys} = await engine.store.scan(expired, one);
  return keys.length > 0 && engine.store.clear(expired);
}
