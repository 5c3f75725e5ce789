import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {seededRandom} from '../../src/base/random.ts';
import {connectTo, must} from '../harness/call.ts';
import {untilSettled} from '../harness/check-table.ts';
import {sleep, startServer} from '../harness/server-process.ts';
import {freshDatabase, noPostgres} from '../postgres/shared-postgres.ts';
import {openBank, startMixedLoad, TableName} from './mixed-load.ts';

const seed = Number(process.env.STATOR_TEST_SEED) || 7;
/** Set STATOR_TEST_KILLS to some hundreds for a long run. */
const kills = Number(process.env.STATOR_TEST_KILLS) || 5;

describe('nodes are killed at random under a mixed load', {skip: noPostgres()}, () => {
  for (const count of [2, 4]) {
    test(`${count} nodes: nothing acknowledged is lost, nothing is seen by half, the stream tells all once`, async t => {
      const random = seededRandom(seed + count);
      const args = ['--store', await freshDatabase()];
      const servers = await Promise.all(Array.from({length: count}, () => startServer(t, args)));
      await openBank(servers[0]!.endpoint);
      const load = startMixedLoad(t, () => servers.map(({endpoint}) => endpoint), seed);
      for (let kill = 0; kill < kills; kill++) {
        await sleep(200 + random.fraction() * 400);
        // Also the one that does the jobs, which is the first one to begin with.
        const victim = kill === 1 ? 0 : Math.floor(random.fraction() * count);
        if (kill === 1) await addIndex(servers[0]!.endpoint);
        await servers[victim]!.killAll();
        servers[victim] = await startServer(t, args);
      }
      const {call, close} = connectTo(servers[1]!.endpoint);
      const startMs = Date.now();
      await untilSettled(call, TableName);
      assert.ok(Date.now() - startMs < 12_000, 'jobs go on within seconds');
      close();
      await load.check();
      t.diagnostic(JSON.stringify(load.seen));
    });
  }
});

async function addIndex(endpoint: string): Promise<void> {
  const {call, close} = connectTo(endpoint);
  await must(call, 'UpdateTable', {
    TableName,
    AttributeDefinitions: [{AttributeName: 'n', AttributeType: 'N'}],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: 'by-n',
          KeySchema: [{AttributeName: 'n', KeyType: 'HASH'}],
          Projection: {ProjectionType: 'KEYS_ONLY'},
        },
      },
    ],
  });
  close();
}
