import type {ConditionNode} from '../../expressions/tree.ts';
import {type AttributeValue, getAttribute, type Item, setAttribute} from '../../model/attribute-value.ts';
import {equalValues} from '../../model/compare-values.ts';
import type {Where} from '../../partiql/bind-where.ts';
import {namesOf, type Table} from '../tables/table.ts';

export interface StatementKey {
  /** The key attributes that the WHERE clause says the value of; the first one where it says two. */
  key: Item;
  /** A key attribute that it wants to have two values. */
  contradicted: string | undefined;
  /** The WHERE clause says no more than the key. */
  exact: boolean;
}

/** What a WHERE clause says of one item's key: equalities that must all hold. No IN and no OR. */
export function statementKey(table: Table, {expression, resolved, values}: Where): StatementKey {
  const names = new Set(namesOf(table.record.keySchema));
  const found: StatementKey = {key: {}, contradicted: undefined, exact: true};
  visit(expression.root);
  return found;

  function visit(node: ConditionNode): void {
    if (node.kind === 'and') {
      node.args.forEach(visit);
      return;
    }
    const equality = equalityOf(node);
    if (!equality) {
      found.exact = false;
      return;
    }
    const [name, value] = equality;
    const before = getAttribute(found.key, name);
    if (before === undefined) setAttribute(found.key, name, value);
    else if (!equalValues(before, value)) found.contradicted ??= name;
  }

  function equalityOf(node: ConditionNode): [string, AttributeValue] | undefined {
    if (node.kind !== 'compare' || node.name !== '=') return undefined;
    const [left, right] = node.args[0]!.kind === 'value' ? [node.args[1]!, node.args[0]!] : node.args;
    if (left!.kind !== 'path' || right!.kind !== 'value') return undefined;
    const path = resolved.paths[left!.slot]!;
    const name = path[0] as string;
    return path.length === 1 && names.has(name) ? [name, values[right!.slot]!] : undefined;
  }
}
