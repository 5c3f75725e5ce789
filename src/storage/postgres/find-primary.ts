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

/**
 * Which of several servers takes writes. When two say that they do, the older one was left behind by a failover: what it
 * still serves is out of date. So the newest timeline wins, and none older than it is ever gone back to.
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
    const found = await newestOf(urls, clock);
    if (!found) throw new Error(`none of ${urls.length} servers takes writes`);
    if (found.timeline < newest) throw new Error('the only server that takes writes was left behind by a failover');
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

function newestOf(urls: readonly string[], clock: Clock): Promise<{url: string; timeline: number} | undefined> {
  return new Promise(resolve => {
    let best: {url: string; timeline: number} | undefined;
    let waitingFor = urls.length;
    const finish = () => resolve(best);
    for (const url of urls) {
      timelineOf(url)
        .catch(() => 0)
        .then(timeline => {
          if (timeline > 0 && !best) clock.after(graceMs, finish);
          if (timeline > (best?.timeline ?? 0)) best = {url, timeline};
          if (--waitingFor === 0) finish();
        });
    }
  });
}

async function timelineOf(url: string): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'stator looking for the primary',
    connectionTimeoutMillis: answerMsMax,
    query_timeout: answerMsMax,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const {rows} = await client.query(whichTimeline);
    return Number(rows[0].timeline);
  } finally {
    void client.end().catch(() => {});
  }
}
