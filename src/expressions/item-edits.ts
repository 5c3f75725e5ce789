import {type AttributeValue, getAttribute, type Item, setAttribute} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {memberAt, type Path} from './path.ts';

interface ListEdits {
  list: AttributeValue[];
  removed: Set<number>;
  /** Elements beyond the end, with the indexes that were asked for. */
  appended: {index: number; value: AttributeValue}[];
}

/**
 * Changes to an item that share with it all that they do not touch; the item itself stays as it is. Indexes mean positions
 * before any change: lists close their gaps, and append in the order of indexes, only at the end (scylladb's
 * test_update_expression.py).
 */
export class ItemEdits {
  readonly #item: Item;
  readonly #copies = new Set<AttributeValue>();
  readonly #lists = new Map<AttributeValue, ListEdits>();

  constructor(item: Item) {
    this.#item = {...item};
  }

  set(path: Path, value: AttributeValue): void {
    const last = path[path.length - 1]!;
    if (path.length === 1) {
      setAttribute(this.#item, last as string, value);
      return;
    }
    const container = this.#container(path);
    if (typeof last === 'string') setAttribute(mapOf(container), last, value);
    else if (last < listOf(container).length) listOf(container)[last] = value;
    else this.#editsOf(container).appended.push({index: last, value});
  }

  remove(path: Path): void {
    const last = path[path.length - 1]!;
    if (path.length === 1) {
      removeMember(this.#item, last as string);
      return;
    }
    const container = this.#container(path);
    if (typeof last === 'string') removeMember(mapOf(container), last);
    else if (last < listOf(container).length) this.#editsOf(container).removed.add(last);
  }

  /** Refuses a path that leads nowhere, as set and remove do. */
  requireContainer(path: Path): void {
    if (path.length === 1) return;
    const container = this.#container(path);
    if (typeof path[path.length - 1] === 'string') mapOf(container);
    else listOf(container);
  }

  finish(): Item {
    for (const {list, removed, appended} of this.#lists.values()) {
      if (removed.size > 0) {
        const left = list.filter((_, index) => !removed.has(index));
        list.length = 0;
        for (const element of left) list.push(element);
      }
      appended.sort((a, b) => a.index - b.index);
      for (const {value} of appended) list.push(value);
    }
    return this.#item;
  }

  /** Our own copy of the map or list that holds the last element of a path. */
  #container(path: Path): AttributeValue {
    let container = this.#own(getAttribute(this.#item, path[0] as string), copy =>
      setAttribute(this.#item, path[0] as string, copy),
    );
    for (let i = 1; i < path.length - 1; i++) {
      const element = path[i]!;
      const parent = container;
      container = this.#own(memberAt(parent, element), copy => {
        if (typeof element === 'string') setAttribute(mapOf(parent), element, copy);
        else listOf(parent)[element] = copy;
      });
    }
    return container;
  }

  #own(value: AttributeValue | undefined, replace: (copy: AttributeValue) => void): AttributeValue {
    if (value === undefined) throw invalidPath();
    if (this.#copies.has(value)) return value;
    const copy: AttributeValue = 'M' in value ? {M: {...value.M}} : {L: [...listOf(value)]};
    this.#copies.add(copy);
    replace(copy);
    return copy;
  }

  #editsOf(container: AttributeValue): ListEdits {
    let edits = this.#lists.get(container);
    if (edits === undefined) {
      edits = {list: listOf(container), removed: new Set(), appended: []};
      this.#lists.set(container, edits);
    }
    return edits;
  }
}

function removeMember(members: Item, name: string): void {
  delete members[name];
}

function mapOf(value: AttributeValue): Item {
  if ('M' in value) return value.M;
  throw invalidPath();
}

function listOf(value: AttributeValue): AttributeValue[] {
  if ('L' in value) return value.L;
  throw invalidPath();
}

function invalidPath() {
  return validationError('The document path provided in the update expression is invalid for update');
}
