import {decodeStoredItem, storedItemText} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {AttributePlace, ItemText} from '../../model/item-text.ts';
import type {Value} from '../../storage/store.ts';

/** An item as it was, for somebody who looks into it. */
export interface OldItem {
  item: Item;
  /** Where `item` is only a part of it: all of it, and what of it is there. Valid as long as what is stored is. */
  whole: {text: ItemText; places: readonly AttributePlace[]; names: ReadonlySet<string>} | undefined;
}

/** Only these attributes of a stored item become objects, or all. */
export function lookInto(stored: Value, names: ReadonlySet<string> | undefined): OldItem {
  if (names) {
    const text = storedItemText(stored);
    const places = text.find([...names]);
    if (places) return {item: text.read(places), whole: {text, places, names}};
  }
  return {item: decodeStoredItem(stored), whole: undefined};
}
