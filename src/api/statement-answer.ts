import type {WrittenItem} from '../engine/items/written-item.ts';
import type {StatementWrite} from '../engine/partiql/write.ts';
import {ServiceError} from '../model/service-error.ts';
import {conditionFailed} from './write-answer.ts';

export const duplicateItemMessage = 'Duplicate primary key exists in table';

/** Throws what the item made impossible, or what the statement's condition refused: an INSERT has one of its own. */
export function mustHaveWritten({kind, outcome}: StatementWrite): WrittenItem {
  if (outcome instanceof ServiceError) throw outcome;
  if (outcome.written) return outcome;
  if (kind === 'insert') throw new ServiceError('DuplicateItemException', duplicateItemMessage);
  throw conditionFailed(outcome.oldJson);
}
