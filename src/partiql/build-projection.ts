import {nestedAttributesOf, type Path, valueAt} from '../expressions/path.ts';
import type {Projection} from '../expressions/projection.ts';
import {type Item, setAttribute} from '../model/attribute-value.ts';
import {validationError} from '../model/service-error.ts';
import {at} from './place.ts';
import {mustNameAll} from './slots.ts';
import type {SelectStatement} from './tree.ts';

/** What a SELECT list answers with. Throws ValidationException. */
export function buildProjection(columns: NonNullable<SelectStatement['projection']>): Projection {
  const paths: Path[] = [];
  const names = new Set<string>();
  for (const {value, aliased} of columns) {
    if (value.kind === 'oddPath') throw validationError(value.problem);
    if (value.kind !== 'path') throw validationError(`Unexpected path component${at(value.place)}`);
    if (aliased) throw validationError('Aliasing is not supported');
    mustNameAll(value.path);
    const name = columnName(value.path);
    if (names.has(name)) throw validationError(`Duplicate identifiers in select clause: ${name}`);
    names.add(name);
    paths.push(value.path);
  }
  return new ColumnProjection(paths, [...names]);
}

/** The last name of a path, with the indexes behind it (Floci's captures, eu-west-2, 2026): `m.k[0]` is `k[0]`. */
function columnName(path: Path): string {
  const last = path.findLastIndex(element => typeof element === 'string');
  return path
    .slice(last)
    .map(element => (typeof element === 'number' ? `[${element}]` : element))
    .join('');
}

class ColumnProjection implements Projection {
  readonly paths: readonly Path[];
  readonly topLevelAttributes: readonly string[];
  readonly nestedAttributes: ReadonlySet<string>;
  readonly #names: readonly string[];

  constructor(paths: readonly Path[], names: readonly string[]) {
    this.paths = paths;
    this.#names = names;
    this.nestedAttributes = nestedAttributesOf(paths);
    this.topLevelAttributes = [...new Set(paths.map(path => path[0] as string))];
  }

  project(item: Item): Item {
    const projected: Item = {};
    this.paths.forEach((path, column) => {
      const value = valueAt(item, path);
      if (value !== undefined) setAttribute(projected, this.#names[column]!, value);
    });
    return projected;
  }
}
