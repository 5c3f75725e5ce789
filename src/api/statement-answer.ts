import type {StatementWrite} from '../engine/partiql/write.ts';
import {ServiceError} from '../model/service-error.ts';
import {conditionFailed} from './write-answer.ts';

/** Refuses what a statement's condition refused: an INSERT has one of its own. */
export function mustHaveWritten({kind, written}: StatementWrite): void {
  if (written.written) return;
  if (kind === 'insert') throw new ServiceError('DuplicateItemException', 'Duplicate primary key exists in table');
  throw conditionFailed(written.oldJson);
}
