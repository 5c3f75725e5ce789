import type {Clock} from '../base/clock.ts';
import type {Random} from '../base/random.ts';
import type {Store} from '../storage/store.ts';

/** What DynamoDB's behaviour runs on. Every function of `engine/` takes it first. */
export interface Engine {
  store: Store;
  clock: Clock;
  random: Random;
  accountId: string;
}
