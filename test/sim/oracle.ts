import {changeTime, decodeChange, isShardEnd} from '../../src/keyspace/change-record.ts';
import {keySpace} from '../../src/keyspace/register.ts';
import {decodeStoredItem} from '../../src/keyspace/stored-item.ts';
import {decodeTableRecord, type TableRecord, tableKey} from '../../src/keyspace/table-record.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import type {Write} from '../../src/storage/store.ts';
import {canonical} from '../harness/check-table.ts';
import {type Effect, judge, judgePage, type Times, totalsOf, type Verdict} from './judge.ts';
import {
  applyChanges,
  isExpired,
  keyText,
  type LogEntry,
  type Model,
  type ModelTable,
  statusAt,
  streamName,
} from './model.ts';
import {type ModelPage, pageAnswer} from './model-pages.ts';
import type {Op, PageOp} from './program.ts';

/** What the store is asked, as the oracle sees it. */
export type CallKind = 'read' | 'scan' | 'commit' | 'counters' | 'clear';

/** A request of a client, from its sending to its answer. */
export interface Judged {
  /** `free`: what it does is not judged here. */
  op: Op | {op: 'free'} | RecordsOp;
  verdict: Verdict;
  /** Its commit took effect. */
  applied: boolean;
  /** Of a batch: what it commits, which is all but what is in conflict with a transaction under way. */
  part?: Op & {op: 'batchWrite'};
  /** Of a query or scan: the page, once scanned. */
  page?: {tableId: number; indexes: string; found: ModelPage; fetchBase: boolean} | 'whatever';
  /** Of a description: the totals when they were read. */
  totals?: {tableId: number; totals: ReturnType<typeof totalsOf>};
  /** Of GetRecords: what lay in the log from there on. */
  entries?: LogEntry[];
}

export interface RecordsOp {
  op: 'records';
  tableId: number;
  shard: number;
  position: number | 'horizon';
}

export const region = 'us-east-1';

/**
 * Follows the store call by call: judges requests at the moment when the store does something for them, and brings the
 * model forward with each commit that took effect. `fail` is told what is wrong.
 */
export function newOracle(model: Model, fail: (problem: string) => void) {
  return {before, committed};

  /** Called when the store is about to do something for a request. */
  function before(judged: Judged, kind: CallKind, times: Times): void {
    const {op} = judged;
    if (op.op === 'free' || judged.applied || kind === 'clear') return;
    if (op.op === 'records') {
      if (kind === 'scan')
        judged.entries = (model.logs.get(`${op.tableId}/${op.shard}`) ?? []).slice(
          op.position === 'horizon' ? 0 : op.position,
        );
      return;
    }
    if (op.op === 'describe' || op.op === 'readStream') judgeDescription(judged, op.table, kind, times);
    else if (op.op === 'query' || op.op === 'scan') judgePaging(judged, op, kind, times);
    else {
      const {verdict} = judged;
      judged.verdict = judge(model, judged.part ?? op, times);
      // Where tables are missing it looks for them once more, to tell which: they may be there by then.
      const missing =
        typeof verdict.expected === 'function' ? verdict : verdict.later?.fromMs === 0 && verdict.later.verdict;
      if (op.op === 'transactStatements' && missing) judged.verdict.later = {fromMs: 0, verdict: missing};
    }
  }

  function judgePaging(judged: Judged, op: PageOp, kind: CallKind, times: Times): void {
    const table = model.tables.get(op.table);
    if (kind === 'read' && judged.page === undefined) {
      judged.verdict = judge(model, op, times);
      seen.set(judged, table);
      seenIndexes.set(judged, table ? indexesText(table) : '');
      return;
    }
    // Between its look at the table and its scan the table or index may have been dropped, and partly cleared.
    const isAsSeen = table === seen.get(judged) && table?.status !== 'DELETING';
    if (!table || !isAsSeen || indexesText(table) !== seenIndexes.get(judged)) {
      judged.page = 'whatever';
      judged.verdict = {expected: ({status, body}) => (status === 200 ? undefined : JSON.stringify(body))};
      return;
    }
    if (judged.page === 'whatever') return;
    if (kind === 'scan') {
      const asked = judgePage(table, op);
      if ('refused' in asked) {
        judged.verdict = {expected: asked.refused};
        return;
      }
      const {page, fetchBase} = asked;
      judged.page = {tableId: table.id, indexes: indexesText(table), found: page, fetchBase};
      judged.verdict = {expected: pageAnswer(page, page.scanned, op)};
    } else if (judged.page?.fetchBase) {
      const {found} = judged.page;
      const base = found.scanned.map(entry => table.items.get(keyText(table.name, entry)));
      judged.verdict = {expected: pageAnswer(found, base, op)};
    }
  }

  function judgeDescription(judged: Judged, name: string, kind: CallKind, times: Times): void {
    const table = model.tables.get(name);
    if (kind === 'counters') {
      const isDeleting = table?.status === 'DELETING';
      if (table && !isDeleting) judged.totals = {tableId: table.id, totals: totalsOf(table)};
      return;
    }
    const seenAs = table && {...table, indexes: table.indexes.map(index => ({...index}))};
    judged.verdict = {
      expected: (answer, answeredMs) => {
        const statuses = new Set([times.nowMs, answeredMs].map(atMs => statusOf(seenAs, atMs)));
        if (answer.status !== 200) {
          const code = String(answer.body.__type).split('#')[1];
          return code === 'ResourceNotFoundException' && statuses.has(undefined) ? undefined : `answered ${code}`;
        }
        const {Table} = answer.body;
        if (!statuses.has(Table.TableStatus)) return `answered ${Table.TableStatus}, not one of ${[...statuses]}`;
        const {totals} = judged;
        // Of a table that is being deleted the counts go with the items.
        if (!totals || totals.tableId !== seenAs!.id || Table.TableStatus === 'DELETING') return undefined;
        return problemWithTotals(Table, seenAs!, totals.totals);
      },
    };
  }

  /** Called after a commit; `oldItems` are the stored items that it deleted. Its writes are none when it decided so. */
  function committed(
    judged: Judged | undefined,
    by: string,
    writes: readonly Write[],
    oldItems: readonly Item[],
    times: Times,
  ): void {
    const effect = judged && !judged.applied ? judged.verdict.effect : undefined;
    if (judged && judged.op.op !== 'free') {
      if (writes.length === 0) return;
      if (!effect) {
        fail(`${by} wrote ${describeWrites(writes)}, although it should have refused`);
        return;
      }
      judged.applied = true;
      apply(effect, judged.op as Op, writes, times);
      return;
    }
    applyJob(by, writes, oldItems, times);
  }

  function apply(effect: Effect, op: Op, writes: readonly Write[], times: Times): void {
    if (effect.kind === 'items') {
      if (effect.token) model.tokens.set(effect.token.token, effect.token);
      record(applyChanges(model, effect.changes, times.nowMs), writes, times);
      return;
    }
    applyTableChange(op, effect.table, writes, times);
    recordEnds(writes);
  }

  /** What streams have recorded must be what changed, one by one. */
  function record(
    expected: {tableId: number; entry: LogEntry & object}[],
    writes: readonly Write[],
    times: Times,
  ): void {
    const appends = writes.filter(write => write.kind === 'append');
    if (appends.length !== expected.length) {
      fail(`stream: ${expected.length} changes, but ${appends.length} records`);
      return;
    }
    for (const [at, {log, record: bytes}] of appends.entries()) {
      const {tableId, entry} = expected[at]!;
      const found = entryOfRecord(bytes);
      const wanted = {...entry, createdMs: changeTime(bytes)};
      if (log.readUInt32BE(1) !== tableId || canonical(found) !== canonical(wanted)) {
        fail(`stream: recorded ${canonical(found)} instead of ${canonical(wanted)}`);
      }
      if (changeTime(bytes) > times.nowMs) fail('stream: a record of the future');
      logOf(log).push(found);
    }
  }

  function recordEnds(writes: readonly Write[]): void {
    for (const write of writes) if (write.kind === 'append' && isShardEnd(write.record)) logOf(write.log).push('end');
  }

  function logOf(log: Buffer): LogEntry[] {
    const name = `${log.readUInt32BE(1)}/${log.readUInt32BE(5)}`;
    const found = model.logs.get(name) ?? [];
    model.logs.set(name, found);
    if (found.at(-1) === 'end') fail(`stream: a record behind the end of shard ${name}`);
    return found;
  }

  function applyTableChange(op: Op, name: string, writes: readonly Write[], times: Times): void {
    const key = tableKey(region, name);
    const write = writes.find(one => one.kind !== 'append' && one.kind !== 'add' && one.key.equals(key));
    const stored = write?.kind === 'put' ? decodeTableRecord(write.value) : undefined;
    const before = model.tables.get(name);
    if (op.op === 'deleteTable') {
      endStream(before!, times.issuedMs);
      if (stored) Object.assign(before!, {status: 'DELETING', readyMs: stored.readyMs});
      else model.tables.delete(name);
      return;
    }
    if (!stored) {
      fail(`${op.op} of ${name} wrote no record of the table`);
      return;
    }
    if (op.op === 'createTable') {
      if (before && before.id >= stored.id) fail(`a new table has the id ${stored.id}, which was given before`);
      const created = newTable(op.table, stored, op.shape.indexes);
      model.tables.set(name, created);
      if (created.stream) startStream(created, true);
      return;
    }
    const table = before!;
    if (op.op === 'setTtl') {
      table.ttl = {on: op.enabled, changedMs: stored.timeToLive!.changedMs};
      return;
    }
    table.status = stored.status;
    table.readyMs = stored.readyMs;
    table.indexes = table.indexes.filter(index => stored.indexes.some(one => one.name === index.name));
    if (op.op === 'addIndex') {
      const {readyMs} = stored.indexes.find(one => one.name === op.index.name)!;
      table.indexes = table.indexes.filter(index => index.name !== op.index.name);
      table.indexes.push({...op.index, status: 'CREATING', readyMs});
    }
    if (op.op === 'dropIndex') {
      const index = table.indexes.find(one => one.name === op.index)!;
      index.status = 'DELETING';
      index.readyMs = stored.indexes.find(one => one.name === op.index)!.readyMs;
    }
    if (op.op === 'setStream') {
      if (op.view === 'off') {
        endStream(table, times.issuedMs);
        return;
      }
      table.stream = {view: op.view, createdMs: stored.stream!.createdMs, enabled: true};
      startStream(table, table.items.size === 0);
    }
  }

  function startStream(table: ModelTable, complete: boolean): void {
    const {view, createdMs} = table.stream!;
    const stream = {table: table.name, tableId: table.id, view, createdMs, endedMs: undefined, complete};
    model.streams.set(streamName(table.name, createdMs), stream);
  }

  function endStream(table: ModelTable, atMs: number): void {
    if (!table.stream?.enabled) return;
    model.streams.get(streamName(table.name, table.stream.createdMs))!.endedMs = atMs;
    table.stream = {...table.stream, enabled: false};
  }

  /** Jobs change no item, except that items go whose time is up, and they make indexes active. */
  function applyJob(by: string, writes: readonly Write[], oldItems: readonly Item[], times: Times): void {
    const deletions = writes.filter(write => write.kind === 'delete' && write.key[0] === keySpace.item);
    const changes = deletions.map((write, at) => {
      const tableId = (write as {key: Buffer}).key.readUInt32BE(1);
      const table = [...model.tables.values()].find(one => one.id === tableId);
      const item = oldItems[at];
      const old = table && item && table.items.get(keyText(table.name, item));
      if (!table || !old) {
        fail(`${by} deleted an item that is not there: ${JSON.stringify(item)}`);
        return undefined;
      }
      if (!by.includes('delete-expired') || !table.ttl?.on || !isExpired(old.ttl, times.nowMs)) {
        fail(`${by} deleted an item of ${table.name} that has not expired: ${JSON.stringify(old)}`);
      }
      return {table: table.name, key: item, old, new: undefined, byService: true};
    });
    if (deletions.length > 0)
      record(
        applyChanges(
          model,
          changes.filter(one => one !== undefined),
          times.nowMs,
        ),
        writes,
        times,
      );
    else recordEnds(writes);
    for (const write of writes) {
      if (write.kind === 'put' && write.key[0] === keySpace.item) checkRewritten(by, write);
      if (write.kind === 'put' && write.key[0] === keySpace.tableByName) takeOver(decodeTableRecord(write.value));
      if (write.kind === 'delete' && write.key[0] === keySpace.tableByName) forgetTable(by, write.key, times);
    }
  }

  function forgetTable(by: string, key: Buffer, times: Times): void {
    const table = [...model.tables.values()].find(one => tableKey(region, one.name).equals(key));
    if (!table || statusAt(table, times.nowMs) !== undefined) fail(`${by} forgot a table that is not gone`);
    else model.tables.delete(table.name);
  }

  function checkRewritten(by: string, {key, value}: Write & {kind: 'put'}): void {
    const table = [...model.tables.values()].find(one => one.id === key.readUInt32BE(1));
    const item = decodeStoredItem(value);
    const known = table?.items.get(keyText(table.name, item));
    if (canonical(known ?? null) !== canonical(item))
      fail(`${by} changed ${canonical(known ?? null)} to ${canonical(item)}`);
  }

  function takeOver(record: TableRecord): void {
    const table = model.tables.get(record.name);
    if (table?.id !== record.id) {
      fail(`a job wrote the record of ${record.name}, which is another table now`);
      return;
    }
    for (const index of table.indexes) {
      const stored = record.indexes.find(one => one.name === index.name);
      if (index.status === 'CREATING' && stored?.status === 'ACTIVE') index.status = 'ACTIVE';
      if (stored && index.status !== stored.status)
        fail(`index ${index.name}: ${stored.status} instead of ${index.status}`);
    }
  }
}

const seen = new WeakMap<Judged, ModelTable | undefined>();
const seenIndexes = new WeakMap<Judged, string>();
const indexesText = ({indexes}: ModelTable) => canonical(indexes.map(index => ({...index, readyMs: 0})));

function statusOf(table: ModelTable | undefined, atMs: number): string | undefined {
  if (!table) return undefined;
  if (atMs < table.readyMs) return table.status;
  return table.status === 'DELETING' ? undefined : 'ACTIVE';
}

function newTable(name: string, stored: TableRecord, indexes: ModelTable['indexes'] | readonly object[]): ModelTable {
  return {
    id: stored.id,
    name,
    status: 'CREATING',
    readyMs: stored.readyMs,
    items: new Map(),
    indexes: (indexes as ModelTable['indexes']).map(index => ({...index, status: 'ACTIVE', readyMs: 0})),
    stream: stored.stream && {view: stored.stream.viewType, createdMs: stored.stream.createdMs, enabled: true},
    ttl: undefined,
  };
}

function entryOfRecord(bytes: Buffer): LogEntry & object {
  const {kind, byService, createdMs, keysAndImages} = decodeChange(bytes);
  const {Keys, NewImage, OldImage} = JSON.parse(`{"Keys":${keysAndImages}}`);
  return {
    kind: kind as 'INSERT',
    keys: Keys,
    byService,
    createdMs,
    ...(OldImage ? {old: OldImage} : {}),
    ...(NewImage ? {new: NewImage} : {}),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a table as DescribeTable answers
function problemWithTotals(described: any, table: ModelTable, totals: ReturnType<typeof totalsOf>): string | undefined {
  const shown = new Map<string, {items: number; bytes: number}>();
  shown.set('', {items: described.ItemCount, bytes: described.TableSizeBytes});
  for (const index of [...(described.LocalSecondaryIndexes ?? []), ...(described.GlobalSecondaryIndexes ?? [])]) {
    const known = table.indexes.find(({name}) => name === index.IndexName);
    if (known?.status === 'ACTIVE') shown.set(index.IndexName, {items: index.ItemCount, bytes: index.IndexSizeBytes});
  }
  for (const [name, found] of shown) {
    const wanted = totals[name];
    if (wanted && canonical(wanted) !== canonical(found)) {
      return `totals of ${name || 'the table'}: ${canonical(found)} instead of ${canonical(wanted)}`;
    }
  }
  return undefined;
}

function describeWrites(writes: readonly Write[]): string {
  return writes.map(write => `${write.kind} ${keyOfWrite(write).toString('hex')}`).join(', ');
}

export function keyOfWrite(write: Write): Buffer {
  return write.kind === 'append' ? write.log : write.kind === 'add' ? write.counter : write.key;
}
