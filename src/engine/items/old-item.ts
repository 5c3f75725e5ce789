import {decodeStoredItem, storedItemText} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {ItemText} from '../../model/item-text.ts';
import type {Value} from '../../storage/store.ts';

/** An item as it was, for somebody who looks into it. */
export interface OldItem {
  item: Item;
  /** All of it, where `item` is only what is looked at. Valid as long as what is stored is. */
  text: ItemText | undefined;
}

/** Only these attributes of a stored item become objects, or all. */
export function lookInto(stored: Value, names: ReadonlySet<string> | undefined): OldItem {
  const text = names && storedItemText(stored);
  const part = text?.pick(names!);
  return part ? {item: part, text} : {item: decodeStoredItem(stored), text: undefined};
}
