import {type Random, seededRandom} from '../../src/base/random.ts';
import {connectTo} from '../harness/call.ts';
import {checkTable} from '../harness/check-table.ts';
import {createCaller, type FaultWindow, type Surroundings} from './ask.ts';
import {soakTable} from './content.ts';
import {expiringItems} from './expiring-items.ts';
import {compare, newLedger} from './ledger.ts';
import {again, type Pace, untilAllRest} from './pace.ts';
import {readPages} from './read-pages.ts';
import {createSoakTables, expiringTable} from './soak-tables.ts';
import {type LoadSample, newStats} from './stats.ts';
import {streamReader} from './stream-reader.ts';
import {tableChurn} from './table-churn.ts';
import {writeItems} from './write-items.ts';

export interface LoadOptions {
  endpoints: string[];
  /** Requests a second, all together. */
  rate: number;
  /** Keys that are written again and again. */
  keys: number;
  seed: number;
  /** How long after a fault requests may still fail. */
  graceMs: number;
  /** About how often a table is made and dropped, and half as often an index. */
  churnMs: number;
  /** How long items live that have a time to live. */
  lifeSecondsMax: number;
}

export interface Load {
  tell(window: FaultWindow): void;
  sample(): LoadSample;
  /** Lets all callers rest, holds everything to what was acknowledged, and goes on. */
  verify(): Promise<void>;
  /** What was done how often. */
  end(): Promise<Record<string, number>>;
}

const lanes = 8;
/** Of the requests, so many in a hundred put items that expire. */
const expiringPercent = 6;

export async function startLoad(options: LoadOptions): Promise<Load> {
  const {endpoints, rate, keys, seed, graceMs, churnMs, lifeSecondsMax} = options;
  const stats = newStats();
  const around: Surroundings = {endpoints, stats, window: undefined, graceMs};
  const random = seededRandom(seed);
  const ledger = newLedger(keys);
  const pace: Pace = {isResting: false, isOver: false, busy: 0};
  const callers = Array.from({length: lanes + 6}, (_, at) => createCaller(around, at));
  const [forPutting, forLooking, forReading, forOldest, forTables, forIndexes] = callers.slice(lanes);
  const setUp = connectTo(endpoints[0]!);
  await createSoakTables(setUp.call);
  setUp.close();

  const expiring = expiringItems(forPutting!, forLooking!, stats, random, lifeSecondsMax);
  const stream = streamReader(forReading!, forOldest!, stats, keys);
  const tables = tableChurn(forTables!, stats, random);
  const indexes = tableChurn(forIndexes!, stats, random);
  const roughly = (ms: number) => () => ms * (0.5 + random.fraction());
  const mixed = rate * (1 - expiringPercent / 100);
  const runs = [
    ...callers.slice(0, lanes).map((caller, number) => {
      const lane = {caller, ledger, stats, random, number, lanes};
      const choose = weighted([...writeItems(lane), ...readPages(lane)], random);
      return again(pace, roughly((1000 * lanes) / mixed), async () => {
        const {name, once} = choose();
        stats.done[name] = (stats.done[name] ?? 0) + 1;
        await once();
      });
    }),
    again(pace, roughly(100_000 / (rate * expiringPercent)), counted('PutItem with a time to live', expiring.put)),
    again(pace, () => 1_000, expiring.look),
    again(
      pace,
      () => 250,
      async () => void (await stream.read()),
    ),
    again(pace, () => 2_000, stream.lookAtOldest),
    again(pace, roughly(churnMs), counted('table made and dropped', tables.makeAndDrop)),
    again(pace, roughly(churnMs * 2), counted('index added and dropped', indexes.addAndDropIndex)),
  ];
  const running = Promise.all(runs);
  running.catch(error => stats.problem(`the load itself failed: ${(error as Error).stack}`));

  function counted(name: string, once: () => Promise<void>) {
    return () => {
      stats.done[name] = (stats.done[name] ?? 0) + 1;
      return once();
    };
  }

  async function verify(): Promise<void> {
    await untilAllRest(pace);
    const {call, close} = connectTo(endpoints[0]!);
    try {
      const items = await checkTable(call, soakTable);
      for (const problem of compare(ledger, items).slice(0, 20)) stats.problem(problem);
      await stream.catchUp(ledger);
    } catch (error) {
      stats.problem(`verification: ${(error as Error).message}`);
    } finally {
      close();
    }
  }

  return {
    tell(window) {
      around.window = window;
    },
    sample: stats.take,
    async verify() {
      await verify();
      pace.isResting = false;
    },
    async end() {
      await verify();
      // What expires now is deleted meanwhile, so a table of those is held to itself only when none is left.
      await expiring.untilGone();
      const {call, close} = connectTo(endpoints[0]!);
      await checkTable(call, expiringTable).catch(error => stats.problem(`verification: ${(error as Error).message}`));
      close();
      pace.isOver = true;
      await running.catch(() => {});
      for (const caller of callers) caller.close();
      return {...stats.done, 'stream record': stream.records()};
    },
  };
}

function weighted<T extends {weight: number}>(choices: readonly T[], random: Random): () => T {
  const all = choices.reduce((sum, {weight}) => sum + weight, 0);
  return () => {
    let at = random.fraction() * all;
    for (const choice of choices) {
      at -= choice.weight;
      if (at < 0) return choice;
    }
    return choices[0]!;
  };
}
