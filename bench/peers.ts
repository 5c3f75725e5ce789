import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url)))); // from dist/bench
export const peersDir = join(root, 'bench', '.peers');

/** Runs a command to its end; rejects with the last lines of its output. */
export function runCommand(program: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {cwd, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    child.stdout.on('data', chunk => {
      output += chunk;
    });
    child.stderr.on('data', chunk => {
      output += chunk;
    });
    child.once('error', error => reject(new Error(`${program}: ${error.message}`)));
    child.once('exit', code => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${program} failed: ${
              output
                .trim()
                .split('\n')
                .find(line => /error/i.test(line)) ?? ''
            }`,
          ),
        );
    });
  });
}

/** Installs one npm package into a folder of its own below `bench/.peers`, once. */
export async function installNpmPeer(name: string, packageName: string, version: string): Promise<void> {
  const dir = join(peersDir, name);
  if (existsSync(join(dir, 'node_modules', packageName, 'package.json'))) return;
  mkdirSync(dir, {recursive: true});
  writeFileSync(join(dir, 'package.json'), JSON.stringify({private: true}));
  await runCommand('npm', ['install', '--no-audit', '--no-fund', `${packageName}@${version}`], dir);
}
