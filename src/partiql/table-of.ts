import {nameLengthMax, nameLengthMin, namePattern} from '../model/names.ts';
import {validationError} from '../model/service-error.ts';
import type {Statement} from './tree.ts';

/** The table and index that a statement names. Throws ValidationException (paritysuite's messages of PartiQL, 2026). */
export function tableOf(statement: Statement): {table: string; index: string | undefined} {
  const {source} = statement.kind === 'exists' ? statement.select : statement;
  const {elements, aliased, problem} = source;
  if (problem !== undefined) throw validationError(problem);
  if (aliased) throw validationError('Aliasing is not supported');
  if (elements.some(element => element === '')) throw validationError('Path component cannot be an empty string');
  if (statement.kind === 'insert' && elements.length > 1) {
    throw validationError('FROM clause may only contain a single table name in data manipulation statements');
  }
  if (elements.length > 2) throw validationError('A path may contain at most 2 components in the FROM clause');
  const [table, index] = elements as [string, string | undefined];
  if (table.length < nameLengthMin || table.length > nameLengthMax || !namePattern.test(table)) {
    throw validationError(
      "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.",
    );
  }
  if (index !== undefined && (statement.kind === 'update' || statement.kind === 'delete')) {
    throw validationError('This operation is not supported on an index');
  }
  return {table, index};
}
