import {type AttributeValue, getAttribute, type Item, setAttribute} from '../model/attribute-value.ts';
import {memberAt, type Path} from './path.ts';

/** Paths by their first elements. A leaf takes all that is there. */
interface Branch {
  element: string | number;
  /** Empty for a leaf. Indexes rise, as elements come in the order of their list. */
  branches: Branch[];
}

export type PathTree = readonly Branch[];

/** `paths` neither overlap nor conflict. */
export function buildPathTree(paths: readonly Path[]): PathTree {
  const root: Branch[] = [];
  for (const path of paths) {
    let branches = root;
    for (const element of path) {
      let branch = branches.find(each => each.element === element);
      if (branch === undefined) {
        branch = {element, branches: []};
        branches.push(branch);
      }
      branches = branch.branches;
    }
  }
  sortIndexes(root);
  return root;
}

function sortIndexes(branches: Branch[]): void {
  if (typeof branches[0]?.element === 'number') {
    branches.sort((a, b) => (a.element as number) - (b.element as number));
  }
  for (const branch of branches) sortIndexes(branch.branches);
}

/**
 * The parts of an item at some paths, each in maps and lists like those it stood in; list elements move together. Maps and
 * lists of which nothing is left are left out.
 */
export function projectItem(item: Item, tree: PathTree): Item {
  const projected: Item = {};
  for (const {element, branches} of tree) {
    const value = getAttribute(item, element as string);
    const part = value === undefined ? undefined : takePart(value, branches);
    if (part !== undefined) setAttribute(projected, element as string, part);
  }
  return projected;
}

function takePart(value: AttributeValue, branches: readonly Branch[]): AttributeValue | undefined {
  if (branches.length === 0) return value;
  const members: Item = {};
  const elements: AttributeValue[] = [];
  let found = false;
  for (const branch of branches) {
    const inner = memberAt(value, branch.element);
    const part = inner === undefined ? undefined : takePart(inner, branch.branches);
    if (part === undefined) continue;
    found = true;
    if (typeof branch.element === 'number') elements.push(part);
    else setAttribute(members, branch.element, part);
  }
  if (!found) return undefined;
  return 'L' in value ? {L: elements} : {M: members};
}
