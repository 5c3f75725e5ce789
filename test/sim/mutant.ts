import type {Random} from '../../src/base/random.ts';
import type {Transaction, UnderWay} from '../../src/engine/transactions/under-way.ts';
import {keySpace} from '../../src/keyspace/register.ts';
import type {KeyRange, ScanPage, Write} from '../../src/storage/store.ts';

/** A bug planted between engine and store, which the simulation must find. */
export interface Mutant {
  name: string;
  /** What is written instead. `by`: the name of the actor. */
  writes?(writes: readonly Write[], random: Random, by: string): readonly Write[];
  page?(page: ScanPage, range: KeyRange, by: string): ScanPage;
  /** A commit decides on what was there when it was asked for. */
  decidesEarly?(random: Random): boolean;
  clears?: false;
  /** By how much the clock of this job is ahead. */
  clockAheadMs?: {job: string; byMs: number};
  /** When a node dies, what was committed last is undone, though it was acknowledged. */
  losesLastCommit?: true;
  /** What a node knows of transactions under way, changed. */
  underWay?(underWay: UnderWay): void;
}

const isIn = (space: number) => (write: Write) =>
  (write.kind === 'put' || write.kind === 'delete') && write.key[0] === space;

/** Leaves out the first write that is of this kind, now and then. */
function without(writes: readonly Write[], random: Random, matches: (write: Write) => boolean, chance = 0.3) {
  const at = writes.findIndex(matches);
  return at < 0 || random.fraction() >= chance ? writes : writes.filter((_, other) => other !== at);
}

function withTransactions(underWay: UnderWay, change: (transaction: Transaction) => Transaction): void {
  const run = underWay.run.bind(underWay);
  underWay.run = work => run(transaction => work(change(transaction)));
}

export const mutants: readonly Mutant[] = [
  {
    name: 'skips the deletion of an index entry',
    writes: (writes, random) =>
      without(writes, random, write => write.kind === 'delete' && isIn(keySpace.indexEntry)(write)),
  },
  {
    name: 'skips an index entry',
    writes: (writes, random) =>
      without(writes, random, write => write.kind === 'put' && isIn(keySpace.indexEntry)(write)),
  },
  {
    name: 'drops a stream record',
    writes: (writes, random) => without(writes, random, write => write.kind === 'append', 0.1),
  },
  {
    name: 'swaps two stream records',
    writes: writes => {
      const appends = writes.filter(write => write.kind === 'append');
      return appends.length < 2 ? writes : [...writes.filter(write => write.kind !== 'append'), ...appends.reverse()];
    },
  },
  {name: 'decides on stale values', decidesEarly: random => random.fraction() < 0.2},
  {
    name: 'forgets a request token',
    writes: (writes, random) => without(writes, random, isIn(keySpace.requestToken), 0.5),
  },
  {
    name: 'pages are off by one',
    page: (page, {start}) =>
      start.length > 30 && start[start.length - 1] === 0 && page.keys.length > 1 && start[0] === keySpace.item
        ? {...page, keys: page.keys.slice(1), values: page.values.slice(1)}
        : page,
  },
  {
    name: 'adds wrong totals',
    writes: (writes, random) => without(writes, random, write => write.kind === 'add', 0.05),
  },
  {name: 'deletes items before they expire', clockAheadMs: {job: 'delete-expired', byMs: 600_000}},
  {
    name: 'backfill misses an item',
    page: (page, {start}, by) =>
      by.includes('backfill') && start[0] === keySpace.item && page.keys.length > 1
        ? {...page, keys: page.keys.slice(1), values: page.values.slice(1)}
        : page,
  },
  {
    name: 'writes half a transaction',
    writes: (writes, random, by) =>
      by.includes('transactWrite') ? without(writes, random, isIn(keySpace.item), 0.2) : writes,
  },
  {name: 'acknowledges what is not durable', losesLastCommit: true},
  {
    name: 'does not know which transactions are under way',
    underWay: underWay =>
      withTransactions(underWay, transaction => Object.assign(transaction, {take: () => undefined})),
  },
  {
    name: 'never forgets a transaction',
    underWay: underWay => withTransactions(underWay, transaction => Object.assign(transaction, {letGo: () => {}})),
  },
  {
    name: 'knows of no items of transactions under way',
    underWay: underWay => Object.assign(underWay, {includes: () => false}),
  },
  {name: 'clears nothing of what was dropped', clears: false},
  {
    name: 'never enters an expiry',
    writes: (writes, random) =>
      without(writes, random, write => write.kind === 'put' && isIn(keySpace.expiry)(write), 0.5),
  },
];
