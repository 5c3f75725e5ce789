// What every command of package.json does first: install and build, each only when something changed since.
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, statSync} from 'node:fs';
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

const ageMs = path => (existsSync(path) ? statSync(path).mtimeMs : 0);

export async function prepare() {
  const lock = join(root, 'package-lock.json');
  if (ageMs(join(root, 'node_modules', '.package-lock.json')) < ageMs(lock)) {
    console.error('stator: installing dependencies …');
    run('npm', ['ci', '--no-audit', '--no-fund']);
  }
  const built = join(root, 'dist', '.tsbuildinfo');
  if (ageMs(built) < Math.max(...sources.map(name => newestMs(join(root, name))))) {
    console.error('stator: building …');
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')]);
    // tsc leaves the file alone when nothing changed that it can see.
    const {utimesSync} = await import('node:fs');
    utimesSync(built, new Date(), new Date());
  }
}
