import {type Chance, chanceFrom} from '../fuzz/chance.ts';
import {type Access, type History, holds, type Operation, type Version} from './history.ts';

interface Plan {
  operation: Operation;
  /** When it takes effect. */
  pointMs: number;
}

/**
 * What clients may have seen of a server that does one thing after the other: each operation takes effect at one moment
 * between its times, which overlap with those of other clients.
 */
export function serialHistory(seed: number, count = 60, clients = 4, items = 3): History {
  const chance = chanceFrom(seed);
  const plans = makePlans(chance, count, clients);
  const held = new Map<string, Version>();
  let lastVersion = 0;
  const history: History = {
    seed,
    store: 'one thing after the other',
    operations: [],
    stream: {shards: [], records: []},
  };
  const {shards, records} = history.stream;
  shards.push({id: 'a'}, {id: 'b'}, {id: 'aa', parent: 'a'}, {id: 'bb', parent: 'b'});
  const names = Array.from({length: items}, (_, at) => `item ${at}`);

  function write(item: string, after: Version, isLate: boolean): void {
    const before = held.get(item) ?? 0;
    held.set(item, after);
    if (before === 0 && after === 0) return;
    const family = Number(item.slice(5)) % 2 === 0 ? 'a' : 'b';
    records.push({shard: isLate ? family + family : family, sequence: `${records.length}`, item, before, after});
  }

  const byPoint = [...plans].sort((a, b) => a.pointMs - b.pointMs);
  for (const [at, {operation}] of byPoint.entries()) {
    const wanted = chance.maybe(0.6) ? 1 : 2 + chance.upTo(2);
    const chosen = [...names].sort(() => chance.upTo(3) - 1).slice(0, wanted);
    const isRead = chance.maybe(0.3);
    operation.name = `${isRead ? 'read' : 'write'} of ${chosen.length}`;
    const seen = (item: string) => held.get(item) ?? 0;
    if (isRead) {
      // A read without an answer says nothing.
      if (operation.outcome === 'done') operation.accesses = chosen.map(item => ({item, saw: seen(item)}));
      continue;
    }
    const accesses = chosen.map(item => anyWrite(chance, item, seen(item), () => ++lastVersion, chosen.length === 1));
    const failed = accesses.filter(({item, needs}) => needs !== undefined && !holds(needs, seen(item)));
    if (operation.outcome === 'unknown') {
      operation.accesses = accesses.map(({item, left, needs}) => ({
        item,
        ...(left !== undefined && {left}),
        ...(needs !== undefined && {needs}),
      }));
      if (failed.length > 0 || chance.maybe(0.5)) continue;
    } else if (failed.length > 0) {
      operation.outcome = 'refused';
      operation.accesses = accesses.map(access =>
        failed.includes(access) ? {...access, saw: seen(access.item)} : {item: access.item, left: access.left!},
      );
      continue;
    } else {
      operation.accesses = accesses;
    }
    for (const {item, left} of accesses) if (left !== undefined) write(item, left, at > count / 2);
  }
  history.operations = plans.map(({operation}, id) => ({...operation, id}));
  return history;
}

function makePlans(chance: Chance, count: number, clients: number): Plan[] {
  const freeMs = Array.from({length: clients}, () => 0);
  return Array.from({length: count}, (_, id) => {
    const client = chance.upTo(clients);
    const invokedMs = freeMs[client]! + 1 + chance.upTo(20);
    const isUnknown = chance.maybe(0.08);
    const pointMs = invokedMs + chance.upTo(isUnknown ? 200 : 30) + id / 1000;
    const completedMs = isUnknown ? Number.POSITIVE_INFINITY : pointMs + chance.upTo(20);
    freeMs[client] = isUnknown ? invokedMs + chance.upTo(50) : completedMs;
    return {
      pointMs,
      operation: {id, client, name: '', invokedMs, completedMs, outcome: isUnknown ? 'unknown' : 'done', accesses: []},
    };
  });
}

function anyWrite(chance: Chance, item: string, seen: Version, next: () => Version, alone: boolean): Access {
  const needs = chance.maybe(0.75) ? seen : seen + 1;
  switch (chance.upTo(5)) {
    case 0:
      return {item, left: next()};
    case 1:
      return {item, needs, ...(needs === seen && {saw: seen}), left: next()};
    case 2:
      return alone && chance.maybe(0.5)
        ? {item, left: 0}
        : seen === 0
          ? {item, left: next()}
          : {item, needs: seen, saw: seen, left: 0};
    default:
      return {item, saw: seen, left: next()};
  }
}
