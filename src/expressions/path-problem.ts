import {type Path, showPath} from './path.ts';

/**
 * Why paths of one update or projection can't stand beside each other: one holds another, or they want the same value to
 * be a map and a list. An overlap anywhere is reported before a conflict (dynalite's tests). Undefined if all is well.
 */
export function findPathProblem(paths: readonly Path[]): string | undefined {
  let conflict: string | undefined;
  for (let second = 1; second < paths.length; second++) {
    for (let first = 0; first < second; first++) {
      const one = paths[first]!;
      const two = paths[second]!;
      if (one[0] !== two[0]) continue;
      const relation = relate(one, two);
      if (relation === 'apart' || (relation === 'conflict' && conflict)) continue;
      const message =
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
        `path one: ${showPath(one)}, path two: ${showPath(two)}`;
      if (relation === 'overlap') return message;
      conflict = message;
    }
  }
  return conflict;
}

function relate(one: Path, two: Path): 'apart' | 'overlap' | 'conflict' {
  const length = Math.min(one.length, two.length);
  for (let i = 1; i < length; i++) {
    if (typeof one[i] !== typeof two[i]) return 'conflict';
    if (one[i] !== two[i]) return 'apart';
  }
  return 'overlap';
}
