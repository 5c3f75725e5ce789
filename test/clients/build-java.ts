import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {type ClientRun, runClient} from './run-client.ts';
import {root} from './start-server.ts';

/**
 * Compiles a Maven project, whose output goes to `node_modules/.cache/stator/NAME`. Answers the class path, or what is
 * missing on this machine for it; rejects for code that doesn't compile.
 */
export async function buildJava(
  project: string,
  name: string,
  options: readonly string[] = [],
): Promise<{classpath: string} | {missing: string}> {
  for (const tool of ['mvn', 'javac']) {
    const {code} = await runClient(tool, ['-version']);
    if (code !== 0) return {missing: `${tool} is not on this machine`};
  }
  const compiled = await compile(project, options);
  assert.ok(!isOurFault(compiled), compiled.output);
  if (compiled.code !== 0) return {missing: 'Maven could not get what the program needs'};
  const built = join(root, 'node_modules/.cache/stator', name);
  const libraries = readFileSync(join(built, 'classpath.txt'), 'utf8').trim();
  return {classpath: [join(built, 'classes'), libraries].join(delimiter)};
}

/** Offline first: once everything is in Maven's own cache, no network is asked. */
async function compile(project: string, options: readonly string[]): Promise<ClientRun> {
  const goals = ['-q', '-B', ...options, 'compile', 'dependency:build-classpath'];
  const offline = await runClient('mvn', ['-o', ...goals], {cwd: project});
  if (offline.code === 0 || isOurFault(offline)) return offline;
  return runClient('mvn', goals, {cwd: project, timeoutMs: 300_000});
}

const isOurFault = ({output}: ClientRun): boolean => output.includes('COMPILATION ERROR');
