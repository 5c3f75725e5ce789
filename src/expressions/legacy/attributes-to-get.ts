import {getAttribute, type Item, setAttribute} from '../../model/attribute-value.ts';
import {checkAttributeName} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {ValueLayer} from '../../model/value-layer.ts';
import type {Path} from '../path.ts';
import type {Projection} from '../projection.ts';

/** AttributesToGet as a projection: whole attributes, by names in which a dot means nothing. Throws ValidationException. */
export function parseAttributesToGet(names: readonly string[], layer: ValueLayer): Projection {
  const seen = new Set<string>();
  for (const name of names) {
    checkAttributeName(name, layer);
    if (seen.has(name)) {
      throw validationError(`One or more parameter values were invalid: Duplicate value in attribute name: ${name}`);
    }
    seen.add(name);
  }
  return new AttributeProjection(seen);
}

class AttributeProjection implements Projection {
  // A dot in a legacy name is part of the name.
  readonly nestedAttributes: ReadonlySet<string> = new Set();
  readonly #names: ReadonlySet<string>;

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  project(item: Item): Item {
    const projected: Item = {};
    // An item can't have more attributes than it has bytes; a list of names is only bounded by the request.
    for (const name in item) if (this.#names.has(name)) setAttribute(projected, name, getAttribute(item, name)!);
    return projected;
  }

  get paths(): readonly Path[] {
    return this.topLevelAttributes.map(name => [name]);
  }

  get topLevelAttributes(): readonly string[] {
    return [...this.#names];
  }
}
