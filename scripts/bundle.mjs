// Joins the program and the library into a few files each: loading two hundred small modules takes Node longer than all
// else that a start does (docs/decisions/0005). `tsc` has already checked and compiled what is joined here.
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';

export async function bundle(root) {
  const outdir = join(root, 'dist', 'bundle');
  rmSync(outdir, {recursive: true, force: true});
  await build({
    entryPoints: {main: join(root, 'dist/src/cli/main.js'), library: join(root, 'dist/src/server/library.js')},
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    // lmdb has native code, which can't be joined; pg is loaded by those alone who use it.
    external: ['lmdb', 'pg'],
    // For the packages among what is joined that are CommonJS.
    banner: {js: "import {createRequire} from 'node:module';\nconst require = createRequire(import.meta.url);"},
    logLevel: 'warning',
  });
}
