import type {Clock} from '../base/clock.ts';
import type {Random} from '../base/random.ts';
import type {Store} from '../storage/store.ts';
import type {Reader} from './reader.ts';
import {defaultStreamSettings, type StreamSettings} from './streams/stream-settings.ts';
import type {Table} from './tables/table.ts';
import {UnderWay} from './transactions/under-way.ts';

/** How long states last that take AWS time. Nothing in them takes us any, so all are 0 unless a test stretches them. */
export interface Lifecycle {
  tableCreatingMs: number;
  tableUpdatingMs: number;
  tableDeletingMs: number;
  indexCreatingMs: number;
  indexDeletingMs: number;
  /** For how long after time to live was turned on or off AWS refuses to do it again: about 31 minutes. */
  timeToLiveFixedMs: number;
  /** For how long at least a transaction that writes is under way before its commit, so that others meet it. */
  transactionMs: number;
}

/** What DynamoDB's behaviour runs on. Every function of `engine/` takes it first. */
export interface Engine {
  store: Store;
  /** Makes what a request reads from that may see the past: the store itself, unless there is a standby. */
  staleReader: () => Reader;
  clock: Clock;
  random: Random;
  accountId: string;
  lifecycle: Lifecycle;
  streams: StreamSettings;
  /** Tables as last read, by region and name. Never trusted: each use compares it with the stored record. */
  tableCache: Map<string, Map<string, Table>>;
  /** What single writes and other transactions are in conflict with. */
  underWay: UnderWay;
  /** Wakes the jobs: something was written that one of them has to see to. */
  onWork: () => void;
}

const instantLifecycle: Lifecycle = {
  tableCreatingMs: 0,
  tableUpdatingMs: 0,
  tableDeletingMs: 0,
  indexCreatingMs: 0,
  indexDeletingMs: 0,
  timeToLiveFixedMs: 0,
  transactionMs: 0,
};

export function createEngine(
  parts: Pick<Engine, 'store' | 'clock' | 'random'> & Partial<Pick<Engine, 'staleReader'>>,
  lifecycle: Partial<Lifecycle> = {},
  streams: Partial<StreamSettings> = {},
): Engine {
  return {
    staleReader: () => parts.store,
    ...parts,
    accountId: '000000000000',
    lifecycle: {...instantLifecycle, ...lifecycle},
    streams: {...defaultStreamSettings, ...streams},
    tableCache: new Map(),
    underWay: new UnderWay(),
    onWork: () => {},
  };
}
