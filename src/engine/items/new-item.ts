import {
  decodeStoredItem,
  encodeItemText,
  encodeStoredItem,
  storedItemJson,
  storedItemText,
} from '../../keyspace/stored-item.ts';
import type {Item} from '../../model/attribute-value.ts';
import {itemSize, itemSizeBytesMax, itemTooLargeMessage} from '../../model/item-size.ts';
import {ItemText} from '../../model/item-text.ts';
import {validationError} from '../../model/service-error.ts';

/** An item on its way in, with what is worked out once however often the commit is decided. */
export interface NewItem {
  readonly item: Item;
  /** In bytes, as DynamoDB counts them. */
  readonly size: number;
  readonly stored: Buffer;
}

/** It becomes an object when somebody looks into it: of a table without indexes nobody does. */
class UnreadItem implements NewItem {
  readonly size: number;
  readonly stored: Buffer;
  #item: Item | undefined;
  readonly #part: ItemPart | undefined;

  constructor(text: ItemText, part: ItemPart | undefined) {
    this.size = text.size;
    this.stored = encodeItemText(text);
    this.#part = part;
  }

  get item(): Item {
    this.#item ??= decodeStoredItem(this.stored);
    return this.#item;
  }

  pick(names: readonly string[]): Item {
    const part = this.#part;
    if (part && names.every(name => part.names.has(name))) return part.item;
    return this.#item ?? storedItemText(this.stored).pick(names) ?? this.item;
  }
}

/** The item with its size and stored form; refused when it is larger than 400 KB. (A text that is larger was never made.) */
export function mustFitItem(item: Item | ItemText): NewItem {
  if (item instanceof ItemText) return newItemOfText(item);
  const size = itemSize(item);
  if (size > itemSizeBytesMax) throw validationError(itemTooLargeMessage);
  return newItemOf(item, size);
}

export function newItemOf(item: Item, size: number): NewItem {
  return {item, size, stored: encodeStoredItem(item, size)};
}

/** All that an item has of these attributes. */
export interface ItemPart {
  item: Item;
  names: ReadonlySet<string>;
}

/** `part` is what is known of it already. */
export function newItemOfText(text: ItemText, part?: ItemPart): NewItem {
  return new UnreadItem(text, part);
}

/** The item, or these attributes of it, where no more of it was read. */
export function attributesOf(newItem: NewItem, names: readonly string[]): Item {
  return newItem instanceof UnreadItem ? newItem.pick(names) : newItem.item;
}

/** The wire text of an item that was written. */
export function newItemJson(newItem: NewItem): Buffer {
  return storedItemJson(newItem.stored);
}
