// Runs every test that this machine can run: `npm test`, or `npm test -- src/model` for the files under a path.
import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join, relative} from 'node:path';
import {prepare, root} from './prepare.mjs';

await prepare();

function testFiles(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.js') ? [path] : [];
  });
}

const wanted = process.argv.slice(2).filter(arg => !arg.startsWith('-'));
const flags = process.argv.slice(2).filter(arg => arg.startsWith('-'));
const sourceOf = path => relative(join(root, 'dist'), path).replace(/\.js$/, '.ts').replaceAll('\\', '/');
const files = ['src', 'test', 'bench']
  .flatMap(name => testFiles(join(root, 'dist', name)))
  .filter(path => wanted.length === 0 || wanted.some(prefix => sourceOf(path).startsWith(prefix)));

const {status} = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...flags, ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
