import type {AttributeType, AttributeValue, Item} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {type Bindings, bindPlaceholders, type Placeholders} from './bindings.ts';
import {chargeUpdate} from './charge-update.ts';
import {findUpdateProblem} from './check-update.ts';
import {evaluateUpdateValue} from './evaluate-update.ts';
import {ItemEdits} from './item-edits.ts';
import {type Path, valueAt} from './path.ts';
import {projectItem} from './path-tree.ts';
import {addToValue, deleteFromValue} from './set-update.ts';
import type {Expression, UpdateAction} from './tree.ts';
import {deriveTargets, type UpdateTargets} from './update-targets.ts';
import {writtenType} from './written-type.ts';

/** An update bound to the names and values of one request. */
export interface Update {
  /** The attributes that it writes or removes, whole or in part. */
  readonly topLevelAttributes: ReadonlySet<string>;
  /** All that the item after the update depends on: beside those, attributes that values are computed from. */
  readonly attributes: ReadonlySet<string>;
  /** The first elements of all its paths that reach into maps or lists: key attributes can't be among them. */
  readonly nestedAttributes: ReadonlySet<string>;
  /** The type that this attribute gets as a whole, where the request alone tells. */
  writtenType(name: string): AttributeType | undefined;
  /** False for REMOVE and DELETE alone: they leave no item where there was none (scylladb's test_returnvalues.py). */
  readonly createsItem: boolean;
  /**
   * The item after the update; it shares with `item`, which stays as it is, what does not change. `exists` is false if
   * `item` is but the key of an item to be made. Throws ValidationException in AWS's words, for example where a path leads
   * nowhere or an operand has the wrong type.
   */
  apply(item: Item, exists: boolean): Item;
  /**
   * The parts of an item at the paths of the update: of the old item for UPDATED_OLD, of the new one for UPDATED_NEW. What
   * is not there is left out, and `{}` means that the answer has no Attributes. Element numbers are those of the
   * expression, so after REMOVE a[1] the new a[1] is shown, and after SET a[100] nothing: so does AWS.
   */
  updatedParts(item: Item): Item;
  /** What the item size limit of UpdateItem applies to beside the finished item, in bytes (model/update-charge.ts). */
  charge(): number;
  /** True for AttributeUpdates: refusals speak of no expression. */
  readonly legacy?: boolean;
}

/** Throws ValidationException without a prefix. */
export function bindUpdate(
  expression: Expression<readonly UpdateAction[], UpdateTargets>,
  placeholders: Placeholders,
): Update {
  const bindings = bindPlaceholders(expression, placeholders, deriveTargets);
  const problem = findUpdateProblem(bindings);
  if (problem !== undefined) throw validationError(problem);
  return new BoundUpdate(bindings);
}

// A class, so that a request makes one object and no closures.
class BoundUpdate implements Update {
  readonly #bindings: Bindings<readonly UpdateAction[], UpdateTargets>;

  constructor(bindings: Bindings<readonly UpdateAction[], UpdateTargets>) {
    this.#bindings = bindings;
  }

  apply(item: Item, exists: boolean): Item {
    const {expression, resolved, values} = this.#bindings;
    const {paths} = resolved;
    const edits = new ItemEdits(item);
    // All values are computed from the item as it was, before any of them is written.
    const written: AttributeValue[] = [];
    for (const action of expression.root) {
      if (action.kind === 'set') written.push(evaluateUpdateValue(action.value, item, paths, values));
    }
    let next = 0;
    for (const action of expression.root) {
      const path = paths[action.path]!;
      switch (action.kind) {
        case 'set':
          edits.set(path, written[next++]!);
          break;
        case 'add':
          edits.set(path, addToValue(valueAt(item, path), values[action.value]!));
          break;
        case 'delete':
          deleteMembers(edits, item, exists, path, values[action.value]!);
          break;
        case 'remove':
          // Where there is no item, AWS does not mind a path that leads nowhere (scylladb's test_update_expression.py).
          if (exists) edits.remove(path);
          break;
      }
    }
    return edits.finish();
  }

  updatedParts(item: Item): Item {
    return projectItem(item, this.#bindings.resolved.derived.tree);
  }

  charge(): number {
    const {expression, resolved, values} = this.#bindings;
    return chargeUpdate(expression.root, resolved.paths, values);
  }

  writtenType(name: string): AttributeType | undefined {
    const {expression, resolved, values} = this.#bindings;
    for (const action of expression.root) {
      const path = resolved.paths[action.path]!;
      if (path.length === 1 && path[0] === name) return writtenType(action, values);
    }
    return undefined;
  }

  get topLevelAttributes(): ReadonlySet<string> {
    return this.#bindings.resolved.derived.topLevelAttributes;
  }

  get attributes(): ReadonlySet<string> {
    return this.#bindings.resolved.derived.attributes;
  }

  get nestedAttributes(): ReadonlySet<string> {
    return this.#bindings.resolved.derived.nestedAttributes;
  }

  get createsItem(): boolean {
    return this.#bindings.expression.root.some(({kind}) => kind === 'set' || kind === 'add');
  }
}

function deleteMembers(edits: ItemEdits, item: Item, exists: boolean, path: Path, members: AttributeValue): void {
  const existing = valueAt(item, path);
  if (existing === undefined) {
    if (exists) edits.requireContainer(path);
    return;
  }
  const left = deleteFromValue(existing, members);
  if (left === undefined) edits.remove(path);
  else edits.set(path, left);
}
