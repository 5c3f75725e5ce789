import {join} from 'node:path';
import {test} from 'node:test';
import {assertOk, runClient} from './run-client.ts';
import {root, startServer} from './start-server.ts';

test('AWS SDK for JavaScript v3 with the document client', async t => {
  const server = await startServer();
  t.after(() => server.stop());
  const script = join(root, 'test/clients/javascript/round-trip.mjs');
  assertOk(await runClient(process.execPath, [script], {env: {STATOR_ENDPOINT: server.endpoint}}));
});
