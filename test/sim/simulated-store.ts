import type {Random} from '../../src/base/random.ts';
import {keySpace} from '../../src/keyspace/register.ts';
import {decodeStoredItem} from '../../src/keyspace/stored-item.ts';
import type {Item} from '../../src/model/attribute-value.ts';
import {memoryStore} from '../../src/storage/memory/memory-store.ts';
import type {Decision, Key, Store, Value, Write} from '../../src/storage/store.ts';
import {StoreUnavailableError} from '../../src/storage/store-unavailable-error.ts';
import type {Mutant} from './mutant.ts';
import type {CallKind, Judged} from './oracle.ts';

/** Who calls the store: a request of a client, or a job. */
export interface Actor {
  name: string;
  judged?: Judged;
  /** A fault was injected into what it does: it may fail, but not be wrong. */
  faulted?: boolean;
}

/** A call of the store that waits to be done, or is done and waits to be answered. */
export interface Call {
  actor: Actor;
  node: number;
  kind: CallKind;
  issuedMs: number;
  /** The keys of items that it names, as texts. */
  itemKeys: string[];
  done: boolean;
  /** Does it. Nobody is told. */
  run(): void;
  /** Tells the caller. */
  answer(): void;
}

export interface StoreWatch {
  nowMs(): number;
  /** Who is running now. */
  actor(): Actor;
  submit(call: Call): void;
  before(call: Call): void;
  committed(call: Call, writes: readonly Write[], oldItems: readonly Item[]): void;
  /** Shall this call of the store fail? */
  failsNow(): boolean;
  random: Random;
}

/** The memory store that all nodes of a run share, behind doors through which each call passes when the run says so. */
export function simulatedStore(watch: StoreWatch, discardChance: number, mutant: Mutant | undefined) {
  const {random} = watch;
  const inner = memoryStore(discardChance > 0 ? {discard: {random, chance: discardChance}} : {});

  let undo: Write[] = [];

  return {inner, storeOf, undoLast};

  function undoLast(): void {
    inner.commit([], () => ({result: undefined, writes: undo}));
    undo = [];
  }

  function storeOf(node: number): Store {
    const later = <R>(
      kind: CallKind,
      work: (call: Call) => R | Promise<R>,
      keys: readonly Key[] = [],
    ): Promise<Awaited<R>> => {
      const actor = watch.actor();
      return new Promise<Awaited<R>>((resolve, reject) => {
        let answer = () => {};
        const call: Call = {
          actor,
          node,
          kind,
          issuedMs: watch.nowMs(),
          itemKeys: keys.filter(key => key[0] === keySpace.item).map(key => key.toString('latin1')),
          done: false,
          run() {
            call.done = true;
            const fails = watch.failsNow();
            if (fails) actor.faulted = true;
            const isDone = !fails || (kind === 'commit' && random.fraction() < 0.5);
            const written = fails && kind === 'commit' && (isDone || random.fraction() < 0.5) ? 'unknown' : 'no';
            try {
              if (isDone) {
                watch.before(call);
                const result = work(call);
                answer = () => resolve(result as Awaited<R>);
              }
            } catch (thrown) {
              answer = () => reject(thrown);
            }
            if (fails) answer = () => reject(new StoreUnavailableError('simulated', written));
          },
          answer: () => answer(),
        };
        watch.submit(call);
      });
    };

    function commit<R>(keys: readonly Key[], decide: (values: (Value | undefined)[]) => Decision<R>): Promise<R> {
      const early = mutant?.decidesEarly?.(random) ? (inner.read(keys) as (Value | undefined)[]) : undefined;
      return later(
        'commit',
        call => {
          let writes: readonly Write[] = [];
          let oldItems: Item[] = [];
          const result = inner.commit<R>(keys, values => {
            const decision = decide(early ? early.map(value => value && Buffer.from(value)) : values);
            // What is done wrong on purpose is not shown to those who watch.
            writes = decision.writes;
            const deleted = writes.filter(write => write.kind === 'delete' && write.key[0] === keySpace.item);
            const stored = inner.read(deleted.map(write => (write as {key: Key}).key)) as (Value | undefined)[];
            if (mutant?.losesLastCommit && writes.length > 0) undo = undoOf(writes);
            oldItems = stored.map(value => (value ? decodeStoredItem(value) : {}));
            return mutant?.writes ? {...decision, writes: mutant.writes(writes, random, call.actor.name)} : decision;
          }) as R;
          watch.committed(call, writes, oldItems);
          return result as R;
        },
        keys,
      ) as Promise<R>;
    }

    return {
      read: keys => later('read', () => inner.read(keys) as (Value | undefined)[], keys),
      scan: (range, limits) =>
        later('scan', call => {
          const page = inner.scan(range, limits) as Awaited<ReturnType<Store['scan']>>;
          return mutant?.page ? mutant.page(page, range, call.actor.name) : page;
        }),
      commit,
      counters: counters => later('counters', () => inner.counters(counters) as number[][]),
      // It finishes within this turn: the memory store only says that it is a promise.
      clear: range => later('clear', () => (mutant?.clears === false ? Promise.resolve(false) : inner.clear(range))),
      close: async () => {},
    };
  }

  function undoOf(writes: readonly Write[]): Write[] {
    const keys = writes.flatMap(write => (write.kind === 'put' || write.kind === 'delete' ? [write.key] : []));
    const values = inner.read(keys) as (Value | undefined)[];
    return keys.map((key, at) => (values[at] ? {kind: 'put', key, value: values[at]} : {kind: 'delete', key}));
  }
}
