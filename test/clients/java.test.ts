import {join} from 'node:path';
import {test} from 'node:test';
import {buildJava} from './build-java.ts';
import {assertOk, runClient} from './run-client.ts';
import {root, startServer} from './start-server.ts';

test('AWS SDK for Java v2 with the enhanced client', async t => {
  const built = await buildJava(join(root, 'test/clients/java'), 'java');
  if ('missing' in built) return t.skip(built.missing);
  const server = await startServer();
  t.after(() => server.stop());
  // Short runs start faster with the first compiler alone.
  const args = ['-XX:TieredStopAtLevel=1', '-cp', built.classpath, 'RoundTrip'];
  assertOk(await runClient('java', args, {env: {STATOR_ENDPOINT: server.endpoint}}));
});
