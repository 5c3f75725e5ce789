import type {Awaitable} from '../../base/awaitable.ts';
import type {Condition} from '../../expressions/condition.ts';
import {storedItemSize} from '../../keyspace/stored-item.ts';
import {nestingMessage} from '../../model/parse-item.ts';
import {ServiceError, validationError} from '../../model/service-error.ts';
import {bindWhere} from '../../partiql/bind-where.ts';
import {consumedOfTable, doubled, readUnits} from '../capacity.ts';
import type {Engine} from '../engine.ts';
import {projectedJson} from '../items/get-item.ts';
import {keyMismatch} from '../items/primary-key.ts';
import {distinctTables} from '../tables/distinct-tables.ts';
import type {Table} from '../tables/table.ts';
import {commitWithTables, findTable, readWithTables} from '../tables/with-tables.ts';
import {type CancellationReason, type CancellationReasons, reasonOf} from '../transactions/cancellation.ts';
import {conflictsOf} from '../transactions/conflict.ts';
import {mustBeDistinct} from '../transactions/must-be-distinct.ts';
import {type PlacedAction, placeAction} from '../transactions/place-action.ts';
import type {RequestToken} from '../transactions/request-token.ts';
import {mustFitTransaction} from '../transactions/size-limit.ts';
import type {TransactGetOutcome} from '../transactions/transact-get.ts';
import {planCancelled, planWrites, type TransactWriteOutcome} from '../transactions/transact-write.ts';
import {type BoundStatement, mustBeSound} from './bound-statement.ts';
import {
  type BoundWrite,
  bindWrite,
  changeCondition,
  insertCondition,
  keyOfWhere,
  shortNestingMessage,
} from './plan-write.ts';
import {filterOf} from './read-plan.ts';
import {pointOfStatement} from './select-one.ts';
import {statementKey} from './statement-key.ts';

export interface TransactStatement {
  statement: BoundStatement;
  returnOldOnRefusal: boolean;
}

/**
 * All or nothing. Throws ValidationException for what refuses the request as a whole: a statement that can't stand in a
 * transaction, two about one item. A table that is not there, or a key that it can't have, cancels (Floci's captures,
 * eu-west-2, 2026-09, for this and the order).
 */
export function transactStatements(
  engine: Engine,
  statements: readonly TransactStatement[],
  token: RequestToken | undefined,
): Awaitable<TransactWriteOutcome> {
  const {refs, places} = distinctTables(statements.map(({statement}) => statement.table));
  return cancelWhereMissing(engine, statements, placeStatement, () =>
    engine.underWay.run(transaction =>
      commitWithTables(engine, refs, tables => {
        const placed: PlacedAction[] = [];
        let bytes = 0;
        const reasons = statements.map((each, number) => {
          const found = inStatement(number, () => placeStatement(tables[places[number]!]!, each));
          if (found.placed) placed.push(found.placed);
          bytes += found.bytes;
          return found.reason;
        });
        if (reasons.some(reason => reason !== undefined)) return planCancelled(reasons);
        mustFitTransaction(bytes);
        mustBeDistinct(placed.map(({at}) => at.key));
        return planWrites(engine, transaction, placed, token);
      }),
    ),
  );
}

/** The items that SELECT statements name by their keys, all as they were at one moment. Throws as the above does. */
export function transactSelects(
  engine: Engine,
  statements: readonly BoundStatement<'select'>[],
): Awaitable<TransactGetOutcome> {
  const {refs, places} = distinctTables(statements.map(({table}) => table));
  const members = statements.map(statement => ({statement, returnOldOnRefusal: false}));
  let reasons: CancellationReasons = [];
  return cancelWhereMissing<TransactGetOutcome>(engine, members, placeSelect, () =>
    readWithTables<TransactGetOutcome>(
      engine,
      refs,
      tables => {
        const found = members.map((each, number) =>
          inStatement(number, () => placeSelect(tables[places[number]!]!, each)),
        );
        reasons = found.map(({reason}) => reason);
        if (reasons.some(reason => reason !== undefined)) return [];
        const keys = found.map(({key}) => key!);
        mustBeDistinct(keys);
        const conflicts = conflictsOf(engine, keys);
        if (conflicts) reasons = conflicts;
        return conflicts ? [] : keys;
      },
      (_tables, values) => {
        if (reasons.some(reason => reason !== undefined)) return {kind: 'cancelled', reasons};
        const sizes = values.map(stored => (stored ? storedItemSize(stored) : 0));
        mustFitTransaction(sizes.reduce((sum, size) => sum + size, 0));
        const items = statements.map(({prepared}, number) => {
          const stored = values[number];
          return {
            json: stored && projectedJson(stored, prepared.body.projection),
            consumed: doubled(consumedOfTable(readUnits(sizes[number]!, true))),
          };
        });
        return {kind: 'read', items};
      },
    ),
  );
}

interface Placement {
  /** The key can't be one of this table. */
  reason: CancellationReason | undefined;
}

function placeStatement(
  table: Table,
  {statement, returnOldOnRefusal}: TransactStatement,
): Placement & {placed: PlacedAction | undefined; bytes: number} {
  mustBeSound(statement);
  const {body} = statement.prepared;
  if (body.kind !== 'select' && body.kind !== 'exists' && body.returning !== undefined) {
    throw validationError('RETURNING clause is not supported in ExecuteTransaction.');
  }
  const common = {table: statement.table, returnOldOnRefusal};
  if (body.kind === 'exists') {
    const {key, condition} = existsCheck(table, statement as BoundStatement<'exists'>);
    return placing(() => placeAction(table, {...common, kind: 'check', key, condition}), 0);
  }
  const write = bindWrite(statement);
  if (write.kind === 'insert') {
    const {item} = write;
    return placing(() => {
      const placed = placeAction(table, {...common, kind: 'put', item, condition: insertCondition(table)});
      return reworded(placed, duplicate);
    }, item.size);
  }
  const bytes = write.kind === 'update' ? write.update.charge() : 0;
  return placing(() => placeChange(table, write, common), bytes);
}

function placeChange(
  table: Table,
  write: Exclude<BoundWrite, {kind: 'insert'}>,
  common: Pick<TransactStatement, 'returnOldOnRefusal'> & {table: BoundStatement['table']},
): PlacedAction {
  const {key, exact} = keyOr(keyMismatch, () => keyOfWhere(table, write.where));
  const where = exact ? undefined : write.where;
  const condition = changeCondition(table, write.kind, where);
  if (write.kind === 'update') {
    return reworded(placeAction(table, {...common, kind: 'update', key, update: write.update, condition}), shorter);
  }
  return placeAction(table, {...common, kind: 'delete', key, condition: where && condition});
}

function placeSelect(table: Table, {statement}: TransactStatement): Placement & {key: Buffer | undefined} {
  if (statement.prepared.index !== undefined) {
    throw validationError('Reads on indices are not supported within transactions.');
  }
  try {
    const key = pointOfStatement(table, statement as BoundStatement<'select'>, 'ExecuteTransaction');
    return {key, reason: undefined};
  } catch (error) {
    if (!(error instanceof ServiceError) || !error.message.startsWith("Key attribute's data type")) throw error;
    return {key: undefined, reason: reasonOf(keyMismatch())};
  }
}

/** The item of an EXISTS, and what it must be like. With two values for a key, the first one counts. */
function existsCheck(table: Table, {prepared, parameters}: BoundStatement<'exists'>) {
  if (prepared.index !== undefined) {
    throw validationError('Operations on indices are not supported in transactions');
  }
  const template = prepared.body.where;
  const where = template && bindWhere(template, parameters);
  const found = where && statementKey(table, where);
  const names = [...table.keyNames];
  if (!found || names.some(name => !Object.hasOwn(found.key, name)) || (found.exact && !found.contradicted)) {
    throw validationError('EXISTS() must contain a single item read with additional condition');
  }
  const filter = filterOf(where);
  const condition: Condition = {...filter, matches: item => Object.hasOwn(item, names[0]!) && filter.matches(item)};
  return {key: found.key, condition};
}

function placing(place: () => PlacedAction, bytes: number) {
  try {
    return {placed: place(), bytes, reason: undefined};
  } catch (fault) {
    return {placed: undefined, bytes, reason: reasonOf(fault)};
  }
}

function keyOr<T>(fault: () => ServiceError, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw fault();
  }
}

function reworded(placed: PlacedAction, reword: (reason: CancellationReason) => CancellationReason): PlacedAction {
  return {
    at: placed.at,
    decide: stored => {
      const outcome = placed.decide(stored);
      return outcome.reason ? {reason: reword(outcome.reason)} : outcome;
    },
  };
}

function duplicate(reason: CancellationReason): CancellationReason {
  if (reason.code !== 'ConditionalCheckFailed') return reason;
  return {code: 'DuplicateItem', message: 'Duplicate primary key exists in table'};
}

function shorter(reason: CancellationReason): CancellationReason {
  return reason.message === nestingMessage ? {...reason, message: shortNestingMessage} : reason;
}

function inStatement<T>(number: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw inStatementNumber(number, error);
  }
}

/** Says which statement is refused. */
export function inStatementNumber(number: number, error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.code !== 'ValidationException') return error;
  return validationError(`Validation failed in TransactStatements[${number}]: ${error.message}`);
}

/** Statements about tables that are not there cancel the transaction, once all others are found to be sound. */
function cancelWhereMissing<R>(
  engine: Engine,
  statements: readonly TransactStatement[],
  place: (table: Table, statement: TransactStatement) => Placement,
  run: () => Awaitable<R>,
): Awaitable<R | {kind: 'cancelled'; reasons: (CancellationReason | undefined)[]}> {
  const explain = async (error: unknown) => {
    if (!(error instanceof ServiceError) || error.code !== 'ResourceNotFoundException') throw error;
    const reasons: (CancellationReason | undefined)[] = [];
    for (const [number, each] of statements.entries()) {
      const table = await findTable(engine, each.statement.table);
      const missing = {code: 'ResourceNotFound', message: 'Requested resource not found'} as const;
      reasons.push(table ? inStatement(number, () => place(table, each)).reason : missing);
    }
    // All of them are there by now.
    if (reasons.every(reason => reason?.code !== 'ResourceNotFound')) throw error;
    return {kind: 'cancelled' as const, reasons};
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(explain) : result;
  } catch (error) {
    return explain(error);
  }
}
