import {mustFitItem, type NewItem} from '../engine/items/new-item.ts';
import {ItemText} from '../model/item-text.ts';
import {parseItem, type WireItem} from '../model/parse-item.ts';
import type {ValueLayer} from '../model/value-layer.ts';

/** The item that a request puts, whether it was read or stands there as text. Throws ValidationException. */
export function newItemOfWire(wire: WireItem, layer: ValueLayer): NewItem {
  return mustFitItem(wire instanceof ItemText ? wire : parseItem(wire, layer));
}
