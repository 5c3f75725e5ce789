import type {Access, History, Operation, Version} from './history.ts';
import {happened, type VersionOrder} from './version-order.ts';

/**
 * Why one operation comes before another in every serial order that explains what was seen, in Adya's words:
 * `ww` the other replaced what it wrote, `wr` the other saw what it wrote, `rw` the other replaced what it saw; and
 * `rt`: it was answered before the other was asked for.
 */
export type DependencyKind = 'ww' | 'wr' | 'rw' | 'rt';

export interface Dependency {
  kind: DependencyKind;
  from: Operation;
  to: Operation;
  /** None of `rt`. */
  item?: string;
  version?: Version;
}

export interface DependencyGraph {
  operations: Operation[];
  /** By the id of the operation they come from; those of real time are not listed, for there are too many. */
  dependencies: Map<number, Dependency[]>;
}

/** All that happened, and what was refused as far as it saw something. */
export function dependencyGraph(history: History, orders: Map<string, VersionOrder>): DependencyGraph {
  const operations = history.operations.filter(
    operation => operation.outcome === 'refused' || happened(operation, orders),
  );
  const dependencies = new Map<number, Dependency[]>(operations.map(({id}) => [id, []]));
  const add = (
    kind: DependencyKind,
    from: Operation | undefined,
    to: Operation | undefined,
    item: string,
    version: Version,
  ) => {
    if (from && to && from !== to) dependencies.get(from.id)!.push({kind, from, to, item, version});
  };
  for (const [item, {versions}] of orders) {
    let previous: {writer: Operation; version: Version} | undefined;
    for (const {writer, version} of versions) {
      if (!writer) continue;
      if (previous) add('ww', previous.writer, writer, item, previous.version);
      previous = {writer, version};
    }
  }
  for (const operation of operations) {
    for (const access of operation.accesses) {
      const {item, saw} = access;
      if (saw === undefined) continue;
      const {versions} = orders.get(item)!;
      const place = placeSeen(operation, access, orders.get(item)!);
      if (place === undefined) continue;
      add('wr', versions[place]!.writer, operation, item, saw);
      const next = versions.slice(place + 1).find(({writer}) => writer !== undefined && writer !== operation)?.writer;
      add('rw', operation, next, item, saw);
    }
  }
  return {operations, dependencies};
}

/** Which version of the order was seen. Who saw nothing saw one of the places where there was nothing: undefined if it may be several. */
function placeSeen(operation: Operation, {saw, left}: Access, {versions, places}: VersionOrder): number | undefined {
  if (saw !== 0) return places.get(saw!);
  const own = left && operation.outcome !== 'refused' ? places.get(left) : undefined;
  if (own !== undefined && versions[own - 1]!.version === 0) return own - 1;
  const empty = versions.flatMap(({version}, place) => (version === 0 ? [place] : []));
  const possible = empty.filter(place => {
    const began = versions[place]!.writer?.invokedMs ?? 0;
    const ended = versions[place + 1]?.writer?.completedMs ?? Number.POSITIVE_INFINITY;
    return began <= operation.completedMs && ended >= operation.invokedMs;
  });
  if (possible.length > 0) return possible.length === 1 ? possible[0] : undefined;
  // There was something all the time. Then it saw what was there before.
  const over = empty.filter(place => (versions[place]!.writer?.invokedMs ?? 0) <= operation.completedMs);
  return over.at(-1) ?? empty[0];
}
