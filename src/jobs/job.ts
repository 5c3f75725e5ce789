import type {Engine} from '../engine/engine.ts';

/** Work that no request asked for. */
export interface Job {
  name: string;
  /** Does a little of it, safe to run in several processes at once. True while there is more to do at once. */
  step(engine: Engine): Promise<boolean>;
  /** Between two steps while there is more, so that work without end leaves room for requests. 0 if absent. */
  pauseMs?: number;
}
