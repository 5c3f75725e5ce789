// `npm run bench`: every server on one core, the load on the other; tables on the terminal and in bench/results.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {join} from 'node:path';
import {flushesPerSecond} from './disk.ts';
import {startLoadProcess} from './load-process.ts';
import {measureSize} from './measure.ts';
import {type BenchOptions, parseOptions} from './options.ts';
import {root} from './peers.ts';
import {canPin} from './pinned-process.ts';
import {createProgress} from './progress.ts';
import {renderReport} from './report.ts';
import type {BenchResult} from './result.ts';
import type {BenchServer} from './servers/server.ts';
import {measureStartUp} from './start-up.ts';

const peerStartsMax = 3;

function mustParse(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

const options = mustParse();
const progress = createProgress(process.stderr);
const resultsDir = join(root, 'bench', 'results');
mkdirSync(resultsDir, {recursive: true});
const dataDir = mkdtempSync(join(resultsDir, 'data-')); // on the repository's disk: /tmp may be memory
const removeData = () => rmSync(dataDir, {recursive: true, force: true});
process.once('exit', removeData);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const load = startLoadProcess();

try {
  const result: BenchResult = {
    at: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.versions.node,
      pinned: canPin,
      flushesPerSecond: flushesPerSecond(dataDir),
    },
    settings: {seconds: options.seconds, rounds: options.rounds},
    servers: options.servers.map(({id, title, durability}) => ({id, title, durability, missing: []})),
    loads: [],
    cells: [],
    starts: [],
  };
  const servers: BenchServer[] = [];
  for (const [i, server] of options.servers.entries()) {
    progress.status(`  getting ${server.title}`);
    try {
      await server.prepare();
      if (options.starts > 0) {
        progress.status(`  starting ${server.title}`);
        const times = server.id.startsWith('stator') ? options.starts : Math.min(options.starts, peerStartsMax);
        result.starts.push(await measureStartUp(server, times, dataDir));
      }
      servers.push(server);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      result.servers[i]!.missing.push(reason);
      progress.line(`  ${server.title} is not available: ${reason}`);
    }
  }
  const name = join(resultsDir, result.at.replace(/[:.]/g, '-'));
  const save = () => {
    writeFileSync(`${name}.json`, JSON.stringify(result, null, 2));
    writeFileSync(`${name}.md`, renderReport(result));
  };
  for (const items of options.items) {
    await measureSize(items, options, servers, dataDir, load, result, progress);
    save(); // a run that is broken off later has shown something
  }
  progress.status('');
  console.log(`${renderReport(result)}\nWritten: ${name}.md and .json`);
} finally {
  load.stop();
}
