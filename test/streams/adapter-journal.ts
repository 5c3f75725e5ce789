import type {Shard} from '@aws-sdk/client-dynamodb-streams';

/** One line of what the workers of kinesis-adapter/src wrote down, in the order in which it happened. */
export interface Event {
  worker: string;
  kind: string;
  fields: readonly string[];
}

/** A line that is still being written is left out. */
export function parseJournal(text: string): Event[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map(line => {
    const [worker, kind, ...fields] = line.split('\t');
    return {worker: worker!, kind: kind!, fields};
  });
}

/**
 * What a consumer may rely on, held against what it saw: the children of a shard come after its end, and of an item, whose
 * `n` counts its changes from 1, no change comes before the one before it was seen. Seeing a change again is allowed, by
 * whoever takes a shard over from its last checkpoint.
 */
export function journalProblems(events: readonly Event[], shards: readonly Shard[]): string[] {
  const problems: string[] = [];
  const parents = new Map(shards.map(shard => [shard.ShardId!, shard.ParentShardId]));
  const ended = new Set<string>();
  const seen = new Map<string, number>();
  /** Of each worker's present hold of a shard: its last sequence number, and each item's last change. */
  const holds = new Map<string, {place: bigint; items: Map<string, number>}>();
  for (const {worker, kind, fields} of events) {
    const shard = fields[0]!;
    const hold = `${worker} ${shard}`;
    if (kind === 'start') {
      const parent = parents.get(shard);
      if (!parents.has(shard)) problems.push(`${hold}: no such shard`);
      if (parent !== undefined && !ended.has(parent)) problems.push(`${hold}: begun before its parent ${parent} ended`);
      holds.set(hold, {place: 0n, items: new Map()});
    } else if (kind === 'end') {
      ended.add(shard);
      holds.delete(hold);
    } else if (kind === 'lost') {
      holds.delete(hold);
    } else if (kind === 'record') {
      const [, sequenceNumber, eventName, item, count] = fields as [string, string, string, string, string];
      const n = Number(count);
      const what = `${hold}: change ${n} of ${item}`;
      const held = holds.get(hold);
      if (!held) problems.push(`${what} in a shard that is not held`);
      if (held && held.place >= BigInt(sequenceNumber)) problems.push(`${what} is not after the one before it`);
      const before = held?.items.get(item);
      if (before !== undefined && n !== before + 1) problems.push(`${what} after change ${before}`);
      if (n > (seen.get(item) ?? 0) + 1) problems.push(`${what} before change ${(seen.get(item) ?? 0) + 1}`);
      if (eventName !== (n === 1 ? 'INSERT' : 'MODIFY')) problems.push(`${what} is told as ${eventName}`);
      seen.set(item, Math.max(n, seen.get(item) ?? 0));
      held?.items.set(item, n);
      if (held) held.place = BigInt(sequenceNumber);
    }
  }
  return problems;
}

/** Of each item, the last change that was seen. */
export function changesSeen(events: readonly Event[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const {kind, fields} of events) {
    if (kind === 'record') seen.set(fields[3]!, Math.max(Number(fields[4]), seen.get(fields[3]!) ?? 0));
  }
  return seen;
}

/** The shards that some worker was told the end of. */
export function shardsEnded(events: readonly Event[]): Set<string> {
  return new Set(events.flatMap(({kind, fields}) => (kind === 'end' ? [fields[0]!] : [])));
}

/** The shards that a worker has begun, and neither ended nor lost; and has it set a checkpoint in them? */
export function shardsHeld(events: readonly Event[], ofWorker: string): Map<string, {checkpointed: boolean}> {
  const held = new Map<string, {checkpointed: boolean}>();
  for (const {worker, kind, fields} of events) {
    if (worker !== ofWorker) continue;
    const shard = fields[0]!;
    if (kind === 'start') held.set(shard, {checkpointed: false});
    if (kind === 'checkpointed' && held.has(shard)) held.set(shard, {checkpointed: true});
    if (kind === 'end' || kind === 'lost') held.delete(shard);
  }
  return held;
}
