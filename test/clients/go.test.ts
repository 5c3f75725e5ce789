import {join} from 'node:path';
import {test} from 'node:test';
import {assertOk, runClient} from './run-client.ts';
import {root, startServer} from './start-server.ts';

const project = join(root, 'test/clients/go');

test('AWS SDK for Go v2', async t => {
  const {code} = await runClient('go', ['version']);
  if (code !== 0) return t.skip('go is not on this machine');
  const download = await runClient('go', ['mod', 'download'], {cwd: project, timeoutMs: 300_000});
  if (download.code !== 0) return t.skip('Go could not get the SDK');
  const server = await startServer();
  t.after(() => server.stop());
  // A first build compiles the whole SDK.
  const options = {cwd: project, env: {STATOR_ENDPOINT: server.endpoint}, timeoutMs: 300_000};
  assertOk(await runClient('go', ['run', '.'], options));
});
