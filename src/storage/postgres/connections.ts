import pg from 'pg';
import {type Clock, pause} from '../../base/clock.ts';
import {log} from '../../base/log.ts';
import {StoreUnavailableError} from '../store-unavailable-error.ts';
import {NoAnswerError, verdictOf} from './failures.ts';
import type {Primary} from './find-primary.ts';
import type {Statement} from './statements.ts';

/** A row's columns as PostgreSQL writes them. */
export type Row = readonly (string | null)[];

/** One at a time may use it. */
export interface Connection {
  /** Prepared when first used, with parameters in binary. */
  run(statement: Statement, parameters: readonly (Buffer | string | number | null)[]): Promise<Row[]>;
  /** Several statements without parameters; the rows of the last. */
  script(text: string): Promise<Row[]>;
}

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
}

const connectMsMax = 3_000;
/** An idle connection is asked after this long whether its other end is there. */
const keepAliveMs = 10_000;
const retryConnectMs = 100;

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
  select pg_is_in_recovery()`;

/** A few connections of this node, opened when first needed. */
export function openConnections(options: ConnectionsOptions): Connections {
  const {primary, onlyReads, applicationName, connectionsMax, statementMsMax, clock} = options;
  const origins = new WeakMap<pg.ClientBase, {url: string; generation: number}>();
  /** Goes up with each connection that hangs or breaks: others that were made before it are not trusted any more. */
  let generation = 0;
  const pool = new pg.Pool({
    max: connectionsMax,
    connectionTimeoutMillis: connectMsMax,
    idleTimeoutMillis: 60_000,
    Client: connectionTo as unknown as new () => pg.Client,
    onConnect: async client => {
      // A standby answers reads with what was true a moment ago.
      const rows = await script(client, sessionSettings(statementMsMax));
      if (rows[0]?.[0] !== 'f' && !onlyReads) throw new Error('the server is a standby: it takes no writes');
    },
  });
  const trouble = tellOfTrouble(clock, onlyReads ? 'the standby' : 'PostgreSQL');

  /** The pool calls it with `new`. */
  function connectionTo(): pg.Client {
    const url = primary.last();
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectMsMax,
      query_timeout: statementMsMax,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
    });
    origins.set(client, {url, generation});
    return client;
  }

  // Idle connections that end are replaced when the next one is needed.
  pool.on('error', () => {});

  async function acquire(untilMs: number): Promise<pg.PoolClient> {
    for (;;) {
      try {
        const url = await primary.find();
        const client = await pool.connect();
        const origin = origins.get(client);
        if (origin?.url === url && origin.generation === generation) return client;
        // To a server that no longer is the one, or perhaps nowhere.
        client.release(true);
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

  return {
    async use(untilMs, work) {
      const client = await acquire(untilMs);
      const ignore = () => {};
      // A connection that ends fails the statement under way, and that one has somebody to tell.
      client.on('error', ignore);
      let fault = true;
      try {
        const result = await work({
          run: (statement, parameters) => run(client, statement, parameters),
          script: text => script(client, text),
        });
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
        client.off('error', ignore);
        if (fault) client.on('error', ignore);
        client.release(fault);
      }
    },
    close: () => pool.end(),
  };
}

const tellAgainMs = 30_000;

/** Tells the operator when something goes wrong and when it is over, however many requests it meets. */
function tellOfTrouble(clock: Clock, who: string) {
  let toldMs = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return {
    found(error: unknown): void {
      if (clock.now() - toldMs < tellAgainMs) return;
      toldMs = clock.now();
      isTold = true;
      log.error(
        `${who} does not serve; requests ${who === 'PostgreSQL' ? 'wait for it, then fail' : 'go to the primary'}`,
        {reason: (error as Error).message},
      );
    },
    none(): void {
      if (!isTold) return;
      isTold = false;
      log.error(`${who} serves again`);
    },
  };
}

const asText = {getTypeParser: () => (text: string) => text};

async function run(
  client: pg.ClientBase,
  statement: Statement,
  parameters: readonly (Buffer | string | number | null)[],
): Promise<Row[]> {
  const {rows} = await answerOf(client, () =>
    client.query({
      name: statement.name,
      text: statement.text,
      values: [...parameters],
      rowMode: 'array',
      types: asText as unknown as pg.CustomTypesConfig,
    }),
  );
  return rows as unknown as Row[];
}

async function script(client: pg.ClientBase, text: string): Promise<Row[]> {
  const asked = {text, rowMode: 'array' as const, types: asText as unknown as pg.CustomTypesConfig};
  const results = (await answerOf(client, () => client.query(asked))) as unknown as {rows: Row[]} | {rows: Row[]}[];
  return (Array.isArray(results) ? results.at(-1)! : results).rows;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const warningCode = '01000';

/**
 * A commit that waits for a standby and is told to stop waiting (pg_cancel_backend) succeeds with no more than a warning,
 * though it is on no other server: it may be lost yet. So a warning is as good as no answer.
 */
async function answerOf<R>(client: pg.ClientBase, query: () => Promise<R>): Promise<R> {
  let warning: string | undefined;
  const onNotice = (notice: {code?: string | undefined; message?: string | undefined}) => {
    if (notice.code === warningCode) warning = notice.message ?? '';
  };
  client.on('notice', onNotice);
  try {
    const result = await query();
    if (warning !== undefined) throw new NoAnswerError(warning);
    return result;
  } catch (error) {
    // What the client throws besides is of the connection, unless it is a fault in the program.
    const isTold = error instanceof pg.DatabaseError || error instanceof NoAnswerError;
    if (isTold || error instanceof TypeError || error instanceof RangeError) throw error;
    throw new NoAnswerError((error as Error).message, {cause: error});
  } finally {
    client.off('notice', onNotice);
  }
}
