import {systemRandom} from '../base/random.ts';
import {followableStore} from '../copy/followable-store.ts';
import {copyNoteKey, decodeCopyNote} from '../keyspace/copy-note.ts';
import {decodeFollowNote, type FollowNote, followNoteKey} from '../keyspace/follow-note.ts';
import {partitionBytesOf, spreadPartitionBytesOf} from '../keyspace/partition-bytes.ts';
import type {CopyableStore} from '../storage/copyable-store.ts';
import type {Store} from '../storage/store.ts';
import {StoreOpenError} from '../storage/store-open-error.ts';

const partitions = {partitionBytesOf, spreadPartitionBytesOf};

/** Where the data lies. */
export type StoreChoice =
  | {kind: 'memory'}
  | {kind: 'lmdb'; directory: string; durability: 'commit' | 'relaxed'}
  | {kind: 'postgres'; url: string; readUrl?: string; shards?: number; mustExist?: boolean; applicationName?: string};

/**
 * The one place that names a driver. Drivers are loaded when asked for, so that one which is not used costs no start-up
 * time. `onBroken` is told once, when a disk failed and the store writes no more.
 * @throws StoreOpenError
 */
export async function openStore(choice: StoreChoice, onBroken: () => void = () => {}): Promise<CopyableStore> {
  if (choice.kind === 'memory') {
    const {memoryStore} = await import('../storage/memory/memory-store.ts');
    return memoryStore();
  }
  if (choice.kind === 'postgres') {
    const {openPostgresStore} = await import('../storage/postgres/postgres-store.ts');
    const {kind, readUrl, ...options} = choice;
    return openPostgresStore({...options, ...partitions, hasStandby: readUrl !== undefined});
  }
  const {openLmdbStore} = await import('../storage/lmdb/lmdb-store.ts');
  return openLmdbStore({directory: choice.directory, durability: choice.durability, onBroken});
}

/**
 * Refuses what is half of a copy, because whoever wrote to it would spoil it, and what has moved elsewhere.
 * @throws StoreOpenError
 */
export async function openStoreToServe(choice: StoreChoice, onBroken: () => void): Promise<Store> {
  const store = await openStore(choice, onBroken);
  if (choice.kind === 'memory') return store;
  const [copyNote, followNote] = await store.read([copyNoteKey(), followNoteKey()]);
  const reason = copyNote
    ? `the data is a copy of ${decodeCopyNote(copyNote).from} that is not complete: run 'stator copy' again, or name other data`
    : followNote && reasonOfMove(decodeFollowNote(followNote));
  if (reason === undefined) return followableStore(store, Math.floor(systemRandom.fraction() * 256));
  await store.close();
  throw new StoreOpenError(reason);
}

function reasonOfMove({state, to}: FollowNote): string | undefined {
  if (state === 'following') return undefined;
  return `the data has moved to ${to}: serve that, or give this its place back with 'stator copy --release'`;
}

const standbyMsMax = 2_000;

/** A standby to read from what may be of the past; undefined when none is named. */
export async function openStandby(choice: StoreChoice): Promise<Store | undefined> {
  if (choice.kind !== 'postgres' || choice.readUrl === undefined) return undefined;
  const {openPostgresStore} = await import('../storage/postgres/postgres-store.ts');
  // What it can't answer soon, the primary is asked.
  const url = choice.readUrl;
  return openPostgresStore({url, ...partitions, onlyReads: true, patienceMs: 0, statementMsMax: standbyMsMax});
}
