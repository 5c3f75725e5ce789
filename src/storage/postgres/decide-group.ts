import {addAmounts} from '../add-amounts.ts';
import {mustBeSoundWrites} from '../sound-writes.ts';
import type {Decision, Key, Value, Write} from '../store.ts';

/** A commit that asks to be decided, as often as it takes. */
export interface Undecided {
  keys: readonly Key[];
  /** The keys as text, to look them up by. */
  names: readonly string[];
  decide(values: (Value | undefined)[]): Decision<unknown>;
}

/** What a key held when the group read it. Where nothing is there, there is no version, and mostly no `Seen` either. */
export interface Seen {
  value: Value | undefined;
  version: number | undefined;
  /** It was not read just now, so it may be otherwise: whoever is answered by it is answered once the server has looked. */
  isRecalled: boolean;
}

export type Outcome = {kind: 'result'; result: unknown} | {kind: 'thrown'; reason: unknown};

export interface Group<C extends Undecided> {
  /** These saw only what was read, and write nothing: their answers stand whatever becomes of the group. */
  settled: {commit: C; outcome: Outcome}[];
  /** These stand or fall together. */
  bound: {commit: C; outcome: Outcome}[];
  /** For these there was no room: what the group writes is large enough. */
  undecided: C[];
  /** What the bound ones read, apart from what the group itself wrote. */
  read: Map<string, Key>;
  /** The value of each key that is written; undefined where it is deleted. */
  written: Map<string, {key: Key; value: Value | undefined}>;
  appended: Map<string, {log: Key; records: Value[]}>;
  added: Map<string, {counter: Key; amounts: number[]}>;
}

/** A group that writes so much, in about, takes no more. */
const writtenBytesMax = 8 << 20;

/**
 * Decides commits one after another, each on what those before it leave behind. What may be otherwise by now, or may have been
 * seen as it never was together, binds also those that write nothing: it is looked at before they are answered.
 */
export function decideGroup<C extends Undecided>(
  commits: readonly C[],
  seen: ReadonlyMap<string, Seen>,
  mayMixMoments: (keys: readonly Key[]) => boolean,
): Group<C> {
  const group: Group<C> = {
    settled: [],
    bound: [],
    undecided: [],
    read: new Map(),
    written: new Map(),
    appended: new Map(),
    added: new Map(),
  };
  let bytes = 0;
  for (const commit of commits) {
    if (bytes >= writtenBytesMax) {
      group.undecided.push(commit);
      continue;
    }
    let outcome: Outcome;
    let writes: readonly Write[] = [];
    const values = commit.names.map(name => {
      const own = group.written.get(name);
      return own ? own.value : seen.get(name)?.value;
    });
    try {
      const decision = commit.decide(values);
      mustBeSoundWrites(decision.writes);
      writes = decision.writes;
      outcome = {kind: 'result', result: decision.result};
    } catch (reason) {
      outcome = {kind: 'thrown', reason};
    }
    const mustBeLookedAt = () =>
      commit.names.some(name => group.written.has(name) || seen.get(name)?.isRecalled) || mayMixMoments(commit.keys);
    if (writes.length === 0 && !mustBeLookedAt()) {
      group.settled.push({commit, outcome});
      continue;
    }
    group.bound.push({commit, outcome});
    for (let at = 0; at < commit.names.length; at++) {
      const name = commit.names[at]!;
      if (!group.written.has(name)) group.read.set(name, commit.keys[at]!);
    }
    for (const write of writes) {
      gather(group, write);
      bytes += sizeOf(write);
    }
  }
  return group;
}

export function nameOf(key: Key): string {
  return key.toString('latin1');
}

function gather(group: Group<Undecided>, write: Write): void {
  switch (write.kind) {
    case 'put':
      group.written.set(nameOf(write.key), {key: write.key, value: write.value});
      return;
    case 'delete':
      group.written.set(nameOf(write.key), {key: write.key, value: undefined});
      return;
    case 'append': {
      const name = nameOf(write.log);
      const records = group.appended.get(name)?.records;
      if (records) records.push(write.record);
      else group.appended.set(name, {log: write.log, records: [write.record]});
      return;
    }
    case 'add': {
      const name = nameOf(write.counter);
      const before = group.added.get(name)?.amounts ?? [];
      group.added.set(name, {counter: write.counter, amounts: addAmounts(before, write.amounts)});
      return;
    }
  }
}

function sizeOf(write: Write): number {
  if (write.kind === 'put') return write.key.length + write.value.length;
  return write.kind === 'append' ? write.record.length : 0;
}
