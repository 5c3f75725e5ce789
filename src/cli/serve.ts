import {resolve} from 'node:path';
import {pause} from '../base/clock.ts';
import {type RunningServer, startServer} from '../server/compose.ts';
import {urlHost} from '../server/library.ts';
import type {StoreChoice} from '../server/open-store.ts';
import {postgresPlace} from '../server/postgres-place.ts';
import type {Settings} from './flags.ts';

/** Serves until SIGTERM or SIGINT, then finishes what is under way and exits with 0. */
export async function serve(settings: Settings): Promise<void> {
  const server = await startFromSettings(settings);
  // Before anybody can know that it serves.
  onceAskedToStop(() => server.close());
  console.log(welcome(settings, server.port));
}

export async function startFromSettings(settings: Settings): Promise<RunningServer> {
  const server = await startServer({
    store: storeOf(settings),
    host: settings.host,
    port: settings.port,
    region: settings.region,
    limits: {
      connectionsMax: settings.connections,
      heldBytesMax: settings.inFlightMegabytes * 1024 * 1024,
      headMs: settings.requestTimeoutSeconds * 250,
      requestMs: settings.requestTimeoutSeconds * 1000,
      stalledMs: settings.requestTimeoutSeconds * 1000,
      idleMs: settings.idleTimeoutSeconds * 1000,
    },
    streams: {
      shardsMin: settings.streamShards,
      rollMs: settings.streamRollSeconds * 1000,
      retentionMs: settings.streamRetentionSeconds * 1000,
    },
  });
  void server.broken.then(() => endBroken(server));
  return server;
}

const endMsMax = 5_000;

/** Requests that are under way are answered. Whatever starts this program again lets it look at the disk anew. */
async function endBroken(server: RunningServer): Promise<void> {
  await Promise.race([server.close().catch(() => {}), pause(endMsMax)]);
  process.exit(1);
}

function storeOf({store, readStore, storeShards, inMemory, data, durability}: Settings): StoreChoice {
  if (store !== '') return {kind: 'postgres', url: store, shards: storeShards, ...(readStore && {readUrl: readStore})};
  return inMemory ? {kind: 'memory'} : {kind: 'lmdb', directory: resolve(data), durability};
}

/** Signals that come while stopping are ignored: what is under way is bounded in time. */
export function onceAskedToStop(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      error => {
        console.error(`stator: could not stop cleanly: ${(error as Error).message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

export function welcome(settings: Settings, port: number): string {
  const endpoint = `http://${urlHost(settings.host)}:${port}`;
  return `Stator serves DynamoDB at ${endpoint}
  data     ${placeOfData(settings)}
  try      AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_REGION=${settings.region} aws dynamodb list-tables --endpoint-url ${endpoint}
  or       new DynamoDBClient({endpoint: '${endpoint}', region: '${settings.region}', credentials: {accessKeyId: 'x', secretAccessKey: 'x'}})`;
}

function placeOfData({store, inMemory, data, durability}: Settings): string {
  if (store !== '') return postgresPlace(store);
  return inMemory ? 'in memory: gone when this process ends' : `${resolve(data)} (${durability})`;
}
