import assert from 'node:assert/strict';
import type {Condition} from '../../../src/expressions/condition.ts';
import type {Update} from '../../../src/expressions/update.ts';
import {encodeStoredItem, storedItemText} from '../../../src/keyspace/stored-item.ts';
import type {Item} from '../../../src/model/attribute-value.ts';
import {editItemText} from '../../../src/model/edit-item-text.ts';
import {itemSize} from '../../../src/model/item-size.ts';

const textOf = (item: Item) => storedItemText(encodeStoredItem(item, itemSize(item)));

/** What a condition says of an item it says of the attributes that it names as well. */
export function mustMatchPart(condition: Condition, item: Item): void {
  const part = textOf(item).pick(condition.topLevelAttributes);
  if (part) assert.equal(condition.matches(part), condition.matches(item), 'a condition looks at what it names');
}

/** An update of the text, by way of the attributes that it names, is the text of the updated item; refusals are the same. */
export function mustUpdatePart(update: Update, item: Item): void {
  const text = textOf(item);
  const places = text.find([...update.attributes]);
  if (!places) return;
  const part = text.read(places);
  const after = attempt(() => update.apply(part, true));
  const whole = attempt(() => update.apply(item, true));
  if (after instanceof Error || whole instanceof Error) {
    assert.deepEqual(after, whole);
    return;
  }
  const edited = editItemText(text, places, part, after);
  if (!edited) return;
  assert.equal(edited.bytes.toString(), JSON.stringify(whole));
  assert.equal(edited.size, itemSize(whole));
  assert.deepEqual(update.updatedParts(after), update.updatedParts(whole));
}

function attempt(work: () => Item): Item | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
