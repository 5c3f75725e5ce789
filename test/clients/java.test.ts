import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {test} from 'node:test';
import {assertOk, type ClientRun, runClient} from './run-client.ts';
import {root, startServer} from './start-server.ts';

const project = join(root, 'test/clients/java');
const built = join(root, 'node_modules/.cache/stator/java');

/** Offline first: once everything is in Maven's own cache, no network is asked. */
async function build(): Promise<ClientRun> {
  const goals = ['-q', '-B', 'compile', 'dependency:build-classpath'];
  const offline = await runClient('mvn', ['-o', ...goals], {cwd: project});
  if (offline.code === 0 || isOurFault(offline)) return offline;
  return runClient('mvn', goals, {cwd: project, timeoutMs: 300_000});
}

const isOurFault = ({output}: ClientRun): boolean => output.includes('COMPILATION ERROR');

test('AWS SDK for Java v2 with the enhanced client', async t => {
  for (const tool of ['mvn', 'javac']) {
    const {code} = await runClient(tool, ['-version']);
    if (code !== 0) return t.skip(`${tool} is not on this machine`);
  }
  const compiled = await build();
  assert.ok(!isOurFault(compiled), compiled.output);
  if (compiled.code !== 0) return t.skip('Maven could not get the SDK');
  const classpath = [join(built, 'classes'), readFileSync(join(built, 'classpath.txt'), 'utf8').trim()].join(delimiter);
  const server = await startServer();
  t.after(() => server.stop());
  // Short runs start faster with the first compiler alone.
  const args = ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'RoundTrip'];
  assertOk(await runClient('java', args, {env: {STATOR_ENDPOINT: server.endpoint}}));
});
