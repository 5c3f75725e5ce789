import {type Dependency, dependencyGraph} from './dependency-graph.ts';
import {findCycles} from './find-cycles.ts';
import type {History, Problem} from './history.ts';
import {describeAll, type VersionOrder} from './version-order.ts';

/**
 * Holds all operations together to strict serializability, as Elle does: what each saw and replaced says which must come before
 * which, and so do their times. Where that goes in a circle no serial order explains what was seen.
 */
export function checkSerializable(history: History, orders: Map<string, VersionOrder>): Problem[] {
  return findCycles(dependencyGraph(history, orders)).map(cycle => {
    const operations = cycle.map(({from}) => from);
    const kind = nameCycle(cycle);
    return {
      kind,
      text: `${kind}:${describeAll(operations)}${cycle.map(line => `\n    ${describe(line)}`).join('')}`,
      operations,
    };
  });
}

/** The name that such a cycle goes by. */
export function nameCycle(cycle: readonly Dependency[]): string {
  const count = (kind: string) => cycle.filter(one => one.kind === kind).length;
  const items = new Set(cycle.flatMap(({item}) => (item === undefined ? [] : [item])));
  if (count('rt') > 0) {
    if (count('rw') > 0)
      return count('rw') === 1 && count('wr') + count('ww') === 0 ? 'stale read' : 'not strictly serializable';
    return count('wr') > 0 ? 'read of the future' : 'writes against real time (G0)';
  }
  if (count('rw') === 0) return count('wr') === 0 ? 'dirty write (G0)' : 'circular information flow (G1c)';
  if (count('rw') > 1) return 'write skew (G2)';
  if (items.size === 1 && count('wr') === 0) return 'lost update (G-single)';
  return cycle.length === 2 && count('wr') === 1 ? 'fractured read (G-single)' : 'read skew (G-single)';
}

function describe({kind, from, to, item, version}: Dependency): string {
  const what = `${version ? `version ${version} of ` : 'that there was no '}${item}`;
  switch (kind) {
    case 'ww':
      return `#${from.id} is before #${to.id}, which replaced ${version ? `its version ${version} of` : 'its deletion of'} ${item}`;
    case 'wr':
      return `#${from.id} is before #${to.id}, which saw ${version ? `its version ${version} of` : 'its deletion of'} ${item}`;
    case 'rw':
      return `#${from.id} is before #${to.id}: it saw ${what}, which #${to.id} or one before it changed`;
    case 'rt':
      return `#${from.id} is before #${to.id}: it was answered before that was asked for`;
  }
}
