import {setFlagsFromString} from 'node:v8';

/**
 * Two settings of V8's collector for a process that serves many small requests, of which next to nothing lives on
 * (docs/decisions/0014-the-collector.md has what they bring):
 *
 * - V8 learns where objects come from that live long, and makes those among the old ones at once. What lived long while the
 *   server was warming up, or waited for others, is no longer so later; but each such object keeps all that it holds until the
 *   next large collection.
 * - Waking helpers takes longer than what they help with.
 */
export function tuneCollector(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--no-parallel-scavenge');
}
