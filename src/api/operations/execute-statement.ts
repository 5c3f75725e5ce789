import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import type {Engine} from '../../engine/engine.ts';
import type {BoundStatement} from '../../engine/partiql/bound-statement.ts';
import {selectItems} from '../../engine/partiql/select.ts';
import {writeStatement} from '../../engine/partiql/write.ts';
import {validationError} from '../../model/service-error.ts';
import type {ExecuteStatementInput} from '../../model/shapes.generated.ts';
import {consumedCapacity} from '../consumed-capacity.ts';
import {defineOperation, RawAnswer} from '../operation.ts';
import {onStatement, parseWireStatement} from '../statement.ts';
import {mustHaveWritten} from '../statement-answer.ts';

export const executeStatementOperation = defineOperation({
  name: 'ExecuteStatement',
  parse: (wire: ExecuteStatementInput, caller) => ({wire, statement: parseWireStatement(wire, caller)}),
  permissions: ({statement}, engine) => [onStatement(statement, engine)],
  run: (engine, {wire, statement}): Awaitable<object> => {
    const {kind} = statement.prepared.body;
    if (kind === 'select') return select(engine, wire, statement as BoundStatement<'select'>);
    if (kind === 'exists') throw validationError('EXISTS can only be used in ExecuteTransaction write requests.');
    return write(engine, wire, statement as BoundStatement<'insert' | 'update' | 'delete'>);
  },
});

function select(engine: Engine, wire: ExecuteStatementInput, statement: BoundStatement<'select'>) {
  const request = {
    text: wire.Statement,
    statement,
    consistent: wire.ConsistentRead === true,
    limit: wire.Limit,
    nextToken: wire.NextToken,
  };
  return whenReady(selectItems(engine, request), ({items, nextToken, lastKey, consumed}) => {
    const capacity = consumedCapacity(wire.ReturnConsumedCapacity, statement.table.name, consumed);
    return itemsAnswer(items, {ConsumedCapacity: capacity, LastEvaluatedKey: lastKey, NextToken: nextToken});
  });
}

function write(engine: Engine, wire: ExecuteStatementInput, statement: BoundStatement<'insert' | 'update' | 'delete'>) {
  const returnOld = wire.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  return whenReady(writeStatement(engine, statement, returnOld), result => {
    const {consumed} = mustHaveWritten(result);
    const capacity = consumedCapacity(wire.ReturnConsumedCapacity, statement.table.name, consumed);
    return itemsAnswer(result.returned === undefined ? [] : [result.returned], {ConsumedCapacity: capacity});
  });
}

/** Items go out as they are stored, so the answer is put together as text. */
function itemsAnswer(items: readonly (Buffer | string)[], others: object): RawAnswer {
  const body: (string | Buffer)[] = ['{"Items":['];
  items.forEach((item, at) => {
    if (at > 0) body.push(',');
    body.push(item);
  });
  const text = JSON.stringify(others);
  body.push(text === '{}' ? ']}' : `],${text.slice(1)}`);
  return new RawAnswer(body);
}
