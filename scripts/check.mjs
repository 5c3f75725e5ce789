// Format, lint, types, import map, dead files: every check that needs no running server.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {prepare, root} from './prepare.mjs';

await prepare();
const bin = name => join(root, 'node_modules', '.bin', name);
const checks = [
  ['format and lint', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['--noEmit', '--incremental', 'false']],
  ['import map', process.execPath, ['--test', join(root, 'dist/src/layers.test.js')]],
  ['dead files and dependencies', bin('knip'), []],
];
let failed = 0;
for (const [name, command, args] of checks) {
  const {status} = spawnSync(command, args, {cwd: root, stdio: 'inherit'});
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
