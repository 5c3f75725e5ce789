import {partitionHash} from '../../src/keyspace/item-key.ts';
import type {KeyValue} from '../../src/keyspace/ordered.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import {itemSize} from '../../src/model/item-size.ts';
import {canonical} from '../harness/check-table.ts';
import {
  entryOf,
  type ItemChange,
  indexesAt,
  isKeyValue,
  keyNames,
  keyOf,
  keyText,
  type Model,
  type ModelIndex,
  type ModelTable,
  statusAt,
} from './model.ts';
import {changed, holds, touchedParts} from './model-items.ts';
import {type ModelPage, pageAnswer, pageOf, segmentOf, startKeyNames} from './model-pages.ts';
import type {Change, ItemWrite, Op, PageOp, StatementOp, Test, TransactAction} from './program.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers have many shapes
  body: any;
}

/** What the model says of a request at the moment when the store did something for it. */
export interface Verdict {
  /** What to expect, as `shownOf` shows answers; or what to make of one: a text that tells what is wrong. */
  expected: object | ((answer: Answer, answeredMs: number) => string | undefined);
  /** What the request does, if its commit takes effect now. */
  effect?: Effect;
  /** The answer may also be this one if it is given no sooner than `fromMs`: a state of the table has passed by then. */
  later?: {fromMs: number; verdict: Verdict};
  /** It was done before, under the same token, by this request or another one. */
  isReplay?: true;
}

export type Effect =
  | {kind: 'items'; changes: ItemChange[]; token?: {token: string; parameters: string; expiresMs: number}}
  | {kind: 'table'; table: string};

export interface Times {
  /** When the engine called the store. */
  issuedMs: number;
  /** When the store did it. */
  nowMs: number;
}

const error = (code: string, more: object = {}) => ({error: code, ...more});
const notFound = error('ResourceNotFoundException');
const invalid = error('ValidationException');
const inUse = error('ResourceInUseException');
const tokenLifeMs = 600_000;

/** An answer as far as the model tells it: errors by their code. */
export function shownOf({status, body}: Answer): object {
  if (status === 200) return body;
  const {Item, CancellationReasons} = body;
  return {
    error: String(body.__type).split('#')[1],
    ...(Item ? {Item} : {}),
    ...(CancellationReasons
      ? {
          reasons: CancellationReasons.map((one: {Code: string; Item?: Item}) => ({
            Code: one.Code,
            ...(one.Item ? {Item: one.Item} : {}),
          })),
        }
      : {}),
  };
}

/** Undefined when the answer is what was expected. */
export function problemWith(verdict: Verdict, answer: Answer, answeredMs: number): string | undefined {
  const problem = compare(verdict, answer, answeredMs);
  if (problem === undefined || !verdict.later || answeredMs < verdict.later.fromMs) return problem;
  return problemWith(verdict.later.verdict, answer, answeredMs) && problem;
}

function compare({expected}: Verdict, answer: Answer, answeredMs: number): string | undefined {
  if (typeof expected === 'function') return expected(answer, answeredMs);
  const [wanted, found] = [canonical(expected), canonical(sorted(shownOf(answer)))];
  return wanted === found ? undefined : `expected ${wanted}, answered ${found}`;
}

/** BatchGetItem answers in any order. */
function sorted(shown: object): object {
  const {Responses} = shown as {Responses?: Record<string, Item[]>};
  if (!Responses || Array.isArray(Responses)) return shown;
  const ordered = Object.entries(Responses).map(([table, items]) => [table, inTextOrder(items)]);
  return {...shown, Responses: Object.fromEntries(ordered)};
}

const inTextOrder = (items: Item[]) => items.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));

function tablesOf(op: Op): string[] {
  switch (op.op) {
    case 'batchWrite':
      return op.writes.map(({table}) => table);
    case 'batchGet':
    case 'transactGet':
      return op.gets.map(({table}) => table);
    case 'transactWrite':
      return op.actions.map(({table}) => table);
    case 'statement':
      return [op.means.table];
    case 'transactStatements':
      return op.statements.map(({table}) => table);
    default:
      return [op.table];
  }
}

/** What is right, were `op` to happen at this moment. Changes nothing. */
export function judge(model: Model, op: Op, times: Times): Verdict {
  switch (op.op) {
    case 'createTable':
    case 'deleteTable':
    case 'addIndex':
    case 'dropIndex':
    case 'setStream':
    case 'setTtl':
      return judgeTableChange(model, op, times.issuedMs);
    case 'describe':
    case 'readStream':
      return {expected: () => undefined};
  }
  const tables = tablesOf(op).map(name => model.tables.get(name));
  const verdict = judgeOpen(model, op, times, tables, times.nowMs);
  const readyMs = Math.max(...tables.map(table => (table && table.readyMs > times.nowMs ? table.readyMs : 0)));
  if (readyMs === 0) return verdict;
  return {...verdict, later: {fromMs: readyMs, verdict: judgeOpen(model, op, times, tables, readyMs)}};
}

function judgeOpen(model: Model, op: Op, times: Times, tables: (ModelTable | undefined)[], atMs: number): Verdict {
  const takes = (table: ModelTable | undefined) => {
    const status = table && statusAt(table, atMs);
    return status === 'ACTIVE' || status === 'UPDATING';
  };
  if (!tables.every(takes)) {
    return {expected: op.op === 'transactStatements' ? answer => problemWithCancelled(answer) : notFound};
  }
  const open = tables as ModelTable[];
  switch (op.op) {
    case 'put':
    case 'update':
    case 'delete':
      return judgeWrite(open[0]!, op);
    case 'get': {
      const item = itemAt(open[0]!, op.key);
      if (!item) return {expected: {}};
      const shown = op.project
        ? Object.fromEntries(Object.entries(item).filter(([name]) => op.project!.includes(name)))
        : item;
      return {expected: {Item: shown}};
    }
    case 'batchWrite': {
      const texts = op.writes.map(({table, put, key}) => `${table} ${keyText(table, put ?? key!)}`);
      if (new Set(texts).size < texts.length) return {expected: invalid};
      if (op.writes.some(({put}, at) => put && !suitsIndexes(open[at]!, put))) return {expected: invalid};
      const changes = op.writes.map(({table, put, key}, at): ItemChange => {
        return {table, key: keyOf(table, put ?? key!), old: itemAt(open[at]!, put ?? key!), new: put};
      });
      return withChanges({UnprocessedItems: {}}, changes);
    }
    case 'batchGet': {
      const Responses: Record<string, Item[]> = {};
      const seen = new Set<string>();
      for (const [at, {table, key}] of op.gets.entries()) {
        if (seen.size === seen.add(`${table} ${keyText(table, key)}`).size) return {expected: invalid};
        Responses[table] ??= [];
        const item = itemAt(open[at]!, key);
        if (item) Responses[table].push(item);
      }
      for (const [table, items] of Object.entries(Responses)) Responses[table] = inTextOrder(items);
      return {expected: {Responses, UnprocessedKeys: {}}};
    }
    case 'transactWrite':
      return judgeTransaction(model, op, times, open, 'TransactWriteItems');
    case 'transactStatements':
      return judgeTransaction(model, asActions(op), times, open, 'ExecuteTransaction');
    case 'transactGet': {
      const texts = op.gets.map(({table, key}) => `${table} ${keyText(table, key)}`);
      if (new Set(texts).size < texts.length) return {expected: invalid};
      const Responses = op.gets.map(({key}, at) => {
        const item = itemAt(open[at]!, key);
        return item ? {Item: item} : {};
      });
      return {expected: {Responses}};
    }
    case 'query':
    case 'scan': {
      const asked = judgePage(open[0]!, op);
      return 'refused' in asked
        ? {expected: asked.refused}
        : {expected: pageAnswer(asked.page, asked.page.scanned, op)};
    }
    case 'statement':
      return judgeStatement(open[0]!, op);
    default:
      throw new Error(`no verdict on ${op.op}`);
  }
}

/** It looks once more at which tables are missing: by then all may be there, or none. */
function problemWithCancelled({status, body}: Answer): string | undefined {
  const code = String(body.__type).split('#')[1];
  const isRefused = ['TransactionCanceledException', 'ResourceNotFoundException', 'ValidationException'].includes(
    code!,
  );
  return status === 400 && isRefused ? undefined : `of a table that is not there: ${JSON.stringify(body)}`;
}

const itemAt = (table: ModelTable, key: Item) => table.items.get(keyText(table.name, key));

function withChanges(expected: object, changes: ItemChange[], token?: (Effect & {kind: 'items'})['token']): Verdict {
  const real = changes.filter(change => change.old !== undefined || change.new !== undefined);
  if (real.length === 0 && !token) return {expected};
  return {expected, effect: {kind: 'items', changes: real, ...(token ? {token} : {})}};
}

type Decided = {outcome: 'refused' | 'invalid'; old: Item | undefined} | {outcome: 'done'; change: ItemChange};

function decide(table: ModelTable, action: TransactAction): Decided {
  const key = keyOf(table.name, action.op === 'put' ? action.item : action.key);
  const old = itemAt(table, key);
  // What the request alone tells is looked at before any item is.
  if (action.op === 'put' && !suitsIndexes(table, action.item)) return {outcome: 'invalid', old};
  if (action.condition && !holds(old ?? {}, action.condition as Test)) return {outcome: 'refused', old};
  const change = {table: table.name, key, old};
  if (action.op === 'check') return {outcome: 'done', change: {...change, new: old}};
  if (action.op === 'put') return {outcome: 'done', change: {...change, new: action.item}};
  if (action.op === 'delete') return {outcome: 'done', change: {...change, new: undefined}};
  if (!old && action.changes.every(({change: kind}) => kind === 'remove' || kind === 'delete')) {
    return {outcome: 'done', change: {...change, new: undefined}};
  }
  const after = changed(old ?? key, action.changes);
  return after === 'invalid' || !suitsIndexes(table, after)
    ? {outcome: 'invalid', old}
    : {outcome: 'done', change: {...change, new: after}};
}

/** What an item has of the keys of an index must be of their types, and not empty. */
function suitsIndexes(table: ModelTable, item: Item): boolean {
  return table.indexes
    .filter(({status}) => status !== 'DELETING')
    .flatMap(({partition, sort}) => [...partition, ...sort])
    .every(name => item[name] === undefined || isKeyValue(table.name, name, item[name]));
}

function judgeWrite(table: ModelTable, op: ItemWrite): Verdict {
  const decided = decide(table, op);
  if (decided.outcome !== 'done') {
    if (decided.outcome === 'invalid') return {expected: invalid};
    const shown = op.onFailure && decided.old ? {Item: decided.old} : {};
    return {expected: error('ConditionalCheckFailedException', shown)};
  }
  const attributes = returned(op, decided.change);
  return withChanges(attributes ? {Attributes: attributes} : {}, [decided.change]);
}

function returned(op: ItemWrite, change: ItemChange): Item | undefined {
  const changes: Change[] = op.op === 'update' ? op.changes : [];
  switch (op.returns) {
    case 'ALL_OLD':
      return change.old;
    case 'ALL_NEW':
      return change.new;
    case 'UPDATED_OLD':
      return change.old && touchedParts(change.old, changes);
    case 'UPDATED_NEW':
      return change.new && touchedParts(change.new, changes);
    default:
      return undefined;
  }
}

/** The statements of a transaction as the actions that they mean; refusals have names of their own. */
function asActions({statements, token}: Op & {op: 'transactStatements'}): Op & {op: 'transactWrite'} {
  const actions = statements.map((means): TransactAction => {
    const {table} = means;
    if (means.kind === 'insert') return {op: 'put', table, item: means.item, condition: {test: 'missing', path: ['p']}};
    if (means.kind === 'delete') return {op: 'delete', table, key: means.key};
    const changes = means.set.map(([name, value]): Change => ({change: 'set', path: [name], value}));
    const exists: Test = {test: 'exists', path: ['p']};
    const [name, value] = means.condition ?? [];
    const equals: Test[] = name === undefined ? [] : [{test: 'compare', path: [name], by: '=', value: value!}];
    return {op: 'update', table, key: means.key, changes, condition: {test: 'and', of: [exists, ...equals]}};
  });
  return {op: 'transactWrite', actions, ...(token ? {token} : {})};
}

function judgeTransaction(
  model: Model,
  op: Op & {op: 'transactWrite'},
  times: Times,
  tables: ModelTable[],
  by: 'TransactWriteItems' | 'ExecuteTransaction',
): Verdict {
  const success = by === 'ExecuteTransaction' ? {Responses: []} : {};
  const tokenName = `${by} ${op.token}`;
  const texts = op.actions.map(
    (one, at) => `${one.table} ${keyText(tables[at]!.name, one.op === 'put' ? one.item : one.key)}`,
  );
  if (new Set(texts).size < texts.length) return {expected: invalid};
  const parameters = JSON.stringify(op.actions);
  const earlier = op.token === undefined ? undefined : model.tokens.get(tokenName);
  if (earlier && earlier.expiresMs > times.issuedMs) {
    const expected = earlier.parameters === parameters ? success : error('IdempotentParameterMismatchException');
    return {expected, isReplay: true};
  }
  const decided = op.actions.map((action, at) => decide(tables[at]!, action));
  if (decided.some(({outcome}) => outcome !== 'done')) {
    const reasons = decided.map((one, at) => {
      if (one.outcome === 'done') return {Code: 'None'};
      if (one.outcome === 'invalid') return {Code: 'ValidationError'};
      if (by === 'ExecuteTransaction' && op.actions[at]!.op === 'put') return {Code: 'DuplicateItem'};
      return {Code: 'ConditionalCheckFailed', ...(op.actions[at]!.onFailure && one.old ? {Item: one.old} : {})};
    });
    return {expected: error('TransactionCanceledException', {reasons})};
  }
  const changes = decided.flatMap((one, at) =>
    one.outcome === 'done' && op.actions[at]!.op !== 'check' ? [one.change] : [],
  );
  const token =
    op.token === undefined ? undefined : {token: tokenName, parameters, expiresMs: times.issuedMs + tokenLifeMs};
  return withChanges(success, changes, token);
}

function judgeStatement(table: ModelTable, {means}: StatementOp): Verdict {
  const key = keyOf(table.name, means.kind === 'insert' ? means.item : means.key);
  const old = itemAt(table, key);
  const change = {table: table.name, key, old};
  const none = {Items: []};
  switch (means.kind) {
    case 'insert':
      if (!suitsIndexes(table, means.item)) return {expected: invalid};
      return old ? {expected: error('DuplicateItemException')} : withChanges(none, [{...change, new: means.item}]);
    case 'update': {
      const [name, value] = means.condition ?? [];
      const isRight = name === undefined || (old?.[name] !== undefined && canonical(old[name]) === canonical(value));
      if (!old || !isRight) return {expected: error('ConditionalCheckFailedException')};
      const after = {...old, ...Object.fromEntries(means.set)};
      return suitsIndexes(table, after) ? withChanges(none, [{...change, new: after}]) : {expected: invalid};
    }
    case 'delete':
      return withChanges(none, [{...change, new: undefined}]);
    case 'select':
      return {expected: {Items: old ? [old] : []}};
  }
}

/** The page that a query or scan would see now, or why it is refused. The table takes requests. */
export function judgePage(table: ModelTable, op: PageOp): {refused: object} | {page: ModelPage; fetchBase: boolean} {
  const index = op.index === undefined ? undefined : liveIndex(table, op.index);
  if (op.index !== undefined && !index) return {refused: invalid};
  if (index?.kind === 'global' && (op.consistent || index.status === 'CREATING')) return {refused: invalid};
  if (index?.kind === 'global' && op.select === 'ALL_ATTRIBUTES' && index.projection !== 'ALL')
    return {refused: invalid};
  const schema = index ?? {partition: ['p'], sort: keyNames(table.name).slice(1)};
  if (op.op === 'query') {
    if (canonical(Object.keys(op.partition!).sort()) !== canonical(schema.partition.toSorted()))
      return {refused: invalid};
    if (op.sort && op.sort.name !== schema.sort[0]) return {refused: invalid};
  }
  if (op.startKey) {
    const names = startKeyNames(table.name, index);
    if (canonical(Object.keys(op.startKey).sort()) !== canonical(names.toSorted())) return {refused: invalid};
    const hash = partitionHash(schema.partition.map(name => op.startKey![name] as KeyValue));
    if (op.segment && segmentOf(hash, op.segment.total) !== op.segment.number) return {refused: invalid};
  }
  const fetchBase = index?.kind === 'local' && op.select === 'ALL_ATTRIBUTES' && index.projection !== 'ALL';
  return {page: pageOf(table, index, op), fetchBase};
}

const liveIndex = (table: ModelTable, name: string): ModelIndex | undefined =>
  table.indexes.find(index => index.name === name && index.status !== 'DELETING');

type TableChangeOp = Op & {op: 'createTable' | 'deleteTable' | 'addIndex' | 'dropIndex' | 'setStream' | 'setTtl'};

function judgeTableChange(model: Model, op: TableChangeOp, atMs: number): Verdict {
  const table = model.tables.get(op.table);
  const status = table && statusAt(table, atMs);
  const refusal = refusalOfChange(model, op, table, status, atMs);
  if (refusal) return {expected: refusal};
  const expected = ({status: http, body}: Answer) => (http === 200 ? undefined : `refused: ${JSON.stringify(body)}`);
  return {expected, effect: {kind: 'table', table: op.table}};
}

function refusalOfChange(
  {ttlFixedMs}: Model,
  op: TableChangeOp,
  table: ModelTable | undefined,
  status: ModelTable['status'] | undefined,
  atMs: number,
): object | undefined {
  if (op.op === 'createTable') return status ? inUse : undefined;
  if (!table || !status) return notFound;
  if (status === 'CREATING' || status === 'DELETING') return inUse;
  const indexes = indexesAt(table, atMs);
  const busy = indexes.filter(index => index.status !== 'ACTIVE');
  switch (op.op) {
    case 'deleteTable':
      return busy.length > 0 || status === 'UPDATING' ? inUse : undefined;
    case 'addIndex':
    case 'dropIndex': {
      if (status === 'UPDATING' && busy.length === 0) return inUse;
      const name = op.op === 'addIndex' ? op.index.name : op.index;
      if (busy.some(index => index.name !== name)) return error('LimitExceededException');
      const index = indexes.find(one => one.name === name);
      if (op.op === 'addIndex') return index && (index.status === 'CREATING' ? inUse : invalid);
      if (!index) return notFound;
      if (index.status === 'DELETING') return inUse;
      return index.status === 'CREATING' && status === 'UPDATING' ? inUse : undefined;
    }
    case 'setStream':
      if (status === 'UPDATING') return inUse;
      return (table.stream?.enabled ?? false) === (op.view !== 'off') ? invalid : undefined;
    case 'setTtl':
      if (table.ttl && atMs < table.ttl.changedMs + ttlFixedMs) return invalid;
      return (table.ttl?.on ?? false) === op.enabled ? invalid : undefined;
  }
}

/** Counts and sizes of a table and of each of its indexes, by adding up. */
export function totalsOf(table: ModelTable): Record<string, {items: number; bytes: number}> {
  const items = [...table.items.values()];
  const sum = (list: Item[]) => ({items: list.length, bytes: list.reduce((bytes, item) => bytes + itemSize(item), 0)});
  const totals: Record<string, {items: number; bytes: number}> = {'': sum(items)};
  for (const index of table.indexes) {
    if (index.status !== 'ACTIVE') continue;
    totals[index.name] = sum(items.map(item => entryOf(table.name, index, item)).filter(entry => entry !== undefined));
  }
  return totals;
}
