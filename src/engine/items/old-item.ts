import {decodeStoredItem, storedItemText} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {AttributePlace, ItemText} from '../../model/item-text.ts';
import type {Value} from '../../storage/store.ts';

/** An item as it was, for somebody who looks into it. */
export interface OldItem {
  item: Item;
  /** What `item` was taken from, and where it stands there, if it is only a part of it. Valid as long as what is stored is. */
  source: {text: ItemText; places: readonly AttributePlace[]; names: ReadonlySet<string>} | undefined;
}

/** Only these attributes of a stored item become objects, or all. */
export function lookInto(stored: Value, names: ReadonlySet<string> | undefined): OldItem {
  if (names) {
    const text = storedItemText(stored);
    const places = text.find([...names]);
    if (places) return {item: text.read(places), source: {text, places, names}};
  }
  return {item: decodeStoredItem(stored), source: undefined};
}
