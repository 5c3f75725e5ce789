import {join} from 'node:path';
import {test} from 'node:test';
import {assertOk, runClient} from './run-client.ts';
import {root, startServer} from './start-server.ts';

test('AWS CLI', async t => {
  for (const tool of ['aws', 'bash']) {
    const {code} = await runClient(tool, ['--version']);
    if (code !== 0) return t.skip(`${tool} is not on this machine`);
  }
  const server = await startServer();
  t.after(() => server.stop());
  const script = join(root, 'test/clients/cli/round-trip.sh');
  assertOk(await runClient('bash', [script], {env: {STATOR_ENDPOINT: server.endpoint}}));
});
