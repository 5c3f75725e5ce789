import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import {pause} from '../../src/base/clock.ts';
import {systemRandom} from '../../src/base/random.ts';
import {startStator} from '../../src/server/library.ts';
import {root} from '../clients/start-server.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';

/** A server that several clients crowd. */
export interface Crowded {
  endpoint: string;
  /** Commits take long enough here for transactions to meet. */
  conflictsExpected?: true;
  /** Ends it and starts it again on the same data; undefined where nothing is kept. */
  restart?: () => Promise<Crowded>;
  close(): Promise<void>;
}

/** Each way to run Stator that has a concurrency of its own. */
export const kinds: {name: string; skip: string | false; start: () => Promise<Crowded>}[] = [
  {name: 'in memory', skip: false, start: async () => startStator()},
  {
    name: 'in memory, with transactions that take their time',
    skip: false,
    start: async () => ({...(await startStator({lifecycle: {transactionMs: 2}})), conflictsExpected: true}),
  },
  {name: 'on LMDB', skip: false, start: () => withDirectory(onLmdb)},
  {
    name: 'two workers on LMDB',
    skip: false,
    start: () => withDirectory(directory => twoWorkers('--data', directory, '--durability', 'relaxed')),
  },
  {name: 'on PostgreSQL', skip: noPostgres(), start: () => withDatabase(store => startStator({store}))},
  {
    name: 'two nodes on PostgreSQL',
    skip: noPostgres(),
    start: () => withDatabase(store => twoWorkers('--store', store)),
  },
];

async function withDatabase(start: (url: string) => Promise<Crowded>): Promise<Crowded> {
  const url = await freshDatabase();
  const restartable = (crowded: Crowded): Crowded => ({
    endpoint: crowded.endpoint,
    restart: async () => {
      await crowded.close();
      return restartable(await start(url));
    },
    close: crowded.close,
  });
  return restartable(await start(url));
}

async function withDirectory(start: (directory: string) => Promise<Crowded>): Promise<Crowded> {
  const directory = mkdtempSync(join(tmpdir(), 'stator-crowd-'));
  const owned = (crowded: Crowded): Crowded => ({
    endpoint: crowded.endpoint,
    restart: async () => {
      await crowded.close();
      return owned(await start(directory));
    },
    close: async () => {
      await crowded.close();
      rmSync(directory, {recursive: true, force: true});
    },
  });
  return owned(await start(directory));
}

const onLmdb = (directory: string): Promise<Crowded> => startStator({data: directory, durability: 'relaxed'});

async function twoWorkers(...place: string[]): Promise<Crowded> {
  const args = ['dist/src/cli/main.js', '--port', '0', '--workers', '2', ...place];
  const server = spawn(process.execPath, args, {cwd: root, stdio: ['ignore', 'pipe', 'inherit']});
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = await endpointOf(server);
  return {
    endpoint,
    close: async () => {
      process.off('exit', kill);
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}

function endpointOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.once('exit', code => reject(new Error(`the server ended early (${code}): ${text}`)));
    server.stdout!.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      const found = /(http:\/\/127\.0\.0\.1:\d+)\D/.exec(text);
      if (found) resolve(found[1]!);
    });
  });
}

/** A client with connections of its own, which tries nothing twice: what it was told is what happened. */
export function newClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    maxAttempts: 1,
  });
}

/** Did it meet a transaction under way, and for no other reason do nothing? */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException || error instanceof TransactionInProgressException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = error.CancellationReasons!.map(({Code}) => Code);
  return (
    codes.includes('TransactionConflict') && codes.every(code => code === 'None' || code === 'TransactionConflict')
  );
}

/** How often `inTurn` met a transaction under way. */
export const conflicts = {met: 0};
const conflictTriesMax = 5_000;

/** Sends it again while it meets transactions under way, as callers must: SDKs do so only for a token. */
export async function inTurn<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!isConflict(error) || tries === conflictTriesMax) throw error;
      conflicts.met++;
      await pause(1 + systemRandom.fraction() * 4);
    }
  }
}

export async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{AttributeName: 'pk', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}],
    }),
  );
}

/** Many clients at once, each with a number. */
export async function crowd(
  endpoint: string,
  count: number,
  act: (client: DynamoDBClient, number: number) => Promise<void>,
) {
  await Promise.all(
    Array.from({length: count}, async (_, number) => {
      const client = newClient(endpoint);
      try {
        await act(client, number);
      } finally {
        client.destroy();
      }
    }),
  );
}
