import type {Awaitable} from '../../base/awaitable.ts';
import type {AttributeValue} from '../../model/attribute-value.ts';
import {ServiceError} from '../../model/service-error.ts';
import {bindWhere} from '../../partiql/bind-where.ts';
import type {Prepared, PreparedBody} from '../../partiql/prepare-statement.ts';
import type {TableRef} from '../tables/with-tables.ts';

/** A statement with its parameters and the table it is about. */
export interface BoundStatement<Kind extends PreparedBody['kind'] = PreparedBody['kind']> {
  table: TableRef;
  prepared: Omit<Prepared, 'body'> & {body: PreparedBody & {kind: Kind}};
  parameters: readonly AttributeValue[];
}

/** Refuses what is wrong with the statement as such. Called once the table is known. */
export function mustBeSound({prepared}: Pick<BoundStatement, 'prepared'>): void {
  if (prepared.problem) throw prepared.problem;
}

/**
 * A statement that is wrong is refused for that, even where there is no such table (dynoxide's captures of COUNT, 2026), and
 * so is one whose operands don't suit (eu-west-2, September 2026, paritysuite validation-ordering/partiql).
 */
export function soundBeforeMissing<R>(statement: BoundStatement, run: () => Awaitable<R>): Awaitable<R> {
  const refuse = (error: unknown): never => {
    if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') {
      mustBeSound(statement);
      mustHaveSuitableOperands(statement);
    }
    throw error;
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(refuse) : result;
  } catch (error) {
    return refuse(error);
  }
}

function mustHaveSuitableOperands({prepared: {body}, parameters}: BoundStatement): void {
  if (body.kind !== 'insert' && body.where) bindWhere(body.where, parameters);
}
