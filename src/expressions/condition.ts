import type {Item} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {type Bindings, bindPlaceholders, type Placeholders} from './bindings.ts';
import {findConditionProblem} from './check-condition.ts';
import {evaluateCondition} from './evaluate-condition.ts';
import {nestedAttributesOf, type Path} from './path.ts';
import type {ConditionNode, Expression} from './tree.ts';

/** A condition or filter, bound to the names and values of one request. */
export interface Condition {
  /** `item` is `{}` where there is none. Never throws. */
  matches(item: Item): boolean;
  readonly topLevelAttributes: ReadonlySet<string>;
  /** The first elements of paths that reach into maps or lists: key attributes can't be among them. */
  readonly nestedAttributes: ReadonlySet<string>;
  /** True for QueryFilter, ScanFilter and Expected: refusals name them, and no expression. */
  readonly legacy?: boolean;
}

export interface ConditionPaths {
  topLevelAttributes: ReadonlySet<string>;
  nestedAttributes: ReadonlySet<string>;
}

/** Throws ValidationException without a prefix. */
export function bindCondition(
  expression: Expression<ConditionNode, ConditionPaths>,
  placeholders: Placeholders,
): Condition {
  return new BoundCondition(bindCheckedCondition(expression, placeholders));
}

export function bindCheckedCondition(
  expression: Expression<ConditionNode, ConditionPaths>,
  placeholders: Placeholders,
): Bindings<ConditionNode, ConditionPaths> {
  const bindings = bindPlaceholders(expression, placeholders, deriveConditionPaths);
  const problem = findConditionProblem(expression.root, bindings);
  if (problem !== undefined) throw validationError(problem);
  return bindings;
}

function deriveConditionPaths(paths: readonly Path[]): ConditionPaths {
  return {
    topLevelAttributes: new Set(paths.map(path => path[0] as string)),
    nestedAttributes: nestedAttributesOf(paths),
  };
}

// A class, so that a request makes one object and no closures.
class BoundCondition implements Condition {
  readonly #bindings: Bindings<ConditionNode, ConditionPaths>;

  constructor(bindings: Bindings<ConditionNode, ConditionPaths>) {
    this.#bindings = bindings;
  }

  matches(item: Item): boolean {
    const {expression, resolved, values} = this.#bindings;
    return evaluateCondition(expression.root, item, resolved.paths, values);
  }

  get topLevelAttributes(): ReadonlySet<string> {
    return this.#bindings.resolved.derived.topLevelAttributes;
  }

  get nestedAttributes(): ReadonlySet<string> {
    return this.#bindings.resolved.derived.nestedAttributes;
  }
}
