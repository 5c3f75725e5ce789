import {lockFunction} from '../functions.ts';
import {clearFunction} from './clear-function.ts';
import {commitFunction} from './commit-function.ts';
import {readFunction} from './read-function.ts';

/**
 * The server's part of the driver, where Citus spreads rows over workers. The functions run on the coordinator, and every
 * statement in them that names one partition goes to its shard alone. Citus sends such a statement without planning it anew
 * when the partition stands there as a plain variable, and its worker finds rows by the primary key whatever else it may
 * think of: its planner doesn't know of the settings of a node's session. So keys are read and written in loops, about
 * 0.15 ms each; joins with arrays of keys were faster on small tables, and read large ones from end to end.
 */
export function citusFunctionsOf(schema: string): string[] {
  // The workers have no use for them.
  const onlyHere = 'set local citus.enable_ddl_propagation = off;';
  return [onlyHere, readFunction(schema), commitFunction(schema), lockFunction(schema), clearFunction(schema)];
}
