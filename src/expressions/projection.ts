import type {Item} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {bindPlaceholders, type Placeholders} from './bindings.ts';
import {nestedAttributesOf, type Path} from './path.ts';
import {findPathProblem} from './path-problem.ts';
import {buildPathTree, type PathTree, projectItem} from './path-tree.ts';
import type {Expression} from './tree.ts';
import {findUndefinedName} from './undefined-placeholder.ts';

/** A projection bound to the names of one request. */
export interface Projection {
  /** A new item that shares its values with `item`. */
  project(item: Item): Item;
  readonly paths: readonly Path[];
  readonly topLevelAttributes: readonly string[];
  /** The first elements of paths that reach into maps or lists: key attributes can't be among them. */
  readonly nestedAttributes: ReadonlySet<string>;
}

/** Throws ValidationException without a prefix. */
export function bindProjection(
  expression: Expression<undefined, BoundProjection>,
  placeholders: Placeholders,
): Projection {
  const bindings = bindPlaceholders(expression, placeholders, paths => new BoundProjection(paths));
  if (bindings.incomplete) {
    for (let path = 0; path < expression.paths.length; path++) {
      const problem = findUndefinedName(path, bindings);
      if (problem !== undefined) throw validationError(problem);
    }
  }
  const projection = bindings.resolved.derived;
  if (projection.problem !== undefined) throw validationError(projection.problem);
  return projection;
}

/** Depends on nothing but the paths, so that requests with the same names share it. */
export class BoundProjection implements Projection {
  readonly paths: readonly Path[];
  readonly problem: string | undefined;
  readonly nestedAttributes: ReadonlySet<string>;
  readonly #tree: PathTree;

  constructor(paths: readonly Path[]) {
    this.paths = paths;
    this.problem = findPathProblem(paths);
    this.nestedAttributes = nestedAttributesOf(paths);
    this.#tree = this.problem === undefined ? buildPathTree(paths) : [];
  }

  project(item: Item): Item {
    return projectItem(item, this.#tree);
  }

  get topLevelAttributes(): readonly string[] {
    return this.#tree.map(branch => branch.element as string);
  }
}
