import pg from 'pg';
import type {Clock} from '../../base/clock.ts';
import {hostsOf} from './hosts-of.ts';

export interface Primary {
  /**
   * The URL of the server to connect to.
   * @throws Error when no server takes writes
   */
  find(): Promise<string>;
  /** The same where nobody doubts it; undefined where it is to be looked for. */
  known(): string | undefined;
  /** Where it was when last found. */
  last(): string;
  /** It did not answer as it should: look again. */
  doubt(): void;
  /** The server at `url` is slow to answer: whether another has taken over. If so, that is the one from now on. */
  isReplaced(url: string): Promise<boolean>;
}

const answerMsMax = 3_000;
/** Once one server takes writes, this is how long the others may take to say that they do, too. */
const graceMs = 500;

/** The timeline that a server writes, which rises by one with each failover; 0 on a standby. */
const whichTimeline = `select case when pg_is_in_recovery() then 0
  else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint end as timeline`;

/** What nodes have open there; those who only look have a name of their own. */
const endNodes = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and application_name = 'stator' and usename = current_user and datname = current_database()`;

/**
 * Which of several servers takes writes. When two say that they do, the older one was left behind by a failover: what it
 * still serves is out of date. So the newest timeline wins, and none older than it is ever gone back to. Whoever finds
 * that out ends the connections of every node there before it goes to the newer: so the others look as well, and read
 * nothing that is out of date, as long as one that writes reaches both.
 */
export function findPrimary(url: string, clock: Clock): Primary {
  const urls = hostsOf(url);
  let current = urls[0]!;
  let isKnown = urls.length === 1;
  let newest = 0;
  /** What each wrote when it was last found to be the one. */
  const timelines = new Map<string, number>();
  let finding: Promise<string> | undefined;

  async function look(): Promise<string> {
    const taking = await thoseTakingWrites(urls, clock);
    const found = [...taking].sort((a, b) => b.timeline - a.timeline)[0];
    if (!found) throw new Error(`none of ${urls.length} servers takes writes`);
    if (found.timeline < newest) throw new Error('the only server that takes writes was left behind by a failover');
    const leftBehind = taking.filter(({timeline}) => timeline < found.timeline);
    await Promise.all(leftBehind.map(server => ask(server.url, endNodes).catch(() => {})));
    newest = found.timeline;
    timelines.set(found.url, newest);
    current = found.url;
    isKnown = true;
    return current;
  }

  function lookOnce(): Promise<string> {
    finding ??= look().finally(() => {
      finding = undefined;
    });
    return finding;
  }

  return {
    find: async () => (isKnown ? current : lookOnce()),
    known: () => (isKnown ? current : undefined),
    last: () => current,
    doubt() {
      if (urls.length > 1) isKnown = false;
    },
    async isReplaced(url) {
      // Where none takes writes, whoever waits has nowhere else to go.
      if (urls.length > 1) await lookOnce().catch(() => {});
      return (timelines.get(url) ?? 0) < newest;
    },
  };
}

/** Any of several servers, whatever it is: another one after each failure. */
export function findAny(url: string): Primary {
  const urls = hostsOf(url);
  let at = 0;
  return {
    find: async () => urls[at]!,
    known: () => urls[at]!,
    last: () => urls[at]!,
    doubt() {
      at = (at + 1) % urls.length;
    },
    isReplaced: async () => false,
  };
}

interface Server {
  url: string;
  timeline: number;
}

function thoseTakingWrites(urls: readonly string[], clock: Clock): Promise<readonly Server[]> {
  return new Promise(resolve => {
    const taking: Server[] = [];
    let waitingFor = urls.length;
    const finish = () => resolve([...taking]);
    for (const url of urls) {
      ask(url, whichTimeline)
        .then(row => Number(row.timeline))
        .catch(() => 0)
        .then(timeline => {
          if (timeline > 0 && taking.length === 0) clock.after(graceMs, finish);
          if (timeline > 0) taking.push({url, timeline});
          if (--waitingFor === 0) finish();
        });
    }
  });
}

/** The first row. */
async function ask(url: string, query: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'stator looking for the primary',
    connectionTimeoutMillis: answerMsMax,
    query_timeout: answerMsMax,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const {rows} = await client.query(query);
    return rows[0];
  } finally {
    void client.end().catch(() => {});
  }
}
