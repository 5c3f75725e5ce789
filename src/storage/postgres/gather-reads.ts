import {type Clock, pause} from '../../base/clock.ts';
import type {Key, Value} from '../store.ts';
import {byteaOf} from './binary-array.ts';
import {keyParameters} from './commit-parameters.ts';
import type {Connections} from './connections.ts';
import {nameOf} from './decide-group.ts';
import {unavailable, verdictOf} from './failures.ts';
import type {PartitionBytesOf} from './split-key.ts';
import type {Statement} from './statements.ts';

interface Waiting {
  keys: readonly Key[];
  names: string[];
  untilMs: number;
  resolve(values: (Value | undefined)[]): void;
  reject(reason: unknown): void;
}

/** With two on their way, one is read by the server while the other's answer is read here; the rest gathers. */
const statementsMax = 2;
const keysMax = 512;
const retryMs = 20;

/**
 * Reads that wait together become one statement, so each sees one moment. One that comes alone goes at once: gathering
 * begins when both statements are under way. Reads change nothing, so they are asked again when a connection is lost.
 */
export function gatherReads(deps: {
  connections: Connections;
  statement: Statement;
  partitionBytesOf: PartitionBytesOf;
  clock: Clock;
  patienceMs: number;
}) {
  const waiting: Waiting[] = [];
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
    while (underWay < statementsMax && waiting.length > 0) {
      const batch: Waiting[] = [];
      for (let keys = 0; waiting.length > 0 && (batch.length === 0 || keys + waiting[0]!.keys.length <= keysMax); ) {
        keys += waiting[0]!.keys.length;
        batch.push(waiting.shift()!);
      }
      underWay++;
      void runBatch(batch).finally(() => {
        underWay--;
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
      const rows = await deps.connections.use(batch[0]!.untilMs, connection =>
        connection.run(deps.statement, keyParameters(keys, deps.partitionBytesOf)),
      );
      const texts: (string | undefined)[] = new Array(keys.length);
      for (const [place, value] of rows) texts[Number(place) - 1] = value!;
      for (const read of batch) {
        read.resolve(
          read.names.map(name => {
            const text = texts[places.get(name)!];
            return text === undefined ? undefined : byteaOf(text);
          }),
        );
      }
    } catch (error) {
      const nowMs = deps.clock.now();
      const inTime = batch.filter(read => {
        if (nowMs + retryMs < read.untilMs && verdictOf(error) !== 'wrong') return true;
        read.reject(unavailable(error, 'no'));
        return false;
      });
      if (inTime.length === 0) return;
      await pause(retryMs);
      waiting.unshift(...inTime);
    }
  }

  return (keys: readonly Key[]): Promise<(Value | undefined)[]> =>
    new Promise((resolve, reject) => {
      if (keys.length === 0) {
        resolve([]);
        return;
      }
      const untilMs = deps.clock.now() + deps.patienceMs;
      waiting.push({keys, names: keys.map(nameOf), untilMs, resolve, reject});
      startSoon();
    });
}
