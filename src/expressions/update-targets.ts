import {nestedAttributesOf, type Path} from './path.ts';
import {findPathProblem} from './path-problem.ts';
import {buildPathTree, type PathTree} from './path-tree.ts';
import type {UpdateAction} from './tree.ts';

/** The paths that an update writes or removes. */
export interface UpdateTargets {
  topLevelAttributes: ReadonlySet<string>;
  /** Of all paths of the update, also of those that it only reads. */
  attributes: ReadonlySet<string>;
  nestedAttributes: ReadonlySet<string>;
  /** Why they can't stand beside each other. */
  problem: string | undefined;
  /** Only where there is no problem. */
  tree: PathTree;
}

export function deriveTargets(paths: readonly Path[], actions: readonly UpdateAction[]): UpdateTargets {
  const targets = actions.map(action => paths[action.path]!);
  const problem = findPathProblem(targets);
  return {
    topLevelAttributes: new Set(targets.map(path => path[0] as string)),
    attributes: new Set(paths.map(path => path[0] as string)),
    nestedAttributes: nestedAttributesOf(paths),
    problem,
    tree: problem === undefined ? buildPathTree(targets) : [],
  };
}
