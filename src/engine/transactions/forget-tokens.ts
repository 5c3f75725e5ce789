import {expiredTokens} from '../../keyspace/request-token.ts';
import type {Engine} from '../engine.ts';

/** Clears some of the request tokens that no longer count. True while there are more. */
export function forgetTokens(engine: Engine): Promise<boolean> {
  return engine.store.clear(expiredTokens(engine.clock.now()));
}
