import type {Awaitable} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import type {Update} from '../../expressions/update.ts';
import type {Item} from '../../model/attribute-value.ts';
import {editItemText} from '../../model/edit-item-text.ts';
import {itemSize, itemSizeBytesMax, updateTooLargeMessage} from '../../model/item-size.ts';
import type {ItemText} from '../../model/item-text.ts';
import {isNestedTooDeep, nestingMessage} from '../../model/parse-item.ts';
import {validationError} from '../../model/service-error.ts';
import type {Engine} from '../engine.ts';
import type {Table} from '../tables/table.ts';
import {commitWithTables, type TableRef} from '../tables/with-tables.ts';
import {mustNotBeUnderWay} from '../transactions/conflict.ts';
import {mustNotReachIntoKeys} from './key-paths.ts';
import {newItemOf, newItemOfText} from './new-item.ts';
import type {OldItem} from './old-item.ts';
import {keyOfRequest, mustSuitIndexes, mustWriteIndexTypes} from './primary-key.ts';
import {decideWrite, type WriteIntent} from './write-item.ts';
import {type WrittenItem, writtenItem} from './written-item.ts';

export interface UpdateItem {
  table: TableRef;
  key: Item;
  /** Undefined: nothing changes, but the item is there afterwards. */
  update?: Update | undefined;
  condition?: Condition | undefined;
  /** The caller wants the item (or parts of it) as it was. */
  returnOld: boolean;
  returnOldOnRefusal: boolean;
}

export function updateItem(engine: Engine, request: UpdateItem): Awaitable<WrittenItem> {
  return commitWithTables(engine, [request.table], ([table]) => {
    const at = keyOfRequest(table!, request.key);
    // Only UpdateItem measures its statement too, before its condition (paritysuite itemSizeBySurface, October 2026).
    if (request.update && request.update.charge() > itemSizeBytesMax) throw updateTooLarge();
    const partition = request.key[table!.record.keySchema.partition[0]!.name]!;
    const intent = updateIntent(table!, request);
    mustNotBeUnderWay(engine, at.key);
    return {
      keys: [at.key],
      decide: ([stored]) => {
        const outcome = decideWrite(table!, at, stored, intent);
        return {result: writtenItem(outcome, table!, at, partition), writes: outcome.writes};
      },
    };
  });
}

export function updateIntent(table: Table, request: Omit<UpdateItem, 'table'>): WriteIntent {
  const {update} = request;
  if (update) {
    mustLeaveKeyAlone(table, update);
    mustWriteIndexTypes(table, name => update.writtenType(name));
    mustNotReachIntoKeys(table, update.nestedAttributes);
  }
  return {
    condition: request.condition,
    looksAt: namesLookedAt(request),
    next: old => {
      // REMOVE and DELETE alone make no item where there was none.
      if (!old && update && !update.createsItem) return undefined;
      const after: After = old ? changed(old, update) : {item: update ? update.apply(request.key, false) : request.key};
      const size = after.text ? after.text.size : itemSize(after.item);
      if (size > itemSizeBytesMax) throw updateTooLarge();
      if (update && isNestedTooDeep(after.item)) throw validationError(nestingMessage);
      if (table.indexes.length > 0) mustSuitIndexes(table, after.item, update?.legacy ? 'put' : 'update');
      const {item, text, names} = after;
      return text ? newItemOfText(text, names && {item, names}) : newItemOf(item, size);
    },
    nextNeedsOld: true,
    returnOld: request.returnOld,
    returnOldOnRefusal: request.returnOldOnRefusal,
  };
}

/** All attributes that it may depend on. */
function namesLookedAt({update, condition}: Pick<UpdateItem, 'update' | 'condition'>): ReadonlySet<string> {
  if (!update) return condition?.topLevelAttributes ?? noNames;
  return condition ? new Set([...update.attributes, ...condition.topLevelAttributes]) : update.attributes;
}

const noNames: ReadonlySet<string> = new Set();

/** What there is after the update: all of the item, or as text, and of the item what is looked at. */
interface After {
  item: Item;
  text?: ItemText | undefined;
  names?: ReadonlySet<string> | undefined;
}

function changed({item, source}: OldItem, update: Update | undefined): After {
  const after = update ? update.apply(item, true) : item;
  if (!source) return {item: after};
  const {text, places, names} = source;
  const edited = editItemText(text, places, item, after);
  return edited ? {item: after, text: edited, names} : {item: update!.apply(text.toJSON(), true)};
}

export const updateTooLarge = () => validationError(updateTooLargeMessage);

function mustLeaveKeyAlone(table: Table, update: Update): void {
  for (const name of update.topLevelAttributes) {
    if (table.keyNames.has(name)) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
    }
  }
}
