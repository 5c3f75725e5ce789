#!/usr/bin/env node
import {describeStartFailure} from './describe-start-failure.ts';
import {helpText, readSettings, type Settings, UsageError} from './flags.ts';
import {serve} from './serve.ts';
import {tuneCollector} from './tune-collector.ts';
import {version} from './version.ts';

async function main(): Promise<void> {
  if (process.argv[2] === 'copy') return (await import('./copy.ts')).copy(process.argv.slice(3));
  if (process.argv[2] === 'check') return (await import('./check.ts')).check(process.argv.slice(3));
  tuneCollector();
  const settings: Settings = readSettings(process.argv.slice(2), process.env);
  if (settings.help) console.log(helpText());
  else if (settings.version) console.log(version());
  else if (settings.workers > 1) await (await import('./serve-with-workers.ts')).serveWithWorkers(settings);
  else await serve(settings);
}

try {
  await main();
} catch (error) {
  console.error(`stator: ${error instanceof UsageError ? error.message : describeStartFailure(error)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
