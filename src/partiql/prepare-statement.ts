import {createCache} from '../expressions/cache.ts';
import type {Projection} from '../expressions/projection.ts';
import {ServiceError, validationError} from '../model/service-error.ts';
import {buildCondition, type ConditionTemplate} from './build-condition.ts';
import {buildInsert, type InsertTemplate} from './build-insert.ts';
import {buildProjection} from './build-projection.ts';
import {buildUpdate, type UpdateTemplate} from './build-update.ts';
import {parseStatement} from './parse-statement.ts';
import {tableOf} from './table-of.ts';
import type {DeleteStatement, InsertStatement, Returning, SelectStatement, Statement, UpdateStatement} from './tree.ts';

/** A statement with all that can be known of it without its parameters and its table. */
export interface Prepared {
  table: string;
  index: string | undefined;
  parameters: number;
  /** What is wrong with it, said only once the table is known to be there and can be read (paritysuite partiqlMultiAttributeIndex). */
  problem: ServiceError | undefined;
  body: PreparedBody;
}

export type PreparedBody =
  | ({kind: 'select'} & PreparedSelect)
  | ({kind: 'exists'} & PreparedSelect)
  | {kind: 'insert'; value: InsertTemplate | undefined; returning: undefined}
  | {
      kind: 'update';
      update: UpdateTemplate | undefined;
      where: ConditionTemplate | undefined;
      returning: Returning | undefined;
    }
  | {kind: 'delete'; where: ConditionTemplate | undefined; returning: Returning | undefined};

export interface PreparedSelect {
  /** Undefined: all attributes. */
  projection: Projection | undefined;
  where: ConditionTemplate | undefined;
  orderBy: readonly {attribute: string; descending: boolean}[] | undefined;
}

/** Parses, or remembers, a statement. Throws ValidationException for what AWS refuses before it looks for the table. */
export const prepareStatement: (text: string) => Prepared = createCache(prepare);

function prepare(text: string): Prepared {
  const {statement, parameters} = parseStatement(text);
  const {table, index} = tableOf(statement);
  const late = createLate();
  const body = bodyOf(statement, late.attempt);
  return {table, index, parameters, problem: late.problem(), body};
}

type Attempt = <T>(build: () => T) => T | undefined;

/** Keeps the first refusal for later. */
function createLate(): {attempt: Attempt; problem(): ServiceError | undefined} {
  let problem: ServiceError | undefined;
  return {
    attempt: build => {
      try {
        return build();
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        problem ??= error;
        return undefined;
      }
    },
    problem: () => problem,
  };
}

function bodyOf(statement: Statement, attempt: Attempt): PreparedBody {
  switch (statement.kind) {
    case 'select':
      return {kind: 'select', ...selectOf(statement, attempt)};
    case 'exists':
      return {kind: 'exists', ...selectOf(statement.select, attempt)};
    case 'insert':
      return insertOf(statement, attempt);
    case 'update':
      return updateOf(statement, attempt);
    case 'delete':
      return deleteOf(statement, attempt);
  }
}

function selectOf(select: SelectStatement, attempt: Attempt): PreparedSelect {
  attempt(() => {
    if (select.problem !== undefined) throw validationError(select.problem);
  });
  const {projection: columns, where: condition, orderBy: terms} = select;
  const projection = columns && attempt(() => buildProjection(columns));
  const where = condition && attempt(() => buildCondition(condition));
  const orderBy = attempt(() =>
    terms?.map(({by, descending}) => {
      if (by.kind === 'path' && by.path.length === 1) return {attribute: by.path[0] as string, descending};
      throw validationError(`Argument to ORDER BY must be of type VariableReference. Type: ${by.kind}`);
    }),
  );
  return {projection, where, orderBy};
}

function insertOf(insert: InsertStatement, attempt: Attempt): PreparedBody {
  const value = attempt(() => buildInsert(insert));
  return {kind: 'insert', value, returning: undefined};
}

function updateOf({changes, where: condition, returning}: UpdateStatement, attempt: Attempt): PreparedBody {
  const update = attempt(() => buildUpdate(changes));
  const where = condition && attempt(() => buildCondition(condition));
  return {kind: 'update', update, where, returning};
}

function deleteOf({where: condition, returning}: DeleteStatement, attempt: Attempt): PreparedBody {
  attempt(() => {
    if (returning === undefined || returning === 'ALL OLD') return;
    throw validationError(
      `Invalid returning clause: RETURNING ${returning} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
    );
  });
  const where = condition && attempt(() => buildCondition(condition));
  return {kind: 'delete', where, returning};
}
