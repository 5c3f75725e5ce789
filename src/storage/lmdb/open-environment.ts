import {closeSync, existsSync, fsyncSync, mkdirSync, openSync, realpathSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {open} from 'lmdb';
import type {Key} from '../store.ts';
import {StoreOpenError} from '../store-open-error.ts';
import {lookAtFile} from './check-file.ts';
import {commitErrorOf} from './commit-error.ts';
import {type DiskTrouble, diskTrouble, wayBack} from './disk-trouble.ts';
import type {TreeSize} from './page-bound.ts';
import {type RoomAhead, roomAhead} from './room-ahead.ts';
import {area, type StoredKey, storedKeyEncoder} from './stored-key.ts';
import {type RangeOptions, type RawEntries, type SummedEntries, summedEntries, valueDecoder} from './summed-entries.ts';

/** What we use of an lmdb-js database. Writes are for `childTransaction` only. */
export interface Environment extends SummedEntries, Pick<RoomAhead, 'admit' | 'hasRoomToRemove'> {
  remove(key: Key | StoredKey): Promise<boolean>;
  /** Runs `work` in the next write transaction, undone if it throws. Rejects with what it threw. One at a time. */
  childTransaction<R>(work: () => R): Promise<R>;
  /** Lets the next read begin a new snapshot. */
  resetReadTxn(): void;
  /** Forgets the processes that are gone. */
  readerCheck(): number;
  /** A line for each reader, which opens with its process id; a process that writes reads too. */
  readerList(): string;
  entriesEstimate(): number;
  /** Flushes all that was committed, on another thread. */
  sync(done: (error?: Error) => void): void;
  close(): Promise<void>;
  trouble: DiskTrouble;
  /** `data.mdb`. */
  file: string;
}

interface RawEnvironment
  extends RawEntries,
    Pick<
      Environment,
      'remove' | 'childTransaction' | 'resetReadTxn' | 'readerCheck' | 'readerList' | 'sync' | 'close'
    > {
  /** Of the transaction under way. */
  getStats(): {
    entryCount: number;
    treeDepth: number;
    treeBranchPageCount: number;
    treeLeafPageCount: number;
    overflowPages: number;
  };
}

export interface EnvironmentOptions {
  directory: string;
  /**
   * `commit`: fulfilled means flushed to disk. `relaxed`: the data is flushed, but what makes it count only a moment later,
   * which saves one of two flushes. A killed process loses nothing; a power cut may lose the last moments (about
   * `relaxedFlushMs`, or one commit), and leaves the whole state before them.
   */
  durability: 'commit' | 'relaxed';
}

/** 2: every entry but this one bears a checksum behind its value. 1 had none; such data is served as it is. */
const format = 2;
const formatKey: StoredKey = {area: area.format, key: Buffer.alloc(0)};
const formatValue = Buffer.of(format, 0xff - format);
/** Address space, not disk or memory. lmdb-js would grow a smaller map by moving it. */
const mapBytes = 2 ** 40;

/** Directories that are open here. Two lmdb-js environments of one process on one directory wait for each other for ever. */
const openHere = new Set<string>();

/**
 * Opens the environment in a directory, which it makes if need be.
 * @throws StoreOpenError
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const {directory} = options;
  try {
    makeDirectory(directory);
    mustBeWhole(join(directory, 'data.mdb'), directory);
    const realDirectory = realpathSync(directory);
    if (openHere.has(realDirectory)) {
      throw new StoreOpenError(
        `${directory} is already open in this process: close it first, or choose another directory`,
      );
    }
    const environment = await openChecked(options);
    noteMade(directory);
    // A file that was just made survives a power cut only once its directory is flushed.
    syncDirectory(directory);
    openHere.add(realDirectory);
    const close = environment.close.bind(environment);
    environment.close = async () => {
      await close();
      openHere.delete(realDirectory);
    };
    return environment;
  } catch (error) {
    throw error instanceof StoreOpenError ? error : new StoreOpenError(reasonOf(error, directory), {cause: error});
  }
}

async function openChecked(options: EnvironmentOptions): Promise<Environment> {
  const file = join(options.directory, 'data.mdb');
  const trouble = diskTrouble(file);
  const decoder = valueDecoder();
  const raw = open({
    path: options.directory,
    noSubdir: false,
    overlappingSync: false,
    noMetaSync: options.durability === 'relaxed',
    // Fixed: pages must not change their size with the machine, and a map that never moves needs no care between processes.
    pageSize: 4096,
    mapSize: mapBytes,
    maxDbs: 1,
    // With it on, a failed flush rejects a promise of lmdb-js's own that nobody can handle, which ends the process.
    eventTurnBatching: false,
    compression: false,
    useVersions: false,
    keyEncoder: storedKeyEncoder,
    encoder: {encode: (value: Buffer) => value, decode: decoder.decode},
  } as Parameters<typeof open>[0]) as unknown as RawEnvironment;
  let room: RoomAhead | undefined;
  try {
    room = roomAhead(file, () => treeOf(raw));
    const roomy = inRoom(raw, room);
    decoder.hasSums = await findFormat(roomy, raw.getStats().entryCount, options);
    return {
      ...summedEntries(roomy, decoder, trouble),
      remove: roomy.remove,
      childTransaction: roomy.childTransaction,
      admit: room.admit,
      hasRoomToRemove: room.hasRoomToRemove,
      resetReadTxn: () => raw.resetReadTxn(),
      readerCheck: () => raw.readerCheck(),
      readerList: () => raw.readerList(),
      entriesEstimate: () => raw.getStats().entryCount,
      sync: done => raw.sync(done),
      async close() {
        await raw.close();
        room?.close();
      },
      trouble,
      file,
    };
  } catch (error) {
    await raw.close();
    room?.close();
    throw await commitErrorOf(error);
  }
}

function treeOf(raw: RawEnvironment): TreeSize {
  const {treeDepth, treeBranchPageCount, treeLeafPageCount, overflowPages: pages} = raw.getStats();
  return {depth: treeDepth, branchPages: treeBranchPageCount, leafPages: treeLeafPageCount, overflowPages: pages};
}

/** Nothing is written but by way of these, so no write can forget to make room. */
function inRoom(raw: RawEnvironment, room: RoomAhead) {
  const keyBytes = (key: Key | StoredKey) => 1 + (Buffer.isBuffer(key) ? key.length : key.key.length);
  return {
    get: (key: Key | StoredKey) => raw.get(key),
    getRange: (options: RangeOptions) => raw.getRange(options),
    getKeys: (options: RangeOptions) => raw.getKeys(options),
    put(key: Key | StoredKey, value: Buffer): Promise<boolean> {
      room.put(keyBytes(key), value.length);
      return raw.put(key, value);
    },
    remove(key: Key | StoredKey): Promise<boolean> {
      room.remove();
      return raw.remove(key);
    },
    childTransaction<R>(work: () => R): Promise<R> {
      return raw.childTransaction(() => {
        room.begin();
        try {
          return work();
        } finally {
          room.end();
        }
      });
    },
  };
}

/** Whether the entries bear checksums; data that is new will. */
async function findFormat(
  entries: Pick<RawEntries, 'get' | 'put'> & Pick<RawEnvironment, 'childTransaction'>,
  entryCount: number,
  {directory}: EnvironmentOptions,
): Promise<boolean> {
  const value = entries.get(formatKey);
  const found = value?.[0] ?? 0;
  if (found > format) {
    throw new StoreOpenError(
      `the data in ${directory} has format ${found}, written by a newer version; this version reads format ${format}: install the newer version, or choose another directory`,
    );
  }
  if (value?.equals(formatValue)) return true;
  if (value?.equals(Buffer.of(1))) return false;
  if (value !== undefined || entryCount > 0) throw damagedFile(directory, 'its format is not known');
  await entries.childTransaction(() => void entries.put(formatKey, formatValue));
  return true;
}

/** Step by step, because `mkdirSync` with `recursive` never ends where a parent takes no directories (`/proc`). */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    const {code} = error as {code?: string};
    if (code === 'EEXIST' && statSync(directory).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error;
    makeDirectory(dirname(directory));
    mkdirSync(directory);
  }
}

/**
 * LMDB believes what it reads, so we look before it does. A process that died while it made the file leaves an empty one; once
 * there was data, there is a note of it beside the file.
 */
function mustBeWhole(file: string, directory: string): void {
  const isMade = existsSync(join(directory, madeNote));
  if (!existsSync(file) || statSync(file).size === 0) {
    if (isMade) throw damagedFile(directory, `it is ${existsSync(file) ? 'empty' : 'gone'}`);
    return;
  }
  const wrong = lookAtFile(file);
  if (wrong !== undefined) throw damagedFile(directory, wrong);
}

/** Says that there was a `data.mdb` here, so that one which is gone is not taken for a beginning. */
const madeNote = 'stator.txt';

function noteMade(directory: string): void {
  const note = join(directory, madeNote);
  if (existsSync(note)) return;
  writeFileSync(
    note,
    'This folder keeps the data of a Stator, all of it in data.mdb. Without that file no server starts here; to begin anew, delete the folder.\n',
  );
}

function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function damagedFile(directory: string, what: string): StoreOpenError {
  return new StoreOpenError(
    `${join(directory, 'data.mdb')} is damaged: ${what}: ${wayBack}, or choose another directory`,
  );
}

function reasonOf(error: unknown, directory: string): string {
  const {code, message} = error as {code?: string | number; message?: string};
  const text = `${code ?? ''} ${message ?? ''}`;
  const use = `can't use the data directory ${directory}: `;
  if (/EACCES|EPERM|EROFS|permission denied|read-only/i.test(text)) {
    return `${use}no permission to write there; change its permissions, or choose another directory`;
  }
  if (/ENOTDIR|EEXIST|not a directory/i.test(text)) {
    return `${use}a file is in the way; remove it, or choose another directory`;
  }
  if (/ENOSPC|EDQUOT|EFBIG|no space/i.test(text))
    return `${use}the disk is full; free some space, or choose another directory`;
  if (/MDB_INVALID|MDB_CORRUPTED|MDB_VERSION_MISMATCH|not an LMDB/i.test(text)) {
    return `${use}its data.mdb is not one that this version can read; restore it from a backup, or choose another directory`;
  }
  return `${use}${message ?? String(error)}; mend that, or choose another directory`;
}
