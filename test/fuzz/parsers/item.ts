import assert from 'node:assert/strict';
import {parseStartKey} from '../../../src/api/start-key.ts';
import {decodeStoredItem, encodeItemText, encodeStoredItem, storedItemSize} from '../../../src/keyspace/stored-item.ts';
import {checkInput} from '../../../src/model/check-shape.ts';
import {equalItems} from '../../../src/model/compare-values.ts';
import {itemSize} from '../../../src/model/item-size.ts';
import {ItemText} from '../../../src/model/item-text.ts';
import {parseAroundItems} from '../../../src/model/parse-around-items.ts';
import {isNestedTooDeep, parseItem, type WireItem} from '../../../src/model/parse-item.ts';
import {parseBody} from '../../../src/model/parse-json.ts';
import {bareLayer, envelopedLayer, olderLayer} from '../../../src/model/value-layer.ts';
import {chanceFrom} from '../chance.ts';
import type {Pieces} from '../inputs/splice.ts';
import {attributes} from '../random-values.ts';
import {jsonBytes, jsonPieces, jsonText} from './json-texts.ts';
import {type ParserFuzz, refusalOf} from './parser-fuzz.ts';

interface ItemInput {
  text: string;
  odd: boolean;
}

let seeds: readonly Pieces[] | undefined;

function seedsOf(): Pieces[] {
  const chance = chanceFrom(23);
  const all = chance.many(3_000, 3_000, () => jsonPieces({Item: attributes(chance, 6)}));
  return all.filter(pieces => pieces.length < 400 && pieces.every(piece => piece.length < 500));
}

const layers = [bareLayer, envelopedLayer, olderLayer];

/** Where the item can be taken as text, that text is what is stored, too. */
function mustBeStoredAlike(body: Buffer, stored: Buffer): void {
  const text = (parseAroundItems(body, ['Item']) as {Item: unknown} | undefined)?.Item;
  if (text instanceof ItemText) assert.deepEqual(encodeItemText(text), stored);
}

/** An item from its JSON to what is stored and back. */
export const item: ParserFuzz<ItemInput> = {
  name: 'item',
  generate(chance) {
    seeds ??= seedsOf();
    return jsonText(chance, chance.pick(seeds), seeds);
  },
  check(input) {
    try {
      const wire = parseBody(jsonBytes(input)) as {Item: WireItem; TableName?: string};
      wire.TableName = 'table';
      checkInput('PutItem', wire);
      const layer = layers[input.text.length % layers.length]!;
      const parsed = input.text.length % 5 ? parseItem(wire.Item, layer) : parseStartKey(wire.Item, layer)!;
      assert(!isNestedTooDeep(parsed));
      const size = itemSize(parsed);
      const stored = encodeStoredItem(parsed, size);
      assert.equal(storedItemSize(stored), size);
      mustBeStoredAlike(jsonBytes(input), stored);
      const back = decodeStoredItem(stored);
      assert(equalItems(back, parsed) && equalItems(parsed, back));
      const normal = JSON.stringify(back);
      assert.equal(JSON.stringify(parseItem(back, layer)), normal, 'what is in normal form stays as it is');
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
};
