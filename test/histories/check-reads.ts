import {type History, holds, type Operation, type Problem, type Version} from './history.ts';
import {describeAll} from './version-order.ts';

/**
 * What needs no order to be wrong: reads of what nobody wrote, or of what was refused (Adya's G1a), and conditions that
 * were judged otherwise than they are.
 */
export function checkReads({operations}: History): Problem[] {
  const problems: Problem[] = [];
  const writers = new Map<string, Operation>();
  const name = (item: string, version: Version) => `${item} ${version}`;
  for (const operation of operations) {
    for (const {item, left} of operation.accesses) if (left) writers.set(name(item, left), operation);
  }
  for (const operation of operations) {
    const problem = (kind: string, text: string, ...others: Operation[]) =>
      problems.push({kind, text: `${text}:${describeAll([...others, operation])}`, operations: [...others, operation]});
    if (operation.outcome === 'unknown') continue;
    for (const {item, saw, needs} of operation.accesses) {
      if (saw === undefined) continue;
      if (saw !== 0) {
        const writer = writers.get(name(item, saw));
        if (!writer) problem('garbage read', `nobody wrote version ${saw} of ${item}`);
        else if (writer.outcome === 'refused') problem('aborted read', `version ${saw} of ${item} was refused`, writer);
      }
      if (needs !== undefined && holds(needs, saw) !== (operation.outcome === 'done')) {
        problem('condition judged wrongly', `${item} held ${saw || 'nothing'}`);
      }
    }
  }
  return problems;
}
