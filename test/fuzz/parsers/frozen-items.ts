import type {Item} from '../../../src/model/attribute-value.ts';
import {parseItem, type WireItem} from '../../../src/model/parse-item.ts';
import {ServiceError} from '../../../src/model/service-error.ts';
import {bareLayer} from '../../../src/model/value-layer.ts';
import {chanceFrom} from '../chance.ts';
import {attributes} from '../random-values.ts';

/** Small items in normal form, that nobody can change. */
export const frozenItems: readonly Item[] = [{}, ...manyItems(100)];

function manyItems(count: number): Item[] {
  const chance = chanceFrom(7);
  const items: Item[] = [];
  while (items.length < count) {
    const wire = attributes(chance, 8) as WireItem;
    if (JSON.stringify(wire).length > 1_000) continue;
    try {
      items.push(frozen(parseItem(wire, bareLayer)));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }
  return items;
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner);
  return Object.freeze(value);
}
