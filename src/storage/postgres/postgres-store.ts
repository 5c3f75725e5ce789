import {assert} from '../../base/assert.ts';
import {pause, systemClock} from '../../base/clock.ts';
import {systemRandom} from '../../base/random.ts';
import {addAmounts} from '../add-amounts.ts';
import type {Area, CopyableStore, RawEntry} from '../copyable-store.ts';
import {mustBeSoundEntries} from '../sound-writes.ts';
import type {Key, KeyRange, ScanLimits, ScanPage} from '../store.ts';
import {StoreOpenError} from '../store-open-error.ts';
import {restoreRaw, scanTallies} from './areas.ts';
import {byteaOf, keyArrays} from './binary-array.ts';
import {type Connection, openConnections} from './connections.ts';
import {unavailable, verdictOf} from './failures.ts';
import {findAny, findPrimary} from './find-primary.ts';
import {gatherCommits} from './gather-commits.ts';
import {InFlight} from './in-flight.ts';
import {keepsSessions} from './keeps-sessions.ts';
import {lockId} from './lock-id.ts';
import {type Layout, prepareSchema} from './schema.ts';
import {type PartitionBytesOf, splitKey} from './split-key.ts';
import {waysOf} from './ways.ts';

export interface PostgresStoreOptions {
  /** As for libpq: `postgres://user:password@host:port/database`, with `?host=/folder/of/socket`, or of several hosts. */
  url: string;
  partitionBytesOf: PartitionBytesOf;
  /** The same where Citus spreads the data, if it is another there: few partitions, each with many keys. */
  spreadPartitionBytesOf?: PartitionBytesOf;
  /** Over how many shards Citus spreads them, where it is there when the schema is made. */
  shards?: number;
  /** Somebody means to read from a standby besides. */
  hasStandby?: boolean;
  /** Lower-case letters, digits and underscores: the schema that holds the tables. */
  schema?: string;
  /** Refuse a database in which there is no such schema, rather than make one. */
  mustExist?: boolean;
  /** For reads alone, which may be of the past: a standby will do. It is not looked for before the first read. */
  onlyReads?: boolean;
  /** What the server's list of connections shows; `stator`, or it opens with `stator copy`. */
  applicationName?: string;
  /** How long a request waits for PostgreSQL to come back, before it fails. */
  patienceMs?: number;
  /** How long one statement may take. */
  statementMsMax?: number;
}

const lendsTransactions =
  'what stands before PostgreSQL (PgBouncer?) lends connections for one transaction at a time, and Stator needs one for a ' +
  'session: set pool_mode = session there, or name the server itself with --store';

/** Two for reads and four for commits; scans and the like have their own, so that many of them hold up nobody else. */
const requestConnectionsMax = 6;
const scanConnectionsMax = 6;
const retryMs = 20;

/**
 * A store in one schema of a PostgreSQL database, that any number of nodes may share. Nothing that is kept between
 * requests is answered unless the server says that it still is so: each node sees at once what another committed.
 *
 * When PostgreSQL is gone, requests wait for it up to `patienceMs`, then fail with StoreUnavailableError.
 * @throws StoreOpenError
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<CopyableStore> {
  const {url, schema = 'stator', patienceMs = 5_000, statementMsMax = 10_000} = options;
  const {mustExist = false, onlyReads = false, applicationName = 'stator', shards = 32, hasStandby = false} = options;
  assert(/^[a-z][a-z0-9_]*$/.test(schema), 'schema name needs no quotes', {schema});
  const clock = systemClock;
  const primary = onlyReads ? findAny(url) : findPrimary(url, clock);
  const server = {primary, onlyReads, applicationName, statementMsMax, clock};
  const connections = openConnections({...server, connectionsMax: requestConnectionsMax});
  const scanConnections = openConnections({...server, connectionsMax: scanConnectionsMax});
  let layout: Layout = 'together';
  try {
    if (!onlyReads) {
      // First of all, and without the settings of a session, which would stay with whoever comes next.
      if (!(await keepsSessions(server, clock.now() + patienceMs))) throw new StoreOpenError(lendsTransactions);
      const prepare = (connection: Connection) => prepareSchema(connection, {schema, mustExist, shards});
      layout = await connections.use(clock.now() + patienceMs, prepare);
      if (layout === 'spread' && hasStandby)
        throw new StoreOpenError('--read-store is not built for Citus: leave it out');
    }
  } catch (error) {
    await connections.close();
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(
      `can't use the database: ${(error as Error).message}; mend that, or name another with --store`,
    );
  }
  const partitionBytesOf = (layout === 'spread' && options.spreadPartitionBytesOf) || options.partitionBytesOf;
  const places = {partitionBytesOf, lockSeed: lockId(Buffer.from(schema), 0).low & 0x7fffffff};
  const inFlight = new InFlight();
  const shared = {connections, places, inFlight, clock, patienceMs};
  const {statements, mayMixMoments, readPage, read} = waysOf(layout, schema, shared);
  const commit = gatherCommits({...shared, statements, mayMixMoments, random: systemRandom});
  let closing: Promise<void> | undefined;
  /** Asks again for as long as a request waits: for what changes nothing, or may be done twice. */
  async function persist<R>(work: (connection: Connection) => Promise<R>): Promise<R> {
    const untilMs = clock.now() + patienceMs;
    inFlight.enter();
    try {
      for (;;) {
        try {
          return await scanConnections.use(untilMs, work);
        } catch (error) {
          if (clock.now() + retryMs >= untilMs || verdictOf(error) === 'wrong') throw unavailable(error, 'no');
          await pause(retryMs);
        }
      }
    } finally {
      inFlight.leave();
    }
  }

  function rangeParameters(range: KeyRange): Buffer[] {
    const start = splitKey(range.start, partitionBytesOf);
    const end = splitKey(range.end, partitionBytesOf);
    return [start.partition, start.sort, end.partition, end.sort];
  }

  async function scan(range: KeyRange, limits: ScanLimits): Promise<ScanPage> {
    const page: ScanPage = {keys: [], values: [], more: false};
    const split = {start: splitKey(range.start, partitionBytesOf), end: splitKey(range.end, partitionBytesOf)};
    const rows = await persist(connection => readPage(connection, split, limits));
    let bytes = 0;
    for (const [key, value] of rows) {
      page.keys.push(byteaOf(key!));
      const found = byteaOf(value!);
      page.values.push(found);
      bytes += found.length;
    }
    page.more = rows.length >= limits.entriesMax || (rows.length > 0 && bytes >= limits.bytesMax);
    return page;
  }

  async function counters(keys: readonly Key[]): Promise<number[][]> {
    const rows = await persist(connection => connection.run(statements.counters, keyArrays(keys, partitionBytesOf)));
    const sums: number[][] = keys.map(() => []);
    for (const [place, text] of rows) {
      const at = Number(place) - 1;
      sums[at] = addAmounts(sums[at]!, text === '' ? [] : text!.split(',').map(Number));
    }
    return sums;
  }

  async function clear(range: KeyRange): Promise<boolean> {
    const [row] = await persist(connection => connection.run(statements.clear, rangeParameters(range)));
    return row![0] === 't';
  }

  async function scanArea(area: Area, range: KeyRange, limits: Omit<ScanLimits, 'reverse'>): Promise<ScanPage> {
    if (area === 'entry') return scan(range, {...limits, reverse: false});
    const parameters = rangeParameters(range);
    return persist(connection => scanTallies(connection, statements, area, parameters, limits.entriesMax));
  }

  async function restore(entries: readonly RawEntry[]): Promise<void> {
    mustBeSoundEntries(entries);
    await persist(connection => restoreRaw(connection, statements, entries, partitionBytesOf));
  }

  async function entriesEstimate(): Promise<number | undefined> {
    const [row] = await persist(connection => connection.run(statements.estimate, []));
    return Number(row?.[0] ?? 0) || undefined;
  }

  async function otherUsers(): Promise<string[]> {
    const rows = await persist(connection => connection.run(statements.otherUsers, [applicationName]));
    return rows.map(([address]) => `a node on ${address}`);
  }

  return {
    read,
    scan,
    commit,
    counters,
    clear,
    scanArea,
    restore,
    entriesEstimate,
    otherUsers,
    close() {
      closing ??= (async () => {
        await inFlight.ended();
        await Promise.all([connections.close(), scanConnections.close()]);
      })();
      return closing;
    },
  };
}
