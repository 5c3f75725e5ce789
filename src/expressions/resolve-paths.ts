import type {Path} from './path.ts';
import type {Expression, PathTemplate, ResolvedPaths} from './tree.ts';

/** Names can have 64 KB each; what is remembered for every cached expression must stay small. */
const rememberedCharactersMax = 2_000;

/**
 * The paths of an expression under the names of a request. Paths with an undefined name are cut off before it: the check
 * for undefined names comes before any use of them.
 */
export function resolvePaths<Root, Derived>(
  expression: Expression<Root, Derived>,
  names: Readonly<Record<string, string>> | undefined,
  derive: (paths: readonly Path[], root: Root) => Derived,
): ResolvedPaths<Derived> {
  const last = expression.lastPaths;
  if (last !== undefined && meansTheSame(expression.names, last.names, names)) return last;
  const meanings = expression.names.map(name => names?.[name]);
  let characters = 0;
  for (const meaning of meanings) characters += meaning?.length ?? Number.POSITIVE_INFINITY;
  const paths = expression.paths.map(template => resolvePath(template, meanings));
  const resolved = {names: meanings, paths, derived: derive(paths, expression.root)};
  if (characters <= rememberedCharactersMax) expression.lastPaths = resolved;
  return resolved;
}

function meansTheSame(
  placeholders: readonly string[],
  meanings: readonly (string | undefined)[],
  names: Readonly<Record<string, string>> | undefined,
): boolean {
  for (let i = 0; i < placeholders.length; i++) {
    // No property that objects inherit begins with "#".
    if (names?.[placeholders[i]!] !== meanings[i]) return false;
  }
  return true;
}

function resolvePath(template: PathTemplate, meanings: readonly (string | undefined)[]): Path {
  const path: (string | number)[] = [];
  for (const element of template) {
    const resolved = typeof element === 'object' ? meanings[element.slot] : element;
    if (resolved === undefined) break;
    path.push(resolved);
  }
  return path;
}
