import {seededRandom} from '../../src/base/random.ts';
import {
  type Access,
  describeOperation,
  type History,
  holds,
  type Operation,
  type Problem,
  type Version,
} from './history.ts';

interface Step {
  operation: Operation;
  access: Access;
  /** What a refused operation would have left, it has not. */
  left: Version | undefined;
  /** It may have happened, or not. */
  optional: boolean;
}

export type Verdict =
  | {kind: 'linearizable'}
  /** As far as any order came: what the item held then, after what, and which steps none of which fits. */
  | {kind: 'not linearizable'; held: Version; last: Operation | undefined; waiting: Operation[]}
  | {kind: 'undecided'};

const statesMax = 3_000_000;

/**
 * Holds every item to linearizability: there is an order of the operations on it, each at one moment between its two times,
 * in which everyone saw what the one before left. Items are looked at one by one, since linearizability is local.
 */
export function checkLinearizable({operations}: History): Problem[] {
  const problems: Problem[] = [];
  for (const [item, steps] of stepsByItem(operations)) {
    let verdict = search(steps, 1);
    // Two sets of steps may share a hash, though hardly ever: only what two searches say is so.
    if (verdict.kind === 'not linearizable') verdict = search(steps, 2);
    if (verdict.kind === 'linearizable') continue;
    if (verdict.kind === 'undecided') {
      problems.push({kind: 'undecided', text: `${item}: too many orders to try them all`, operations: []});
      continue;
    }
    const {held, last, waiting} = verdict;
    const text = [
      `${item} is not linearizable: it holds ${held || 'nothing'}${last ? ` after #${last.id}` : ' at first'}, and no order of these goes on from there:`,
      ...(last ? [describeOperation(last)] : []),
      ...waiting.map(describeOperation),
    ].join('\n  ');
    problems.push({kind: 'not linearizable', text, operations: [...(last ? [last] : []), ...waiting]});
  }
  return problems;
}

function stepsByItem(operations: readonly Operation[]): Map<string, Step[]> {
  const seen = new Set<string>();
  for (const {accesses} of operations) {
    for (const {item, saw, needs} of accesses) seen.add(`${item} ${saw ?? needs}`);
  }
  const isSeen = (item: string, version: Version) =>
    seen.has(`${item} ${version}`) || (version !== 0 && seen.has(`${item} any`));
  const items = new Map<string, Step[]>();
  for (const operation of operations) {
    for (const access of operation.accesses) {
      const {item, left} = access;
      const optional = operation.outcome === 'unknown';
      // Of a write that nobody saw nobody can tell whether it happened: leaving it out is as good as any place for it.
      if (optional && (left === undefined || !isSeen(item, left))) continue;
      const step = {operation, access, left: operation.outcome === 'refused' ? undefined : left, optional};
      if (step.left === undefined && access.saw === undefined) continue;
      const steps = items.get(item) ?? [];
      items.set(item, steps);
      steps.push(step);
    }
  }
  return items;
}

/**
 * What the item holds after the step; undefined when it can't be taken where the item holds `version`. After a step that could
 * have been left out comes one that sees what it left: otherwise it may as well be left out.
 */
function after(
  {access: {saw, needs}, left, operation}: Step,
  version: Version,
  last: Step | undefined,
): Version | undefined {
  if (saw !== undefined && saw !== version) return undefined;
  if (last?.optional && (saw === undefined ? needs === undefined || !holds(needs, version) : saw !== version))
    return undefined;
  if (needs !== undefined && operation.outcome !== 'refused' && !holds(needs, version)) return undefined;
  return left ?? version;
}

/** The beginning or the end of a step, in a list from which steps are lifted, and into which they are put back. */
interface Entry {
  step: number;
  isEnd: boolean;
  previous: Entry;
  next: Entry;
}

/**
 * Wing and Gong's search with Lowe's memory of what was tried, as Porcupine does it: from what has begun and not ended before
 * anything else began, take a step that fits; where none does, take the last one back. A set of steps taken and the version
 * they leave are looked at once.
 */
function search(steps: readonly Step[], seed: number): Verdict {
  const head = listOf(steps);
  const random = seededRandom(seed);
  const hash = steps.map(() => [random.fraction() * 0x1_0000_0000, random.fraction() * 0x1_0000_0000] as const);
  const ends = new Map<number, Entry>();
  for (let entry = head.next; entry !== head; entry = entry.next) if (entry.isEnd) ends.set(entry.step, entry);

  let version: Version = 0;
  let [high, low] = [0, 0];
  const taken: {entry: Entry; version: Version}[] = [];
  const tried = new Set<string>();
  let remaining = ends.size;
  let deepest: {remaining: number; held: Version; last: Operation | undefined; waiting: Operation[]} | undefined;

  const lift = (entry: Entry) => {
    entry.previous.next = entry.next;
    entry.next.previous = entry.previous;
  };
  const putBack = (entry: Entry) => {
    entry.previous.next = entry;
    entry.next.previous = entry;
  };
  const toggle = (step: number) => {
    high ^= hash[step]![0];
    low ^= hash[step]![1];
  };

  for (let entry = head.next; remaining > 0; ) {
    if (entry !== head && !entry.isEnd) {
      const step = steps[entry.step]!;
      const last = taken.at(-1);
      const next = after(step, version, last && steps[last.entry.step]);
      if (next !== undefined) {
        toggle(entry.step);
        const key = `${high},${low},${next},${step.optional}`;
        if (!tried.has(key)) {
          if (tried.size >= statesMax) return {kind: 'undecided'};
          tried.add(key);
          taken.push({entry, version});
          version = next;
          lift(entry);
          const end = ends.get(entry.step);
          if (end) {
            lift(end);
            remaining--;
          }
          entry = head.next;
          continue;
        }
        toggle(entry.step);
      }
      entry = entry.next;
      continue;
    }
    // Something ended that could not be taken before.
    if (!deepest || remaining < deepest.remaining) deepest = {remaining, ...situation()};
    const back = taken.pop();
    if (!back) return {kind: 'not linearizable', ...deepest};
    toggle(back.entry.step);
    version = back.version;
    const end = ends.get(back.entry.step);
    if (end) {
      putBack(end);
      remaining++;
    }
    putBack(back.entry);
    entry = back.entry.next;
  }
  return {kind: 'linearizable'};

  function situation() {
    const waiting: Operation[] = [];
    for (let entry = head.next; entry !== head && !entry.isEnd; entry = entry.next) {
      waiting.push(steps[entry.step]!.operation);
    }
    // The last one that changed something, which is what the item holds.
    const last = taken.findLast(({entry}) => steps[entry.step]!.left !== undefined);
    return {held: version, last: last && steps[last.entry.step]!.operation, waiting};
  }
}

/** Beginnings and ends in the order of time; what touches is side by side. What is optional has no end. */
function listOf(steps: readonly Step[]): Entry {
  const points = steps.flatMap(({operation: {invokedMs, completedMs}, optional}, step) => [
    {step, isEnd: false, ms: invokedMs},
    ...(optional ? [] : [{step, isEnd: true, ms: completedMs}]),
  ]);
  points.sort((a, b) => a.ms - b.ms || Number(a.isEnd) - Number(b.isEnd));
  const head = {step: -1, isEnd: false} as Entry;
  head.previous = head;
  head.next = head;
  for (const {step, isEnd} of points) {
    const entry: Entry = {step, isEnd, previous: head.previous, next: head};
    head.previous.next = entry;
    head.previous = entry;
  }
  return head;
}
