import {createHandler} from '../../src/api/handle.ts';
import {systemClock} from '../../src/base/clock.ts';
import {type Random, seededRandom, systemRandom} from '../../src/base/random.ts';
import {createEngine} from '../../src/engine/engine.ts';
import {listen} from '../../src/http/listen.ts';
import {keySpace} from '../../src/keyspace/register.ts';
import {memoryStore} from '../../src/storage/memory/memory-store.ts';
import type {Decision, Key, ScanPage, Store, Value, Write} from '../../src/storage/store.ts';
import {StoreUnavailableError} from '../../src/storage/store-unavailable-error.ts';
import {sleep} from '../harness/server-process.ts';
import {type Mutant, mutants} from '../sim/mutant.ts';

/** What a store does wrong: like the bugs that are planted in the simulation, and what only shows in between. */
export interface Flaw extends Mutant {
  /** How often a read is answered with what was there before. */
  readsOld?: number;
  /** What is read together is read one by one. */
  readsApart?: true;
  /** How often a commit is acknowledged and then undone. */
  losesCommits?: number;
  /** How often a commit is shown before it is taken back, and promised not to be done. */
  showsAborted?: number;
}

function planted(name: string): Mutant {
  const found = mutants.find(mutant => mutant.name === name);
  if (!found) throw new Error(`no bug is called '${name}'`);
  return found;
}

/** Each flaw, made anew, and the anomalies one of which must show. */
export const flaws: {name: string; make: () => Flaw; shows: RegExp}[] = [
  known('decides on stale values', /lost update/),
  known('writes half a transaction', /stale read|fractured read/),
  flaw({name: 'acknowledges what is then lost', losesCommits: 0.1}, /stale read|lost update/),
  known('skips the deletion of an index entry', /garbage read/),
  known('skips an index entry', /stale read|fractured read|not linearizable/),
  known('drops a stream record', /gap in the log/),
  {name: 'tells of a change late', make: lateRecords, shows: /reordered records/},
  flaw({name: 'reads from a copy that lags behind', readsOld: 0.05}, /stale read/),
  flaw({name: 'reads the items of a transaction one by one', readsApart: true}, /fractured read|read skew/),
  flaw({name: 'shows what it takes back', showsAborted: 0.05}, /aborted read/),
];

function flaw(made: Flaw, shows: RegExp) {
  return {name: made.name, make: () => made, shows};
}

function known(name: string, shows: RegExp) {
  return {name, make: () => planted(name), shows};
}

/** Keeps a record back, until others were told. */
function lateRecords(): Flaw {
  const late: Write[] = [];
  return {
    name: 'tells of a change late',
    writes(writes, random) {
      const at = writes.findIndex(({kind}) => kind === 'append');
      if (at < 0) return writes;
      if (late.length > 5) return [...writes, ...late.splice(0)];
      if (random.fraction() > 0.2) return writes;
      late.push(writes[at]!);
      return writes.filter((_, other) => other !== at);
    },
  };
}

/** A server in this process, on a store with this flaw; with none it is sound. Calls of the store wait a little, so that requests meet. */
export async function startBroken(flaw: Flaw | undefined, seed: number) {
  const engine = createEngine({
    store: brokenStore(flaw ?? {name: 'none'}, seededRandom(seed)),
    clock: systemClock,
    random: systemRandom,
  });
  const onFault = () => {};
  const handler = createHandler({engine, region: 'us-east-1', onFault});
  const door = await listen({port: 0, host: '127.0.0.1', handler, onFault});
  return {endpoint: `http://127.0.0.1:${door.port}`, close: door.close};
}

const waitMsMax = 4;

function brokenStore(flaw: Flaw, random: Random): Store {
  const inner = memoryStore();
  const wait = () => sleep(random.fraction() * waitMsMax);
  const happens = (chance = 0) => random.fraction() < chance;
  const readNow = (keys: readonly Key[]) => inner.read(keys) as (Value | undefined)[];
  const replaced = new Map<string, Value | undefined>();

  /** A transaction is known by its token. */
  const askedBy = (writes: readonly Write[]) =>
    writes.some(write => write.kind === 'put' && write.key[0] === keySpace.requestToken) ? 'transactWrite' : 'request';

  function apply<R>(
    keys: readonly Key[],
    decide: (values: (Value | undefined)[]) => Decision<R>,
  ): {result: R; undo: Write[]} {
    let undo: Write[] = [];
    const result = inner.commit<R>(keys, values => {
      const decision = decide(values);
      const writes = flaw.writes?.(decision.writes, random, askedBy(decision.writes)) ?? decision.writes;
      undo = undoOf(writes);
      return {...decision, writes};
    }) as R;
    for (const write of undo)
      if (write.kind === 'put' && isItem(write.key)) replaced.set(write.key.toString('hex'), write.value);
    return {result, undo};
  }

  /** For items only: the rest of the engine is not what is broken. */
  function undoOf(writes: readonly Write[]): Write[] {
    const keys = writes
      .flatMap(write => (write.kind === 'put' || write.kind === 'delete' ? [write.key] : []))
      .filter(isItem);
    const values = readNow(keys);
    return keys.map((key, at) => (values[at] ? {kind: 'put', key, value: values[at]} : {kind: 'delete', key}));
  }

  const undoNow = (writes: readonly Write[]) => inner.commit([], () => ({result: undefined, writes}));

  return {
    async read(keys) {
      await wait();
      if (flaw.readsApart) {
        const values: (Value | undefined)[] = [];
        for (const key of keys) {
          values.push(readNow([key])[0]);
          await sleep(2 * waitMsMax);
        }
        return values;
      }
      const values = readNow(keys);
      return values.map((value, at) =>
        happens(flaw.readsOld) ? (replaced.get(keys[at]!.toString('hex')) ?? value) : value,
      );
    },
    async scan(range, limits) {
      await wait();
      return inner.scan(range, limits) as ScanPage;
    },
    async commit(keys, decide) {
      await wait();
      const early = flaw.decidesEarly?.(random) ? readNow(keys) : undefined;
      await wait();
      const {result, undo} = apply(keys, values => decide(early?.map(value => value && Buffer.from(value)) ?? values));
      if (undo.length > 0 && happens(flaw.losesCommits)) undoNow(undo);
      if (undo.length > 0 && happens(flaw.showsAborted)) {
        await wait();
        undoNow(undo);
        throw new StoreUnavailableError('planted', 'no');
      }
      await wait();
      return result;
    },
    counters: counters => inner.counters(counters),
    clear: range => inner.clear(range),
    close: async () => {},
  };
}

const isItem = (key: Key) => key[0] === keySpace.item;
