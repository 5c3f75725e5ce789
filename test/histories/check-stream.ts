import type {History, Operation, Problem, StreamRecord, Version} from './history.ts';
import {describeAll, describeRecord, happened, type VersionOrder} from './version-order.ts';

/**
 * Holds the stream to what clients saw: of each item it tells every change once, one from where the one before ended, in one
 * lineage of shards, nothing that was refused and nothing by half; and what one client wrote in the order in which it did.
 */
export function checkStream(history: History, orders: Map<string, VersionOrder>): Problem[] {
  return [
    ...unevenSequences(history),
    ...[...orders].flatMap(([item, order]) => [...brokenOrder(item, order), ...strayShards(item, order, history)]),
    ...history.operations.flatMap(operation => untold(operation, orders)),
    ...brokenSessions(history, orders),
  ];
}

function unevenSequences({stream}: History): Problem[] {
  const last = new Map<string, StreamRecord>();
  const problems: Problem[] = [];
  for (const record of stream.records) {
    const before = last.get(record.shard);
    last.set(record.shard, record);
    if (!before || BigInt(before.sequence) < BigInt(record.sequence)) continue;
    const kind = before.sequence === record.sequence ? 'repeated record' : 'reordered records';
    const text = `sequence numbers of a shard must rise: ${describeRecord(before)}, then ${describeRecord(record)}`;
    problems.push({kind, text, operations: []});
  }
  return problems;
}

function brokenOrder(item: string, {versions, places}: VersionOrder): Problem[] {
  const problems: Problem[] = [];
  for (const [place, {version, writer, record, follows}] of versions.entries()) {
    if (!record) continue;
    const previous = versions[place - 1]!;
    const operations = [previous.writer, writer].filter(operation => operation !== undefined);
    const problem = (kind: string, text: string) =>
      problems.push({kind, text: `${text}: ${describeRecord(record)}${describeAll(operations)}`, operations});
    if (version !== 0 && places.get(version) !== place) {
      problem('repeated record', 'a change is told twice');
    } else if (!follows) {
      const isKnown = record.before === 0 || places.has(record.before);
      const text = `${item} held ${previous.version || 'nothing'}, and the next record goes on from ${record.before || 'nothing'}`;
      if (isKnown) problem('reordered records', text);
      else problem('gap in the log', `${text}, of which none tells`);
    } else if (record.before === 0 && record.after === 0) {
      problem('record of no change', 'nothing became nothing');
    }
  }
  return problems;
}

/** The records of an item are in one shard, and when that is closed in one of its children. */
function strayShards(item: string, {versions}: VersionOrder, {stream}: History): Problem[] {
  const parents = new Map(stream.shards.map(({id, parent}) => [id, parent]));
  const problems: Problem[] = [];
  let shard: string | undefined;
  for (const {record} of versions) {
    if (!record) continue;
    if (shard !== undefined && record.shard !== shard && !descends(record.shard, shard)) {
      problems.push({
        kind: 'stray record',
        text: `${item} was told of in ${shard}: ${describeRecord(record)}`,
        operations: [],
      });
    }
    shard = record.shard;
  }
  return problems;

  function descends(id: string, from: string): boolean {
    let parent = parents.get(id);
    for (let steps = 0; parent !== undefined && steps <= parents.size; steps++) {
      if (parent === from) return true;
      parent = parents.get(parent);
    }
    return false;
  }
}

/** What an operation did and saw must be what the stream tells. */
function untold(operation: Operation, orders: Map<string, VersionOrder>): Problem[] {
  const problems: Problem[] = [];
  const problem = (kind: string, text: string) =>
    problems.push({kind, text: `${text}:${describeAll([operation])}`, operations: [operation]});
  const didHappen = happened(operation, orders);
  for (const {item, saw, left, needs} of operation.accesses) {
    const {versions, places} = orders.get(item)!;
    if (saw && !places.has(saw))
      problem('gap in the log', `the stream tells nothing of version ${saw} of ${item}, which was seen`);
    if (left === undefined) continue;
    const replaced = saw ?? (typeof needs === 'number' ? needs : undefined);
    if (left === 0) {
      // What of it is known is what it deleted.
      const place = replaced ? places.get(replaced) : undefined;
      const next = place === undefined ? undefined : versions[place + 1];
      if (didHappen && place !== undefined && next?.version !== 0) {
        const instead = next ? `version ${next.version} after it` : 'it as the last one';
        problem('gap in the log', `version ${replaced} of ${item} was deleted, and the stream tells of ${instead}`);
      }
      continue;
    }
    const place = places.get(left);
    if (operation.outcome === 'refused') {
      if (place !== undefined)
        problem('aborted write', `the stream tells of version ${left} of ${item}, which was refused`);
    } else if (didHappen && place === undefined) {
      const what =
        operation.outcome === 'done' ? 'which was acknowledged' : 'of a transaction of which it tells the rest';
      problem('gap in the log', `the stream tells nothing of version ${left} of ${item}, ${what}`);
    } else if (didHappen && replaced !== undefined && versions[place! - 1]!.version !== replaced) {
      const before: Version = versions[place! - 1]!.version;
      const text = `the stream tells of ${before || 'nothing'} before version ${left} of ${item}, which saw ${replaced || 'nothing'}`;
      problem('decision on what was not there', text);
    }
  }
  return problems;
}

function brokenSessions({operations}: History, orders: Map<string, VersionOrder>): Problem[] {
  const problems: Problem[] = [];
  const last = new Map<string, {place: number; operation: Operation}>();
  for (const operation of [...operations].sort((a, b) => a.invokedMs - b.invokedMs)) {
    // What is unknown may still happen when the client has gone on.
    if (operation.outcome !== 'done') continue;
    for (const {item, left} of operation.accesses) {
      const place = left ? orders.get(item)!.places.get(left) : undefined;
      if (place === undefined) continue;
      const session = `${operation.client} ${item}`;
      const before = last.get(session);
      last.set(session, {place, operation});
      // The items of one batch have the same times, and none twice.
      if (!before || before.place < place) continue;
      const text = `the stream tells of ${item} in another order than its client wrote:${describeAll([before.operation, operation])}`;
      problems.push({kind: 'session order', text, operations: [before.operation, operation]});
    }
  }
  return problems;
}
