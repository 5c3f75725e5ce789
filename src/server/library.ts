import type {Lifecycle} from '../engine/engine.ts';
import type {StreamSettings} from '../engine/streams/stream-settings.ts';
import {startServer} from './compose.ts';
import type {StoreChoice} from './open-store.ts';

export interface StatorOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  host?: string;
  /** Keep the data in this folder; without it, in memory. */
  data?: string;
  durability?: 'commit' | 'relaxed';
  /** Keep the data in PostgreSQL instead, which any number of nodes may share: `postgres://user@host/db`. */
  store?: string;
  /** Eventually consistent reads may go to this standby of it. */
  readStore?: string;
  region?: string;
  /**
   * How long tables and indexes show CREATING, UPDATING and DELETING, and how long transactions are under way at least, so that
   * other requests conflict with them; in milliseconds. 0, the default, passes at once.
   */
  lifecycle?: Partial<Lifecycle>;
  /** How many shards a stream has, and how long they and their records last; as on AWS by default. */
  streams?: Partial<StreamSettings>;
}

export interface Stator {
  /** For the `endpoint` of an SDK client: `http://127.0.0.1:PORT`. */
  endpoint: string;
  close(): Promise<void>;
}

/**
 * A DynamoDB of your own, in this process: in memory unless told otherwise, as many as you like side by side.
 *
 * @throws when the port is in use or the folder can't be opened, with a message that says what to do.
 */
export async function startStator(options: StatorOptions = {}): Promise<Stator> {
  const {port = 0, host = '127.0.0.1', region = 'us-east-1', lifecycle, streams} = options;
  const server = await startServer({
    store: storeOf(options),
    host,
    port,
    region,
    ...(lifecycle && {lifecycle}),
    ...(streams && {streams}),
  });
  return {endpoint: `http://${urlHost(host)}:${server.port}`, close: server.close};
}

function storeOf({data, durability = 'commit', store, readStore}: StatorOptions): StoreChoice {
  if (store !== undefined) return {kind: 'postgres', url: store, ...(readStore && {readUrl: readStore})};
  return data === undefined ? {kind: 'memory'} : {kind: 'lmdb', directory: data, durability};
}

/** How a host that was listened on is written in a URL that reaches it from this machine. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
