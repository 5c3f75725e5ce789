import {itemKey, partitionHash} from '../../src/keyspace/item-key.ts';
import type {KeyValue} from '../../src/keyspace/ordered.ts';
import type {TableId} from '../../src/keyspace/table-record.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import {canonical} from '../harness/check-table.ts';
import {type Answer, problemWith, shownOf, type Verdict} from './judge.ts';
import {keyText} from './model.ts';
import type {Judged} from './oracle.ts';
import type {Op} from './program.ts';
import {wireCall} from './wire.ts';

/** A request of a client that is not answered yet. */
interface Going {
  judged: Judged;
  node: number;
  /** Transactions that write which were under way at its node at some moment since it was asked. */
  met: Set<Going>;
  /** Of a transaction: it waits for its commit, or for the end of it. */
  isUnderWay: boolean;
  /** The items that it must be known to have, by their keys. */
  keys: ReadonlySet<string>;
}

type TransactionOp = Op & {op: 'transactWrite' | 'transactStatements'};

const isTransaction = (op: Judged['op']): op is TransactionOp =>
  op.op === 'transactWrite' || op.op === 'transactStatements';

/**
 * Looks at conflicts from outside of the engine, both ways: nobody is told of one with a transaction that was not under way
 * at that node meanwhile, or without that item; and nothing is written, and no transaction reads, past one that is.
 * `fail` is told what is wrong.
 */
export function newConflicts(fail: (problem: string) => void) {
  const going = new Map<Judged, Going>();
  let count = 0;
  return {asked, underWay, calls, settled, ended, problemWithAnswer, count: () => count};

  function asked(judged: Judged, node: number): void {
    const met = new Set([...going.values()].filter(other => other.node === node && other.isUnderWay));
    going.set(judged, {judged, node, met, isUnderWay: false, keys: new Set()});
  }

  /** It waits, and its items are these. */
  function underWay(judged: Judged, keys: readonly string[]): void {
    const mine = going.get(judged);
    if (!mine || !isTransaction(judged.op)) return;
    mine.isUnderWay = true;
    mine.keys = new Set(keys);
    for (const other of going.values()) if (other.node === mine.node && other !== mine) other.met.add(mine);
  }

  /** A request calls the store, for these items: past none that another transaction has. */
  function calls(judged: Judged, kind: string, keys: readonly string[]): void {
    const mine = going.get(judged);
    if (!mine || (kind !== 'commit' && (judged.op.op !== 'transactGet' || kind !== 'read'))) return;
    for (const other of going.values()) {
      if (other === mine || other.node !== mine.node || !keys.some(key => other.keys.has(key))) continue;
      fail(`${judged.op.op} went past a transaction under way: ${JSON.stringify(other.judged.op)}`);
    }
    if (kind === 'commit') underWay(judged, keys);
  }

  /** Its commit is answered. It may have to plan again, and others may be told of it until it is answered itself. */
  function settled(judged: Judged): void {
    const mine = going.get(judged);
    if (mine) mine.keys = new Set();
  }

  function ended(judged: Judged): void {
    going.delete(judged);
  }

  /** Like `problemWith`, which knows of no conflicts. Before the request has ended. */
  function problemWithAnswer(judged: Judged, answer: Answer, answeredMs: number): string | undefined {
    const {op, verdict} = judged;
    const mine = going.get(judged)!;
    if (op.op === 'batchWrite' && answer.status === 200) return problemWithBatch(mine, op, answer, answeredMs);
    const shown = shownOf(answer) as {error?: string; reasons?: {Code: string}[]};
    const verdicts = [verdict, ...(verdict.later && answeredMs >= verdict.later.fromMs ? [verdict.later.verdict] : [])];
    const isConflict =
      shown.error === 'TransactionConflictException' || shown.reasons?.some(({Code}) => Code === 'TransactionConflict');
    if (isConflict) {
      count++;
      if (judged.applied) return 'it was written in spite of a conflict';
      const problems = verdicts.map(one => problemWithConflict(mine, op as Op, one, shown));
      return problems.includes(undefined) ? undefined : problems[0];
    }
    if (shown.error === 'TransactionInProgressException' || shown.error === 'IdempotentParameterMismatchException') {
      const isSame = shown.error === 'TransactionInProgressException';
      if (!isSame && problemWith(verdict, answer, answeredMs) === undefined) return undefined;
      count++;
      if (judged.applied) return `it was written, and answered ${shown.error}`;
      if (verdicts.every(one => one.isReplay)) return `answered ${shown.error} of what is done`;
      return metToken(mine, op as TransactionOp, isSame) ? undefined : `answered ${shown.error} without a reason`;
    }
    return problemWith(verdict, answer, answeredMs);
  }

  function problemWithConflict(
    {met}: Going,
    op: Op,
    verdict: Verdict,
    shown: {reasons?: {Code: string}[]},
  ): string | undefined {
    const isMet = itemTexts(op).map(item => isIn(met, item));
    if (!shown.reasons) return isMet[0] ? undefined : `a conflict with nobody: ${JSON.stringify(op)}`;
    if (typeof verdict.expected === 'function') return verdict.expected({status: 400, body: asBody(shown)}, 0);
    if (verdict.isReplay) return 'a conflict of what is done already';
    const {error, reasons: own} = verdict.expected as {error?: string; reasons?: {Code: string}[]};
    if (error !== undefined && error !== 'TransactionCanceledException') return `a conflict instead of ${error}`;
    for (const [at, reason] of shown.reasons.entries()) {
      const expected = own?.[at] ?? {Code: 'None'};
      if (expected.Code === 'None' && reason.Code === 'TransactionConflict' && isMet[at]) continue;
      if (canonical(reason) === canonical(expected)) continue;
      return `reason ${at} is ${canonical(reason)} instead of ${canonical(expected)}, met: ${isMet.join()}`;
    }
    return undefined;
  }

  /** What comes back is exactly what was not committed, and each of it met a transaction. */
  function problemWithBatch(
    {judged, met}: Going,
    op: Op & {op: 'batchWrite'},
    answer: Answer,
    answeredMs: number,
  ): string | undefined {
    const committed = judged.part?.writes ?? [];
    const left = op.writes.filter(write => !committed.includes(write));
    const expected = left.length > 0 ? requestItems({op: 'batchWrite', writes: left}) : {};
    const {UnprocessedItems} = answer.body;
    if (canonical(UnprocessedItems) !== canonical(expected)) {
      return `left undone ${canonical(UnprocessedItems)} instead of ${canonical(expected)}`;
    }
    if (left.length > 0) count++;
    for (const item of itemTexts({op: 'batchWrite', writes: left})) {
      if (!isIn(met, item)) return `left undone without a conflict: ${item}`;
    }
    if (committed.length === 0) return judged.applied ? 'it was written, and left undone' : undefined;
    return problemWith(judged.verdict, {...answer, body: {...answer.body, UnprocessedItems: {}}}, answeredMs);
  }
}

/** The items, or their keys, that a request writes or a transaction includes. */
export function itemsOf(op: Op): {table: string; item: Item}[] {
  switch (op.op) {
    case 'put':
      return [{table: op.table, item: op.item}];
    case 'update':
    case 'delete':
      return [{table: op.table, item: op.key}];
    case 'statement':
      return [{table: op.means.table, item: op.means.kind === 'insert' ? op.means.item : op.means.key}];
    case 'batchWrite':
      return op.writes.map(({table, put, key}) => ({table, item: put ?? key!}));
    case 'transactWrite':
      return op.actions.map(one => ({table: one.table, item: one.op === 'put' ? one.item : one.key}));
    case 'transactStatements':
      return op.statements.map(one => ({table: one.table, item: one.kind === 'insert' ? one.item : one.key}));
    case 'transactGet':
      return op.gets.map(({table, key}) => ({table, item: key}));
    default:
      return [];
  }
}

const itemTexts = (op: Op) => itemsOf(op).map(({table, item}) => `${table} ${keyText(table, item)}`);

/** The key of an item of this table, as a text. */
export function itemKeyText(id: TableId, {p, s}: Item): string {
  return itemKey(id, partitionHash([p as KeyValue]), s as KeyValue | undefined).toString('latin1');
}

const isIn = (met: ReadonlySet<Going>, item: string) =>
  [...met].some(({judged}) => itemTexts(judged.op as Op).includes(item));

const parametersOf = (op: TransactionOp) => JSON.stringify(op.op === 'transactWrite' ? op.actions : op.statements);

function metToken({met}: Going, op: TransactionOp, isSame: boolean): boolean {
  return [...met].some(({judged}) => {
    const other = judged.op as TransactionOp;
    if (other.op !== op.op || other.token !== op.token || op.token === undefined) return false;
    return (parametersOf(other) === parametersOf(op)) === isSame;
  });
}

const asBody = (shown: object) => ({__type: `#${(shown as {error: string}).error}`});
const requestItems = (op: Op) => (wireCall(op).input as {RequestItems: object}).RequestItems;
