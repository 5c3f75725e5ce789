import {randomUUID} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe} from 'node:test';
import {DynamoDB} from '@aws-sdk/client-dynamodb';
import {type StatorOptions, startStator} from '../../src/server/library.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';

/** What a conformance test talks to: an SDK client, and the bare HTTP for what the SDK can't send. */
export interface Target {
  readonly db: DynamoDB;
  /** One request as bytes: status, and the body as text. */
  raw(operation: string, body: string | Buffer): Promise<{status: number; body: string}>;
}

/**
 * Declares the same tests for every store: in memory, on disk and in PostgreSQL, each behind a server of its own. With
 * STATOR_TEST_ENDPOINT set, they run once, against whatever answers there; no test may ask what that is.
 */
export function onEveryStore(name: string, declare: (target: Target) => void): void {
  const endpoint = process.env.STATOR_TEST_ENDPOINT;
  const stores = endpoint ? [endpoint] : ['memory', 'lmdb', 'postgres'];
  for (const store of stores) {
    const skip = store === 'postgres' && noPostgres();
    describe(`${name} (${store})`, {skip}, () => {
      let running: RunningTarget | undefined;
      const current = () => {
        if (!running) throw new Error('the server is only there while a test runs');
        return running;
      };
      before(async () => {
        running = await startTarget(store);
      });
      declare({
        get db() {
          return current().db;
        },
        raw: (operation, body) => current().raw(operation, body),
      });
      // Last, so that tables are dropped before the server goes.
      after(() => running?.close());
    });
  }
}

interface RunningTarget extends Target {
  close(): Promise<void>;
}

async function startTarget(store: string): Promise<RunningTarget> {
  const directory = store === 'lmdb' ? mkdtempSync(join(tmpdir(), 'stator-conformance-')) : undefined;
  const given = store.startsWith('http') ? store : undefined;
  const server = given ? undefined : await startStator(await storeOptions(store, directory));
  const endpoint = given ?? server!.endpoint;
  const db = new DynamoDB({
    endpoint,
    region: process.env.AWS_REGION ?? 'us-east-1',
    maxAttempts: 1,
    ...(server && {credentials: {accessKeyId: 'test', secretAccessKey: 'test'}}),
  });
  return {
    db,
    raw: (operation, body) => post(endpoint, operation, body),
    close: async () => {
      db.destroy();
      await server?.close();
      if (directory) rmSync(directory, {recursive: true, force: true});
    },
  };
}

async function storeOptions(store: string, directory: string | undefined): Promise<StatorOptions> {
  if (store === 'postgres') return {store: await freshDatabase()};
  return directory ? {data: directory} : {};
}

const authorization =
  'AWS4-HMAC-SHA256 Credential=test/20261101/us-east-1/dynamodb/aws4_request, ' +
  'SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000';

async function post(endpoint: string, operation: string, body: string | Buffer) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20261101T000000Z',
      authorization,
    },
    body,
  });
  return {status: response.status, body: await response.text()};
}

/** A table name that no other run uses. */
export function freshTableName(purpose: string): string {
  return `conformance-${purpose}-${randomUUID()}`;
}
