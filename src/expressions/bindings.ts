import type {AttributeValue, Item} from '../model/attribute-value.ts';
import type {Path} from './path.ts';
import {resolvePaths} from './resolve-paths.ts';
import type {Expression, ResolvedPaths} from './tree.ts';

/** What a request brings to a tree. */
export interface Bindings<Root = unknown, Derived = unknown> {
  expression: Expression<Root, Derived>;
  resolved: ResolvedPaths<Derived>;
  /** By slot. Where `incomplete`, some are undefined, or some names of `resolved`; the checks refuse such a request. */
  values: readonly AttributeValue[];
  incomplete: boolean;
}

export interface Placeholders {
  names: Readonly<Record<string, string>> | undefined;
  /** In normal form. */
  values: Item | undefined;
}

export function bindPlaceholders<Root, Derived>(
  expression: Expression<Root, Derived>,
  placeholders: Placeholders,
  derive: (paths: readonly Path[], root: Root) => Derived,
): Bindings<Root, Derived> {
  const resolved = resolvePaths(expression, placeholders.names, derive);
  let incomplete = resolved !== expression.lastPaths && resolved.names.includes(undefined);
  const values: AttributeValue[] = [];
  for (const name of expression.values) {
    // No property that objects inherit begins with ":".
    const value = placeholders.values?.[name];
    if (value === undefined) incomplete = true;
    values.push(value as AttributeValue);
  }
  return {expression, resolved, values, incomplete};
}
