import type {Awaitable} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {Engine} from '../engine.ts';
import type {Table} from '../tables/table.ts';
import {commitWithTables, type TableRef} from '../tables/with-tables.ts';
import {mustNotBeUnderWay} from '../transactions/conflict.ts';
import {attributesOf, type NewItem} from './new-item.ts';
import {type ItemKey, keyOfItem, mustSuitIndexes} from './primary-key.ts';
import {decideWrite, type WriteIntent} from './write-item.ts';
import {type WrittenItem, writtenItem} from './written-item.ts';

export interface PutItem {
  table: TableRef;
  item: NewItem;
  condition?: Condition | undefined;
  returnOld: boolean;
  returnOldOnRefusal: boolean;
}

export function putItem(engine: Engine, put: PutItem): Awaitable<WrittenItem> {
  const intent = putIntent(put);
  return commitWithTables(engine, [put.table], ([table]) => {
    const item = placingAttributes(table!, put.item);
    const at = placeOfItem(table!, item);
    mustNotBeUnderWay(engine, at.key);
    const partition = item[table!.record.keySchema.partition[0]!.name]!;
    return {
      keys: [at.key],
      decide: ([stored]) => {
        const outcome = decideWrite(table!, at, stored, intent);
        return {result: writtenItem(outcome, table!, at, partition), writes: outcome.writes};
      },
    };
  });
}

/** What says where the item goes. Where entries of indexes follow from it, all of it is read anyway. */
export function placingAttributes(table: Table, newItem: NewItem): Item {
  return table.indexes.length > 0 ? newItem.item : attributesOf(newItem, [...table.keyNames]);
}

/** Where the item goes, if the table and its indexes can hold it. */
export function placeOfItem(table: Table, item: Item, keyOf = keyOfItem): ItemKey {
  const at = keyOf(table, item);
  mustSuitIndexes(table, item, 'put');
  return at;
}

export function putIntent(put: Pick<PutItem, 'item' | 'condition' | 'returnOld' | 'returnOldOnRefusal'>): WriteIntent {
  return {
    condition: put.condition,
    looksAt: put.condition?.topLevelAttributes,
    next: () => put.item,
    nextNeedsOld: false,
    returnOld: put.returnOld,
    returnOldOnRefusal: put.returnOldOnRefusal,
  };
}
