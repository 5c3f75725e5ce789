/** What an item held: the number that one write put there, and no other. 0: there was no item. */
export type Version = number;

/** What one operation had to do with one item. */
export interface Access {
  item: string;
  /** What was there; undefined when the answer does not tell. */
  saw?: Version;
  /** What it left there, or would have, had it happened; undefined of a read. */
  left?: Version;
  /** Its condition: that there is this version, or any at all. */
  needs?: Version | 'any';
}

/**
 * One request, or one item of a batch: what takes effect at one moment between its two times.
 *
 * - `done`: it happened.
 * - `refused`: it wrote nothing. What it saw instead counts as read.
 * - `unknown`: no answer came, or one that promises nothing. It happened at some moment after `invokedMs`, or never.
 */
export interface Operation {
  /** Its place in `operations`. */
  id: number;
  /** One client asks for one thing after the other. */
  client: number;
  name: string;
  invokedMs: number;
  /** Infinity while unknown. */
  completedMs: number;
  outcome: 'done' | 'refused' | 'unknown';
  accesses: Access[];
}

/** What the table's stream told of one change. */
export interface StreamRecord {
  shard: string;
  sequence: string;
  item: string;
  before: Version;
  after: Version;
}

export interface Stream {
  shards: {id: string; parent?: string}[];
  /** Those of one shard in the order in which it told them. */
  records: StreamRecord[];
}

/** What clients of one table saw, who all read the same clock, from before the first item was written. */
export interface History {
  seed: number;
  store: string;
  operations: Operation[];
  stream: Stream;
}

/** What no correct server would have let happen. */
export interface Problem {
  /** The name of the anomaly. */
  kind: string;
  text: string;
  operations: Operation[];
}

export function holds(needs: Version | 'any', version: Version): boolean {
  return needs === 'any' ? version !== 0 : version === needs;
}

const versionText = (version: Version) => (version === 0 ? 'nothing' : `version ${version}`);

export function describeOperation({id, client, name, invokedMs, completedMs, outcome, accesses}: Operation): string {
  const end = completedMs === Number.POSITIVE_INFINITY ? '…' : completedMs.toFixed(3);
  const parts = accesses.map(({item, saw, left, needs}) =>
    [
      `${item}:`,
      ...(needs === undefined ? [] : [`if there is ${needs === 'any' ? 'any' : versionText(needs)},`]),
      ...(saw === undefined ? [] : [`saw ${versionText(saw)}`]),
      ...(left === undefined ? [] : [outcome === 'refused' ? `would have left ${left}` : `left ${versionText(left)}`]),
    ].join(' '),
  );
  return `#${id} ${name} of client ${client}, ${invokedMs.toFixed(3)}–${end} ms, ${outcome}: ${parts.join('; ')}`;
}

/** JSON knows no Infinity. */
export function historyToJson(history: History): string {
  return JSON.stringify(history, (_, value) => (value === Number.POSITIVE_INFINITY ? null : value), 1);
}

export function historyFromJson(text: string): History {
  const history: History = JSON.parse(text);
  for (const operation of history.operations) operation.completedMs ??= Number.POSITIVE_INFINITY;
  return history;
}
