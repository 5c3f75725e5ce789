import {type Awaitable, whenReady} from '../../base/awaitable.ts';
import {addConsumed, type Consumed, consumedOfTable, totalUnits} from '../../engine/capacity.ts';
import type {Engine} from '../../engine/engine.ts';
import type {BoundStatement} from '../../engine/partiql/bound-statement.ts';
import {mustBeAboutDistinctItems} from '../../engine/partiql/must-be-about-distinct-items.ts';
import {selectOne} from '../../engine/partiql/select-one.ts';
import {writeStatement} from '../../engine/partiql/write.ts';
import {ServiceError, type ServiceErrorCode, validationError} from '../../model/service-error.ts';
import type {BatchExecuteStatementInput, BatchStatementRequest} from '../../model/shapes.generated.ts';
import {consumedCapacity, type ReturnConsumedCapacity} from '../consumed-capacity.ts';
import {type Caller, defineOperation, RawAnswer} from '../operation.ts';
import {onStatement, parseWireStatement} from '../statement.ts';
import {mustHaveWritten} from '../statement-answer.ts';

/** A statement, or why it can't be read: then only it fails. */
type Member = {wire: BatchStatementRequest; statement: BoundStatement} | {error: ServiceError};

export const batchExecuteStatementOperation = defineOperation({
  name: 'BatchExecuteStatement',
  parse: (wire: BatchExecuteStatementInput, caller) => {
    const members = wire.Statements.map(each => parseMember(each, caller));
    mustAllReadOrWrite(members);
    return {members, capacity: wire.ReturnConsumedCapacity};
  },
  permissions: ({members}, engine) =>
    members.flatMap(member => ('statement' in member ? [onStatement(member.statement, engine)] : [])),
  run: async (engine, {members, capacity}) => {
    await mustBeAboutDistinctItems(engine, readableStatements(members));
    const answers = await Promise.all(members.map(member => runMember(engine, member)));
    return new RawAnswer(answerBody(answers, capacityOf(capacity, answers)));
  },
});

function parseMember(wire: BatchStatementRequest, caller: Caller): Member {
  try {
    return {wire, statement: parseWireStatement(wire, caller)};
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return {error};
  }
}

/** One that can't be read takes no part in what is asked of all (dynoxide's captures, eu-west-2, 2026-08). */
function readableStatements(members: readonly Member[]): BoundStatement[] {
  return members.flatMap(member =>
    'statement' in member && !member.statement.prepared.problem ? [member.statement] : [],
  );
}

function mustAllReadOrWrite(members: readonly Member[]): void {
  const kinds = new Set(readableStatements(members).map(({prepared}) => prepared.body.kind === 'select'));
  if (kinds.size < 2) return;
  throw validationError('Read and write requests together in the same batch is not supported.');
}

interface MemberAnswer {
  error?: ServiceError;
  /** It reached its table. */
  ran?: {tableName: string; consumed: Consumed};
  json?: Buffer | string | undefined;
}

async function runMember(engine: Engine, member: Member): Promise<MemberAnswer> {
  if ('error' in member) return member;
  try {
    return await runStatement(engine, member.wire, member.statement);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return {error};
  }
}

function runStatement(engine: Engine, wire: BatchStatementRequest, statement: BoundStatement): Awaitable<MemberAnswer> {
  const tableName = statement.table.name;
  const {kind} = statement.prepared.body;
  if (kind === 'exists') throw validationError('EXISTS can only be used in ExecuteTransaction write requests.');
  if (kind === 'select') {
    const selected = selectOne(engine, statement as BoundStatement<'select'>, wire.ConsistentRead === true);
    return whenReady(selected, ({json, consumed}) => ({json, ran: {tableName, consumed}}));
  }
  // ReturnValuesOnConditionCheckFailure does nothing here (paritysuite batchExecuteStatement, 2026).
  const written = writeStatement(engine, statement as BoundStatement<'insert' | 'update' | 'delete'>, false);
  return whenReady(written, result => {
    const {outcome, returned} = result;
    const ran = {tableName, consumed: outcome instanceof ServiceError ? nothing : outcome.consumed};
    try {
      mustHaveWritten(result);
      return {json: returned, ran};
    } catch (error) {
      return {error: error as ServiceError, ran};
    }
  });
}

const nothing: Consumed = {table: 0, local: {}, global: {}};

/**
 * One entry for each table where something succeeded. What a statement cost that failed there is in the total alone, and a
 * table where all failed has no entry (dynoxide's captures, eu-west-2, 2026-08-13).
 */
function capacityOf(
  asked: ReturnConsumedCapacity | undefined,
  answers: readonly MemberAnswer[],
): readonly object[] | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  const done = new Map<string, Consumed>();
  const failedUnits = new Map<string, number>();
  for (const {error, ran} of answers) {
    if (!ran) continue;
    const {tableName, consumed} = ran;
    if (error) {
      failedUnits.set(tableName, (failedUnits.get(tableName) ?? 0) + totalUnits(consumed));
      continue;
    }
    const sum = done.get(tableName) ?? consumedOfTable(0);
    addConsumed(sum, consumed);
    done.set(tableName, sum);
  }
  if (done.size === 0) return undefined;
  return [...done].map(([tableName, consumed]) => ({
    ...consumedCapacity(asked, tableName, consumed),
    CapacityUnits: totalUnits(consumed) + (failedUnits.get(tableName) ?? 0),
  }));
}

const codes: {readonly [code in ServiceErrorCode]?: string} = {
  AccessDeniedException: 'AccessDenied',
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  DuplicateItemException: 'DuplicateItem',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  ResourceNotFoundException: 'ResourceNotFound',
  ThrottlingException: 'ThrottlingError',
  TransactionConflictException: 'TransactionConflict',
  ValidationException: 'ValidationError',
};

/** The table is named where a statement reached it, whether or not it then failed (paritysuite batchExecuteStatement). */
function answerBody(answers: readonly MemberAnswer[], consumed: readonly object[] | undefined): (string | Buffer)[] {
  const body: (string | Buffer)[] = ['{"Responses":['];
  answers.forEach(({error, ran, json}, at) => {
    if (at > 0) body.push(',');
    const members = {
      ...(error && {Error: {Code: codes[error.code] ?? 'InternalServerError', Message: error.message}}),
      ...(ran && {TableName: ran.tableName}),
    };
    const text = JSON.stringify(members);
    if (json === undefined) body.push(text);
    else body.push('{"Item":', json, `,${text.slice(1)}`);
  });
  body.push(consumed ? `],"ConsumedCapacity":${JSON.stringify(consumed)}}` : ']}');
  return body;
}
