import pg from 'pg';
import {type Clock, pause} from '../../base/clock.ts';
import {StoreUnavailableError} from '../store-unavailable-error.ts';
import {NoAnswerError, verdictOf} from './failures.ts';
import type {Primary} from './find-primary.ts';
import {Session} from './session.ts';
import {tellOfTrouble} from './tell-of-trouble.ts';

/** One at a time may use it. */
export type Connection = Pick<Session, 'run' | 'script' | 'server'>;

export interface Connections {
  /**
   * Hands `work` a connection, and takes it back. A connection that can't be had is tried for until `untilMs`; what `work`
   * throws is thrown on, and its connection dropped.
   * @throws StoreUnavailableError when none can be had
   */
  use<R>(untilMs: number, work: (connection: Connection) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

export interface ConnectionsOptions {
  primary: Primary;
  /** A standby will do. */
  onlyReads: boolean;
  applicationName: string;
  connectionsMax: number;
  /** The server gives up a little earlier, so that nearly always the outcome is known. */
  statementMsMax: number;
  clock: Clock;
  /** No settings for the session, and any server: only to look how connections behave. */
  plain?: boolean;
}

const connectMsMax = 3_000;
/** An idle connection is asked after this long whether its other end is there. */
const keepAliveMs = 10_000;
/** A connection that nobody needs is closed after this long. */
const idleMsMax = 60_000;
const retryConnectMs = 100;
/** Of several servers the others are asked when a statement takes longer. */
const suspiciousMs = 1_000;

/**
 * - Plans: there is one good one for each statement, by the primary key, also for a table that was empty when it was made.
 *   (Citus makes its own for each shard, and must know the parameters for that.)
 * - `synchronous_commit`: acknowledged means as durable as the server can, also where the database's default is less.
 * - A transaction that its node left open lets go of its locks.
 * - A node that is cut off is forgotten within half a minute, not after two hours: its connections count among all there may be.
 */
const sessionSettings = (statementMsMax: number) => `
  set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
  set jit = off; set bytea_output = hex;
  set default_transaction_isolation = 'read committed'; set statement_timeout = ${Math.ceil(statementMsMax * 0.8)};
  set lock_timeout = ${Math.ceil(statementMsMax * 0.4)}; set idle_in_transaction_session_timeout = ${statementMsMax};
  set tcp_keepalives_idle = ${keepAliveMs / 1_000}; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
  set tcp_user_timeout = ${keepAliveMs + 15_000};
  select set_config('plan_cache_mode', 'force_generic_plan', false)
    where not exists (select from pg_extension where extname = 'citus');
  select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local');
  select pg_is_in_recovery(), extract(epoch from pg_postmaster_start_time())`;

/** A few connections of this node, opened when first needed. */
export function openConnections(options: ConnectionsOptions): Connections {
  const {primary, onlyReads, applicationName, connectionsMax, statementMsMax, clock, plain = false} = options;
  const origins = new WeakMap<pg.ClientBase, {url: string; generation: number}>();
  /** Goes up with each connection that hangs or breaks: others that were made before it are not trusted any more. */
  let generation = 0;
  const pool = new pg.Pool({
    max: connectionsMax,
    connectionTimeoutMillis: connectMsMax,
    idleTimeoutMillis: idleMsMax,
    Client: connectionTo as unknown as new () => pg.Client,
    onConnect: async client => {
      if (plain) return;
      // A standby answers reads with what was true a moment ago.
      const session = sessionOf(client as pg.PoolClient);
      const rows = await whileBusy(session, () => session.script(sessionSettings(statementMsMax)));
      const [isStandby, startedAt] = rows[0] ?? [];
      if (isStandby !== 'f' && !onlyReads) throw new Error('the server is a standby: it takes no writes');
      session.server = startedAt ?? '';
    },
  });
  const trouble = tellOfTrouble(clock, onlyReads ? 'the standby' : 'PostgreSQL');
  const sessions = new WeakMap<pg.ClientBase, Session>();
  /** Those at work, whose answers are waited for. */
  const busy: Session[] = [];
  /** Not given back to the pool, which takes a timer and a turn of the event loop to hand one out. The last one used is the next. */
  const idle: Session[] = [];
  let isClosed = false;

  /** The pool calls it with `new`. */
  function connectionTo(): pg.Client {
    const url = primary.last();
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectMsMax,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
    });
    origins.set(client, {url, generation});
    return client;
  }

  function sessionOf(client: pg.PoolClient): Session {
    let session = sessions.get(client);
    if (!session) {
      session = new Session(client);
      sessions.set(client, session);
    }
    return session;
  }

  // Idle connections that end are replaced when the next one is needed.
  pool.on('error', () => {});

  let isWatching = false;

  /** One timer for all statements, and for all that idle: it is nearly always found to be needless. */
  function watch(): void {
    if (isWatching || busy.length + idle.length === 0) return;
    isWatching = true;
    clock.after(statementMsMax / 8, () => {
      isWatching = false;
      const nowMs = performance.now();
      while (idle.length > 0 && nowMs - idle[0]!.idleSinceMs > idleMsMax) idle.shift()!.client.release(true);
      for (const session of busy) {
        const waitedMs = session.askedMs === undefined ? 0 : nowMs - session.askedMs;
        if (waitedMs >= statementMsMax) session.giveUp();
        else if (waitedMs >= suspiciousMs) void leaveReplaced(session);
      }
      watch();
    });
  }

  /** A server that a failover left behind may run on: no standby confirms what it commits, so that a commit waits in vain. */
  async function leaveReplaced(session: Session): Promise<void> {
    if (await primary.isReplaced(origins.get(session.client)!.url)) session.giveUp('another server has taken over');
  }

  async function whileBusy<R>(session: Session, work: () => Promise<R>): Promise<R> {
    busy.push(session);
    watch();
    try {
      return await work();
    } finally {
      busy.splice(busy.indexOf(session), 1);
    }
  }

  /** To the server that is the one, and not since before another broke. */
  function isTrusted({client, isBroken}: Session, url: string | undefined): boolean {
    const origin = origins.get(client);
    return !isBroken && origin?.url === url && origin?.generation === generation;
  }

  function takeIdle(url: string | undefined): Session | undefined {
    if (url === undefined) return undefined;
    for (let session = idle.pop(); session; session = idle.pop()) {
      if (isTrusted(session, url)) return session;
      session.client.release(true);
      // Another node may have ended it, because another server has taken over.
      if (session.isBroken && !onlyReads) primary.doubt();
      if (primary.known() !== url) return undefined;
    }
    return undefined;
  }

  async function acquire(untilMs: number): Promise<Session> {
    for (;;) {
      try {
        const url = await primary.find();
        const session = takeIdle(url) ?? sessionOf(await pool.connect());
        if (isTrusted(session, url)) return session;
        // To a server that no longer is the one, or perhaps nowhere.
        session.client.release(true);
      } catch (error) {
        primary.doubt();
        trouble.found(error);
        if (clock.now() + retryConnectMs >= untilMs) {
          throw new StoreUnavailableError(`no connection to PostgreSQL: ${(error as Error).message}`, 'no', {
            cause: error,
          });
        }
        await pause(retryConnectMs);
      }
    }
  }

  function giveBack(session: Session): void {
    // Somebody waits in the pool's own line.
    if (isClosed || pool.waitingCount > 0) session.client.release();
    else {
      session.idleSinceMs = performance.now();
      idle.push(session);
      watch();
    }
  }

  return {
    async use(untilMs, work) {
      const session = takeIdle(primary.known()) ?? (await acquire(untilMs));
      let fault = true;
      try {
        const result = await whileBusy(session, () => work(session));
        fault = false;
        trouble.none();
        return result;
      } catch (error) {
        if (error instanceof NoAnswerError) generation++;
        if (verdictOf(error) !== 'wrong' && verdictOf(error) !== 'again') {
          primary.doubt();
          trouble.found(error);
        }
        throw error;
      } finally {
        if (fault) session.client.release(true);
        else giveBack(session);
      }
    },
    async close() {
      isClosed = true;
      for (const session of idle.splice(0)) session.client.release();
      await pool.end();
    },
  };
}
