import {join} from 'node:path';
import {test} from 'node:test';
import {assertOk, runClient} from './run-client.ts';
import {root, startServer} from './start-server.ts';

test('boto3 for Python', async t => {
  const {code} = await runClient('python3', ['-c', 'import boto3']);
  if (code !== 0) return t.skip('python3 with boto3 is not on this machine');
  const server = await startServer();
  t.after(() => server.stop());
  const script = join(root, 'test/clients/python/round_trip.py');
  assertOk(await runClient('python3', [script], {env: {STATOR_ENDPOINT: server.endpoint}}));
});
