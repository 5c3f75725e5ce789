import type {Awaitable} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import type {Item} from '../../model/attribute-value.ts';
import type {Engine} from '../engine.ts';
import {commitWithTables, type TableRef} from '../tables/with-tables.ts';
import {mustNotBeUnderWay} from '../transactions/conflict.ts';
import {keyOfRequest} from './primary-key.ts';
import {decideWrite, type WriteIntent} from './write-item.ts';
import {type WrittenItem, writtenItem} from './written-item.ts';

export interface DeleteItem {
  table: TableRef;
  key: Item;
  condition?: Condition | undefined;
  returnOld: boolean;
  returnOldOnRefusal: boolean;
}

export function deleteItem(engine: Engine, request: DeleteItem): Awaitable<WrittenItem> {
  const intent = deleteIntent(request);
  return commitWithTables(engine, [request.table], ([table]) => {
    const at = keyOfRequest(table!, request.key);
    mustNotBeUnderWay(engine, at.key);
    const partition = request.key[table!.record.keySchema.partition[0]!.name]!;
    return {
      keys: [at.key],
      decide: ([stored]) => {
        const outcome = decideWrite(table!, at, stored, intent);
        return {result: writtenItem(outcome, table!, at, partition), writes: outcome.writes};
      },
    };
  });
}

export function deleteIntent(request: Omit<DeleteItem, 'table' | 'key'>): WriteIntent {
  return {
    condition: request.condition,
    looksAt: request.condition?.topLevelAttributes,
    next: () => undefined,
    nextNeedsOld: false,
    returnOld: request.returnOld,
    returnOldOnRefusal: request.returnOldOnRefusal,
  };
}
