import pg from 'pg';
import {type Clock, pause} from '../../base/clock.ts';
import type {Random} from '../../base/random.ts';
import type {Decision, Key, Value} from '../store.ts';
import {StoreUnavailableError} from '../store-unavailable-error.ts';
import {commitParameters, type KeyLock, lockParameters} from './commit-parameters.ts';
import type {Connections} from './connections.ts';
import {decideGroup, nameOf, type Outcome, type Seen, type Undecided} from './decide-group.ts';
import {expireWaiting} from './expire-waiting.ts';
import {isOutOfMemory, unavailable, verdictOf, verdictOfSpreadCommit} from './failures.ts';
import type {InFlight} from './in-flight.ts';
import type {KeyPlaces} from './look-up.ts';
import {Pace} from './pace.ts';
import {Recall} from './recall.ts';
import {keepSight, look} from './sight.ts';
import {singlePutOf} from './single-put.ts';
import type {Statements} from './statements.ts';

interface Waiting extends Undecided {
  untilMs: number;
  /** Keys that another node changed between reading and writing at some try, or that this would have written then. */
  contended: Set<string> | undefined;
  tries: number;
  /** In company it met a fault of ours: by itself it will show whose it is. */
  alone: boolean;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

/** How many groups are on their way at once; each writes its own row of a counter. */
const lanesMax = 4;
const slots = 64;
const groupCommitsMax = 64;
/** Every key written takes a lock at the server, and those are not without end. */
const groupKeysMax = 256;
/** After so many tries that met another node, a commit locks before it reads. */
const patientTries = 2;
const triesMax = 50;
const retryMsMax = 40;
const recallBytesMax = 32 << 20;

/**
 * Commits that wait together become one transaction of two round trips: read all keys; decide here, one after another, each
 * on what those before it leave behind; write, if what was read is still so. What another node changed meanwhile is
 * decided again. What this node's own commits left behind need not be read: where that is all, there is one round trip. Only one
 * group reads at a time, and none takes a commit that reads what a group on its way writes, so the commits of one node hardly
 * ever meet each other at the server.
 */
export function gatherCommits(deps: {
  connections: Connections;
  statements: Statements;
  places: KeyPlaces;
  /** May these keys be read as they never were together? */
  mayMixMoments: (keys: readonly Key[]) => boolean;
  inFlight: InFlight;
  clock: Clock;
  random: Random;
  patienceMs: number;
}) {
  const {connections, statements, places, inFlight, clock, random} = deps;
  const waiting: Waiting[] = [];
  const expire = expireWaiting(waiting, clock);
  /** What the groups on their way write. */
  const onTheirWay: ReadonlyMap<string, unknown>[] = [];
  const firstSlot = Math.floor(random.fraction() * slots);
  const freeSlots = Array.from({length: lanesMax}, (_, lane) => (firstSlot + lane) % slots);
  /** Where rows lie on several servers, they have no version in common. */
  const recall = statements.commit.spread ? undefined : new Recall(recallBytesMax);
  const pace = new Pace(start, clock);
  let reading = false;
  let starting = false;
  /** Shrinks when the server has no room for so many locks. */
  let groupMax = groupCommitsMax;

  function startSoon(): void {
    if (starting) return;
    starting = true;
    // After all requests that this turn of the event loop has brought.
    setImmediate(() => {
      starting = false;
      start();
    });
  }

  function start(): void {
    if (reading || freeSlots.length === 0 || waiting.length === 0 || !pace.startsNow()) return;
    const commits = takeGroup();
    if (commits.length === 0) return;
    reading = true;
    pace.started(commits.length);
    const slot = freeSlots.pop()!;
    let underWay = commits.length;
    let isReading = true;
    /** So many of the group are still to be written. */
    const doneReading = (toWrite: number) => {
      pace.ended(underWay - toWrite);
      underWay = toWrite;
      if (!isReading) return;
      isReading = false;
      reading = false;
      start();
    };
    void runGroup(commits, slot, doneReading).finally(() => {
      freeSlots.push(slot);
      doneReading(0);
      start();
    });
  }

  /** The first that may go, and others of its kind: those that lock first go by themselves. */
  function takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    const passedOver: Waiting[] = [];
    let keys = 0;
    let at = 0;
    for (; at < waiting.length && group.length < groupMax; at++) {
      const commit = waiting[at]!;
      const fits =
        group.length === 0 ||
        (keys + commit.keys.length <= groupKeysMax &&
          lockFirst(group[0]!) === lockFirst(commit) &&
          !group[0]!.alone &&
          !commit.alone);
      if (fits && !isHeldUp(commit)) {
        keys += commit.keys.length;
        group.push(commit);
      } else passedOver.push(commit);
    }
    waiting.splice(0, at, ...passedOver);
    return group;
  }

  /** A group on its way writes what this reads. */
  function isHeldUp({names}: Waiting): boolean {
    for (const written of onTheirWay) for (const name of names) if (written.has(name)) return true;
    return false;
  }

  async function runGroup(commits: Waiting[], slot: number, doneReading: (toWrite: number) => void): Promise<void> {
    let written: ReadonlyMap<string, unknown> | undefined;
    let open = commits;
    let writing = false;
    try {
      await connections.use(commits[0]!.untilMs, async connection => {
        const locks = lockFirst(commits[0]!) ? locksFor(commits) : undefined;
        if (locks) {
          await connection.script('begin');
          await connection.run(statements.lock, lockParameters(locks, places.lockSeed));
        }
        const sight = await look(connection, statements.readVersions, commits, locks ? undefined : recall, places);
        const {seen, left} = sight;
        const readWhole = left.size === 0 ? commits : commits.filter(({names}) => !names.some(name => left.has(name)));
        const group = decideGroup(readWhole, seen, deps.mayMixMoments);
        written = group.written;
        onTheirWay.push(written);
        settle(group.settled);
        open = group.bound.map(({commit}) => commit);
        putBack(commits.filter(commit => left.size > 0 && !readWhole.includes(commit)).concat(group.undecided));
        doneReading(open.length);
        if (open.length === 0) {
          if (locks) await connection.script('rollback');
          return;
        }
        const single = statements.commit.spread ? undefined : singlePutOf(group, seen, slot, places);
        const parameters = single?.parameters ?? commitParameters(statements.commit, group, seen, slot, places);
        writing = true;
        const [row] = await connection.run(single ? statements.putSingle : statements.commit, parameters);
        const stale = staleOf(row![0]!, single?.places);
        if (locks) await connection.script(stale ? 'rollback' : 'commit');
        writing = false;
        if (stale) {
          const names = [...group.read.keys()];
          comeAgain(
            open,
            stale.map(place => names[place - 1]!),
            seen,
            group.written,
          );
          return;
        }
        open = [];
        settle(group.bound);
        if (recall) keepSight(recall, connection.server, group, sight, row![1] ? Number(row![1]) : undefined);
        if (groupMax < groupCommitsMax) groupMax++;
      });
    } catch (error) {
      const failure = writing && statements.commit.spread ? verdictOfSpreadCommit(error) : verdictOf(error);
      // Until it writes, a commit has done nothing.
      const verdict = writing || failure === 'wrong' ? failure : 'again';
      if (verdict === 'again') {
        if (writing && isOutOfMemory(error)) groupMax = Math.max(1, Math.ceil(groupMax / 2));
        tryAgain(open, error);
      } else if (verdict === 'wrong' && open.length > 1 && (!writing || error instanceof pg.DatabaseError)) {
        for (const commit of open) commit.alone = true;
        putBack(open);
      } else {
        for (const commit of open) commit.reject(unavailable(error, verdict === 'unknown' ? 'unknown' : 'no'));
      }
    } finally {
      if (written) onTheirWay.splice(onTheirWay.indexOf(written), 1);
    }
  }

  /** They have their turn next. */
  function putBack(commits: readonly Waiting[]): void {
    waiting.unshift(...commits);
    expire();
  }

  /** Some of what these saw is no longer so. What was recalled is read next time. */
  function comeAgain(
    commits: readonly Waiting[],
    stale: readonly string[],
    seen: ReadonlyMap<string, Seen>,
    written: ReadonlyMap<string, unknown>,
  ): void {
    const recalled = new Map<string, Seen>();
    const changedMeanwhile = new Set<string>();
    for (const name of stale) {
      const found = seen.get(name);
      if (found?.isRecalled) recalled.set(name, found);
      else changedMeanwhile.add(name);
    }
    recall?.wasWrong(recalled);
    if (changedMeanwhile.size > 0) meet(commits, changedMeanwhile, written);
    else putBack(commits);
  }

  /** Some of what these read was changed by another node: those that read it come again, the others were only in its company. */
  function meet(commits: readonly Waiting[], stale: ReadonlySet<string>, written: ReadonlyMap<string, unknown>): void {
    for (const commit of commits) {
      if (!commit.names.some(name => stale.has(name))) continue;
      commit.tries++;
      // What it writes, too: two that share a lock first and then each want it alone wait for each other.
      commit.contended ??= new Set();
      for (const name of commit.names) if (stale.has(name) || written.has(name)) commit.contended.add(name);
    }
    tryAgain(commits, new StoreUnavailableError('others changed the same keys again and again', 'no'));
  }

  function tryAgain(commits: readonly Waiting[], reason: unknown): void {
    const nowMs = clock.now();
    const inTime: Waiting[] = [];
    for (const commit of commits) {
      if (nowMs < commit.untilMs && commit.tries < triesMax) inTime.push(commit);
      else commit.reject(unavailable(reason, 'no'));
    }
    if (inTime.length === 0) return;
    const tries = Math.max(...inTime.map(commit => commit.tries));
    void pause(random.fraction() * Math.min(retryMsMax, 2 ** tries)).then(() => {
      putBack(inTime);
      start();
    });
  }

  return function commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      inFlight.enter();
      waiting.push({
        keys,
        names: keys.map(nameOf),
        decide,
        untilMs: clock.now() + deps.patienceMs,
        contended: undefined,
        tries: 0,
        alone: false,
        resolve(result) {
          inFlight.leave();
          resolve(result as R);
        },
        reject(reason) {
          inFlight.leave();
          reject(reason);
        },
      });
      expire();
      startSoon();
    });
  };
}

/** Places in `group.read`, from 1, of what is no longer as it was read; undefined once all is written. */
function staleOf(found: string | null, places: readonly number[] | undefined): number[] | undefined {
  if (found === null) return undefined;
  if (places) return [places[Number(found) - 1]!];
  return found.slice(1, -1).split(',').map(Number);
}

const none: ReadonlySet<string> = new Set();

function lockFirst(commit: Waiting): boolean {
  return commit.tries >= patientTries;
}

/** Alone where another node interfered; together with other readers elsewhere (the record of a table above all). */
function locksFor(commits: readonly Waiting[]): KeyLock[] {
  const contended = new Set(commits.flatMap(({contended = none}) => [...contended]));
  const keys = new Map(commits.flatMap(commit => commit.names.map((name, at) => [name, commit.keys[at]!])));
  return [...keys].map(([name, key]) => ({key, shared: !contended.has(name)}));
}

function settle(outcomes: readonly {commit: Waiting; outcome: Outcome}[]): void {
  for (const {commit, outcome} of outcomes) {
    if (outcome.kind === 'result') commit.resolve(outcome.result);
    else commit.reject(outcome.reason);
  }
}
