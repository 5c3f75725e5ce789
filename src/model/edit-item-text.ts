import {type AttributeValue, getAttribute, type Item} from './attribute-value.ts';
import {attributeValueSize} from './item-size.ts';
import {type AttributePlace, ItemText} from './item-text.ts';
import {utf8Size} from './text-order.ts';

/**
 * The text of an item some of whose attributes change: those of `before`, which stand at `places`, become those of `after`. All
 * else is copied as it is, in the order that JavaScript would keep. Undefined where more of it must be looked at: where a name is new
 * that might be a number, which comes before all others, and where the first attribute goes.
 */
export function editItemText(
  text: ItemText,
  places: readonly AttributePlace[],
  before: Item,
  after: Item,
): ItemText | undefined {
  const {bytes} = text;
  const pieces: Buffer[] = [];
  let {size} = text;
  let copiedTo = 0;
  /** Puts `piece` in the place of what stands between the two. */
  const replace = (start: number, end: number, piece: string) => {
    pieces.push(bytes.subarray(copiedTo, start), Buffer.from(piece));
    copiedTo = end;
  };

  for (const {name, start, valueStart, end} of places) {
    const old = getAttribute(before, name)!;
    const value = getAttribute(after, name);
    if (value === old) continue;
    size += sizeOf(name, value) - sizeOf(name, old);
    if (value) replace(valueStart, end, JSON.stringify(value));
    // With the comma before it.
    else if (start > 1) replace(start - 1, end, '');
    else return undefined;
  }
  let added = '';
  for (const name of Object.keys(after)) {
    if (Object.hasOwn(before, name)) continue;
    if (startsWithDigit.test(name)) return undefined;
    const value = after[name]!;
    size += sizeOf(name, value);
    added += `,${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  if (added !== '') replace(bytes.length - 1, bytes.length - 1, bytes.length === 2 ? added.slice(1) : added);
  pieces.push(bytes.subarray(copiedTo));
  return new ItemText(Buffer.concat(pieces), size);
}

const startsWithDigit = /^\d/;

function sizeOf(name: string, value: AttributeValue | undefined): number {
  return value ? utf8Size(name) + attributeValueSize(value) : 0;
}
