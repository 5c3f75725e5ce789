import type {Area, CopyableStore, RawEntry} from '../copyable-store.ts';
import {mustBeSoundEntries} from '../sound-writes.ts';
import type {Key, KeyRange, ScanLimits, ScanPage, Value} from '../store.ts';
import {otherProcesses, restoreEntries, scanAreaPage} from './areas.ts';
import {clearStep} from './clear-step.ts';
import {groupCommit} from './group-commit.ts';
import {decodeSums} from './group-tallies.ts';
import {type Environment, type EnvironmentOptions, openEnvironment} from './open-environment.ts';
import {area} from './stored-key.ts';

export interface LmdbStoreOptions extends EnvironmentOptions {
  /** Told once, when the disk failed: from then on nothing is written, until another process opens the directory. */
  onBroken?: () => void;
}

/**
 * A store in one LMDB environment, `data.mdb` in a directory. Several processes may open the same directory: readers never
 * wait, writers take turns, and each process sees at once what another committed. Reads and scans answer at once (never a
 * promise).
 * @throws StoreOpenError
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<CopyableStore> {
  const environment = await openEnvironment(options);
  const commits = groupCommit(environment, options.durability, options.onBroken ?? (() => {}));
  let closing: Promise<void> | undefined;

  return {
    read(keys: readonly Key[]): (Value | undefined)[] {
      // Otherwise lmdb-js keeps a snapshot for about a millisecond, and what another process committed may be missing.
      environment.resetReadTxn();
      return keys.map(key => environment.get(key));
    },

    scan(range: KeyRange, limits: ScanLimits): ScanPage {
      environment.resetReadTxn();
      return scanPage(environment, range, limits);
    },

    commit: commits.commit,

    counters(counters: readonly Key[]): number[][] {
      environment.resetReadTxn();
      return counters.map(key => decodeSums(environment.get({area: area.counter, key})));
    },

    clear(range: KeyRange): Promise<boolean> {
      return commits.inTransaction(() => clearStep(environment, range));
    },

    scanArea(area: Area, range: KeyRange, limits: Omit<ScanLimits, 'reverse'>): ScanPage {
      environment.resetReadTxn();
      return scanAreaPage(environment, area, range, limits);
    },

    async restore(entries: readonly RawEntry[]): Promise<void> {
      mustBeSoundEntries(entries);
      await commits.inTransaction(() => restoreEntries(environment, entries));
    },

    entriesEstimate: () => environment.entriesEstimate(),

    otherUsers: () => otherProcesses(environment),

    close(): Promise<void> {
      closing ??= (async () => {
        await commits.drained();
        await commits.flushed();
        await environment.close();
      })();
      return closing;
    },
  };
}

function scanPage(environment: Environment, range: KeyRange, limits: ScanLimits): ScanPage {
  const page: ScanPage = {keys: [], values: [], more: false};
  if (range.start.compare(range.end) >= 0) return page;
  // LMDB walks backwards from `start` to `end`, with the first included and the second not: the other way round than a range.
  let bytes = 0;
  environment.walk(
    limits.reverse
      ? {start: range.end, end: range.start, reverse: true, exclusiveStart: true, inclusiveEnd: true}
      : {start: range.start, end: range.end},
    (key, value) => {
      page.keys.push(key);
      page.values.push(value);
      bytes += value.length;
      page.more = page.keys.length >= limits.entriesMax || bytes >= limits.bytesMax;
      return !page.more;
    },
  );
  return page;
}
