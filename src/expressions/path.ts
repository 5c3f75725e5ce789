import {type AttributeValue, getAttribute, type Item} from '../model/attribute-value.ts';

/** Names of map members and indexes of list elements; the first is the name of an attribute. */
export type Path = readonly (string | number)[];

/** The value at a path; undefined where the item has nothing there, or something of another shape on the way. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = getAttribute(item, path[0] as string);
  for (let i = 1; i < path.length && value !== undefined; i++) value = memberAt(value, path[i]!);
  return value;
}

/** The member of a map or the element of a list. */
export function memberAt(value: AttributeValue, element: string | number): AttributeValue | undefined {
  if (typeof element === 'number') return 'L' in value ? value.L[element] : undefined;
  return 'M' in value ? getAttribute(value.M, element) : undefined;
}

/** The first names of the paths that reach into maps or lists. */
export function nestedAttributesOf(paths: readonly Path[]): ReadonlySet<string> {
  return new Set(paths.filter(path => path.length > 1).map(path => path[0] as string));
}

/** As AWS shows paths in messages: `[a, [1], b]`. */
export function showPath(path: Path): string {
  return `[${path.map(element => (typeof element === 'number' ? `[${element}]` : element)).join(', ')}]`;
}
