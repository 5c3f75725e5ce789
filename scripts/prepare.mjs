// What every command of package.json does first: install and build, each only when something changed since.
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, statSync, utimesSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = ['src', 'test', 'bench', 'scripts', 'package.json', 'tsconfig.json'];

function run(command, args) {
  // Its output goes to stderr: stdout belongs to the command that was asked for.
  const {status, error} = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`stator: '${command} ${args.join(' ')}' failed${error ? `: ${error.message}` : ''}`);
    process.exit(1);
  }
}

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter(name => !name.startsWith('.') && name !== 'results'); // not sources: bench/
  return Math.max(stat.mtimeMs, ...names.map(name => newestMs(join(path, name))));
}

/** Marks a file as written now: npm and tsc leave theirs alone when nothing changed that they can see. */
const touch = path => utimesSync(path, new Date(), new Date());
const ageMs = path => (existsSync(path) ? statSync(path).mtimeMs : 0);

export async function prepare() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (ageMs(installed) < ageMs(join(root, 'package-lock.json'))) {
    console.error('stator: installing dependencies …');
    // The versions of the lock file, as `npm ci` would install them; but that refuses a lock file that doesn't name the
    // binaries of every platform, and not every registry has them all.
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund']);
    touch(installed);
  }
  // The last thing that a build makes: somebody who runs tsc alone has not built the program.
  const built = join(root, 'dist', 'bundle', 'main.js');
  if (ageMs(built) < Math.max(...sources.map(name => newestMs(join(root, name))))) {
    console.error('stator: building …');
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')]);
    const {bundle} = await import('./bundle.mjs');
    await bundle(root);
    touch(built);
  }
}
