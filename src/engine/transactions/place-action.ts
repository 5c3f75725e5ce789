import type {Condition} from '../../expressions/condition.ts';
import type {Update} from '../../expressions/update.ts';
import {decodeStoredItem, storedItemJson, storedItemSize} from '../../keyspace/stored-item.ts';
import type {AttributeValue, Item} from '../../model/attribute-value.ts';
import type {Value, Write} from '../../storage/store.ts';
import {type Consumed, consumedOfTable, writeUnits} from '../capacity.ts';
import {deleteIntent} from '../items/delete-item.ts';
import type {NewItem} from '../items/new-item.ts';
import {type ItemKey, keyOfItem, keyOfRequest, mustSuitIndexes} from '../items/primary-key.ts';
import {putIntent} from '../items/put-item.ts';
import {updateIntent} from '../items/update-item.ts';
import {decideWrite, type WriteIntent} from '../items/write-item.ts';
import {type WrittenItem, writtenItem} from '../items/written-item.ts';
import type {Table} from '../tables/table.ts';
import type {TableRef} from '../tables/with-tables.ts';
import {type CancellationReason, reasonOf} from './cancellation.ts';

interface Conditional {
  table: TableRef;
  condition?: Condition | undefined;
  returnOldOnRefusal: boolean;
}

/** One action of a transaction that writes. */
export type TransactAction = Conditional &
  (
    | {kind: 'put'; item: NewItem}
    | {kind: 'update'; key: Item; update: Update}
    | {kind: 'delete'; key: Item}
    | {kind: 'check'; key: Item; condition: Condition}
  );

/** An action and where its item lies. */
export interface PlacedAction {
  at: ItemKey;
  decide(stored: Value | undefined): ActionOutcome;
}

export type ActionOutcome =
  | {reason: CancellationReason}
  | {
      reason: undefined;
      /** As outside of a transaction. */
      consumed: Consumed;
      /** Undefined for what only checks. */
      written: WrittenItem | undefined;
      writes: readonly Write[];
    };

/** Throws the fault of a key that the table can't have. All other faults come out when the action is decided. */
export function placeAction(table: Table, action: TransactAction): PlacedAction {
  const at = action.kind === 'put' ? keyOfItem(table, action.item.item) : keyOfRequest(table, action.key);
  if (action.kind === 'check') return {at, decide: stored => decideCheck(action, stored)};
  const partition = (action.kind === 'put' ? action.item.item : action.key)[table.record.keySchema.partition[0]!.name]!;
  let intent: WriteIntent;
  try {
    intent = intentOf(table, action);
  } catch (fault) {
    const reason = reasonOf(fault);
    return {at, decide: () => ({reason})};
  }
  return {at, decide: stored => decideAction(table, at, partition, stored, intent)};
}

function intentOf(table: Table, action: Exclude<TransactAction, {kind: 'check'}>): WriteIntent {
  const {returnOldOnRefusal, condition} = action;
  const returnOld = false;
  switch (action.kind) {
    case 'put':
      mustSuitIndexes(table, action.item.item, 'put');
      return putIntent({item: action.item, condition, returnOld, returnOldOnRefusal});
    case 'update':
      return updateIntent(table, {key: action.key, update: action.update, condition, returnOld, returnOldOnRefusal});
    case 'delete':
      return deleteIntent({condition, returnOld, returnOldOnRefusal});
  }
}

function decideAction(
  table: Table,
  at: ItemKey,
  partition: AttributeValue,
  stored: Value | undefined,
  intent: WriteIntent,
): ActionOutcome {
  try {
    const outcome = decideWrite(table, at, stored, intent);
    if (!outcome.written) return {reason: conditionFailed(outcome.oldJson)};
    const {consumed, writes} = outcome;
    return {reason: undefined, consumed, written: writtenItem(outcome, table, at, partition), writes};
  } catch (fault) {
    return {reason: reasonOf(fault)};
  }
}

/** A check is charged as a write of the item that it looks at (paritysuite transactWrite, 2026-06). */
function decideCheck(
  {condition, returnOldOnRefusal}: {condition: Condition; returnOldOnRefusal: boolean},
  stored: Value | undefined,
): ActionOutcome {
  if (!condition.matches(stored ? decodeStoredItem(stored) : {})) {
    return {reason: conditionFailed(stored && returnOldOnRefusal ? Buffer.from(storedItemJson(stored)) : undefined)};
  }
  const consumed = consumedOfTable(writeUnits(stored ? storedItemSize(stored) : 0, 0));
  return {reason: undefined, consumed, written: undefined, writes: []};
}

function conditionFailed(itemJson: Buffer | undefined): CancellationReason {
  return {code: 'ConditionalCheckFailed', message: 'The conditional request failed', itemJson};
}
