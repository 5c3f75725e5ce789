import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import type {Engine} from '../../engine/engine.ts';
import type {BoundStatement} from '../../engine/partiql/bound-statement.ts';
import {
  inStatementNumber,
  type TransactStatement,
  transactSelects,
  transactStatements,
} from '../../engine/partiql/transact.ts';
import type {RequestToken} from '../../engine/transactions/request-token.ts';
import {validationError} from '../../model/service-error.ts';
import type {ExecuteTransactionInput, ParameterizedStatement} from '../../model/shapes.generated.ts';
import {parseParameters} from '../../partiql/statement-parameters.ts';
import type {ReturnConsumedCapacity} from '../consumed-capacity.ts';
import {type Caller, defineOperation, RawAnswer} from '../operation.ts';
import {parametersHash} from '../parameters-hash.ts';
import {onStatement, readStatement} from '../statement.ts';
import {
  itemResponses,
  tokenMismatch,
  transactionCanceled,
  transactionCapacity,
  transactionInProgress,
} from '../transaction-answer.ts';

export const executeTransactionOperation = defineOperation({
  name: 'ExecuteTransaction',
  parse: (wire: ExecuteTransactionInput, caller) => {
    // Before any statement is read, and told without its number (Floci's captures, eu-west-2, 2026-09).
    const parameters = wire.TransactStatements.map(each => parseParameters(each.Parameters));
    const statements = wire.TransactStatements.map((each, number) =>
      parseMember(each, parameters[number]!, number, caller),
    );
    const reads = statements.filter(({statement}) => statement.prepared.body.kind === 'select').length;
    if (reads > 0 && reads < statements.length) {
      throw validationError(
        'ExecuteTransaction API does not support both read and write operations in the same request.',
      );
    }
    return {statements, reads: reads > 0, token: tokenOf(wire, caller), capacity: wire.ReturnConsumedCapacity};
  },
  permissions: ({statements}, engine) => statements.map(({statement}) => onStatement(statement, engine)),
  run: (engine, {statements, reads, token, capacity}) =>
    reads ? read(engine, statements, capacity) : write(engine, statements, token, capacity),
});

function parseMember(
  wire: ParameterizedStatement,
  parameters: BoundStatement['parameters'],
  number: number,
  caller: Caller,
): TransactStatement {
  try {
    return {
      statement: readStatement(wire, parameters, caller),
      returnOldOnRefusal: wire.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    };
  } catch (error) {
    throw inStatementNumber(number, error);
  }
}

function tokenOf(
  {ClientRequestToken, TransactStatements}: ExecuteTransactionInput,
  {region}: Caller,
): RequestToken | undefined {
  if (ClientRequestToken === undefined) return undefined;
  const parameters = TransactStatements.map(({Statement, Parameters}) => [Statement, Parameters]);
  return {text: `ExecuteTransaction ${region} ${ClientRequestToken}`, parameters: parametersHash(parameters)};
}

function read(
  engine: Engine,
  statements: readonly TransactStatement[],
  capacity: ReturnConsumedCapacity | undefined,
): Awaitable<object> {
  const selects = statements.map(({statement}) => statement as BoundStatement<'select'>);
  return whenReady(transactSelects(engine, selects), outcome => {
    if (outcome.kind === 'cancelled') throw transactionCanceled(outcome.reasons);
    const consumed = outcome.items.map((item, at) => ({
      tableName: selects[at]!.table.name,
      consumed: item.consumed,
    }));
    return new RawAnswer(itemResponses(outcome.items, transactionCapacity(capacity, consumed, 'ReadCapacityUnits')));
  });
}

function write(
  engine: Engine,
  statements: readonly TransactStatement[],
  token: RequestToken | undefined,
  capacity: ReturnConsumedCapacity | undefined,
): Awaitable<object> {
  return whenReady(transactStatements(engine, statements, token), outcome => {
    if (outcome.kind === 'cancelled') throw transactionCanceled(outcome.reasons);
    if (outcome.kind === 'mismatch') throw tokenMismatch();
    if (outcome.kind === 'inProgress') throw transactionInProgress();
    const consumed = outcome.actions.map((action, at) => ({
      tableName: statements[at]!.statement.table.name,
      consumed: action.consumed,
    }));
    const units = outcome.kind === 'replayed' ? 'ReadCapacityUnits' : 'WriteCapacityUnits';
    // No entry for each statement, as there is for reads (paritysuite writeResponses, October 2026).
    return {Responses: [], ConsumedCapacity: transactionCapacity(capacity, consumed, units)};
  });
}
