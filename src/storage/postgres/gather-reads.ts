import {type Clock, pause} from '../../base/clock.ts';
import type {Key, Value} from '../store.ts';
import {byteaOf} from './binary-array.ts';
import type {Connections} from './connections.ts';
import {nameOf} from './decide-group.ts';
import {expireWaiting} from './expire-waiting.ts';
import {unavailable, verdictOf} from './failures.ts';
import type {InFlight} from './in-flight.ts';
import {type KeyPlaces, lookUp} from './look-up.ts';
import {Pace} from './pace.ts';
import type {LookUp} from './statements.ts';

interface Waiting {
  keys: readonly Key[];
  names: string[];
  untilMs: number;
  resolve(values: (Value | undefined)[]): void;
  reject(reason: unknown): void;
}

/** So that one that takes long does not hold up the others. */
const statementsMax = 2;
const retryMs = 20;

/**
 * Reads that wait together become one statement, so each sees one moment. One that comes alone goes at once: gathering
 * begins when several are under way. Reads change nothing, so they are asked again when a connection is lost.
 */
export function gatherReads(deps: {
  connections: Connections;
  statement: LookUp;
  places: KeyPlaces;
  /** Of the requests of one statement, unless a single one has more. */
  keysMax: number;
  inFlight: InFlight;
  clock: Clock;
  patienceMs: number;
}) {
  const waiting: Waiting[] = [];
  const expire = expireWaiting(waiting, deps.clock);
  const pace = new Pace(start, deps.clock);
  let underWay = 0;
  let starting = false;

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
    while (underWay < statementsMax && waiting.length > 0 && pace.startsNow()) {
      const batch: Waiting[] = [];
      for (
        let keys = 0;
        waiting.length > 0 && (batch.length === 0 || keys + waiting[0]!.keys.length <= deps.keysMax);
      ) {
        keys += waiting[0]!.keys.length;
        batch.push(waiting.shift()!);
      }
      underWay++;
      pace.started(batch.length);
      void runBatch(batch).finally(() => {
        underWay--;
        pace.ended(batch.length);
        start();
      });
    }
  }

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    // Nearly all requests of a moment read the same few table records.
    const places = new Map<string, number>();
    const keys: Key[] = [];
    for (const read of batch) {
      read.names.forEach((name, at) => {
        if (places.has(name)) return;
        places.set(name, keys.length);
        keys.push(read.keys[at]!);
      });
    }
    try {
      const {rows, left} = await deps.connections.use(batch[0]!.untilMs, connection =>
        lookUp(connection, deps.statement, keys, batch[0]!.keys.length, deps.places),
      );
      const fits = (read: Waiting) => left.size === 0 || !read.names.some(name => left.has(places.get(name)!));
      const handedOut: (Value | undefined)[] = new Array(rows.length).fill(undefined);
      const valueAt = (place: number): Value | undefined => {
        const row = rows[place];
        if (!row) return undefined;
        // Each caller's own.
        const before = handedOut[place];
        if (before) return Buffer.from(before);
        handedOut[place] = byteaOf(row[1]!);
        return handedOut[place];
      };
      // All before the first is told: whoever was told must not be asked for again.
      const answers = batch.map(read => (fits(read) ? read.names.map(name => valueAt(places.get(name)!)) : undefined));
      for (const [at, read] of batch.entries()) if (answers[at]) read.resolve(answers[at]);
      waiting.unshift(...batch.filter(read => !fits(read)));
    } catch (error) {
      // Whose fault it is shows when each is read alone.
      if (verdictOf(error) === 'wrong' && batch.length > 1) {
        for (const read of batch) await runBatch([read]);
        return;
      }
      const nowMs = deps.clock.now();
      const inTime = batch.filter(read => {
        if (nowMs + retryMs < read.untilMs && verdictOf(error) !== 'wrong') return true;
        read.reject(unavailable(error, 'no'));
        return false;
      });
      if (inTime.length === 0) return;
      await pause(retryMs);
      waiting.unshift(...inTime);
      expire();
    }
  }

  return (keys: readonly Key[]): Promise<(Value | undefined)[]> =>
    new Promise((resolve, reject) => {
      if (keys.length === 0) {
        resolve([]);
        return;
      }
      deps.inFlight.enter();
      waiting.push({
        keys,
        names: keys.map(nameOf),
        untilMs: deps.clock.now() + deps.patienceMs,
        resolve(values) {
          deps.inFlight.leave();
          resolve(values);
        },
        reject(reason) {
          deps.inFlight.leave();
          reject(reason);
        },
      });
      expire();
      startSoon();
    });
}
