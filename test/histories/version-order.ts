import {describeOperation, type History, type Operation, type StreamRecord, type Version} from './history.ts';

/** The versions of one item, as the stream tells them, from nothing on. */
export interface VersionOrder {
  versions: {
    version: Version;
    /** Who wrote it; undefined when nobody can tell, as of the deletions that saw nothing. */
    writer: Operation | undefined;
    record: StreamRecord | undefined;
    /** False where the stream does not go on from the version before. */
    follows: boolean;
  }[];
  /** Where a version is, but for 0, which may be in several places. */
  places: Map<Version, number>;
}

/** By item. Of versions that are told of twice, the first place counts. */
export function versionOrders({operations, stream}: History): Map<string, VersionOrder> {
  const orders = new Map<string, VersionOrder>();
  const orderOf = (item: string) => {
    const order: VersionOrder = orders.get(item) ?? {
      versions: [{version: 0, writer: undefined, record: undefined, follows: true}],
      places: new Map(),
    };
    orders.set(item, order);
    return order;
  };
  for (const {accesses} of operations) for (const {item} of accesses) orderOf(item);
  for (const record of recordsInOrder(stream)) {
    const {versions, places} = orderOf(record.item);
    const follows = versions.at(-1)!.version === record.before;
    if (record.after !== 0 && !places.has(record.after)) places.set(record.after, versions.length);
    versions.push({version: record.after, writer: undefined, record, follows});
  }
  for (const operation of operations) {
    if (!happened(operation, orders)) continue;
    for (const {item, left} of operation.accesses) {
      const {versions, places} = orders.get(item)!;
      if (left) {
        const place = places.get(left);
        if (place !== undefined) versions[place]!.writer = operation;
      }
    }
  }
  nameDeleters(operations, orders);
  return orders;
}

/** A deletion leaves no number, but who saw what it deleted did it. */
function nameDeleters(operations: readonly Operation[], orders: Map<string, VersionOrder>): void {
  for (const operation of operations) {
    if (!happened(operation, orders)) continue;
    for (const {item, left, saw, needs} of operation.accesses) {
      const deleted = saw ?? needs;
      if (left !== 0 || typeof deleted !== 'number') continue;
      const {versions, places} = orders.get(item)!;
      const next = versions[(places.get(deleted) ?? -1) + 1];
      if (next?.version === 0 && next.follows && next.record) next.writer ??= operation;
    }
  }
}

/** Whether it did what it was asked for, as far as anybody can tell. */
export function happened({outcome, accesses}: Operation, orders: Map<string, VersionOrder>): boolean {
  if (outcome !== 'unknown') return outcome === 'done';
  return accesses.some(({item, left}) => left !== undefined && left !== 0 && orders.get(item)!.places.has(left));
}

/** Parents before children; otherwise in the order in which they were told. */
function recordsInOrder({shards, records}: History['stream']): StreamRecord[] {
  const parents = new Map(shards.map(({id, parent}) => [id, parent]));
  const depth = (id: string) => {
    let steps = 0;
    for (let parent = parents.get(id); parent !== undefined && steps <= shards.length; parent = parents.get(parent))
      steps++;
    return steps;
  };
  const depths = new Map(shards.map(({id}) => [id, depth(id)]));
  return records
    .map((record, at) => ({record, at, depth: depths.get(record.shard) ?? 0}))
    .sort((a, b) => a.depth - b.depth || a.at - b.at)
    .map(({record}) => record);
}

export const describeRecord = ({item, before, after, shard, sequence}: StreamRecord) =>
  `${item}: ${before || 'nothing'} → ${after || 'nothing'} (${sequence} of ${shard})`;

export const describeAll = (operations: readonly Operation[]) =>
  operations.map(operation => `\n  ${describeOperation(operation)}`).join('');
