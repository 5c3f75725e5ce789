import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const source = fileURLToPath(new URL('../../../test/faults/disk-shim.c', import.meta.url));

/** Why there is no shim here; false where there is. */
export function noShim(): string | false {
  if (process.platform !== 'linux') return 'stands between a process and its disk by LD_PRELOAD, on Linux';
  return spawnSync('cc', ['--version'], {stdio: 'ignore'}).status === 0 ? false : 'needs a C compiler: cc';
}

let library: string | undefined;

/** The compiled shim, which goes with this process. */
function shimLibrary(): string {
  if (library !== undefined && existsSync(library)) return library;
  const folder = mkdtempSync(join(tmpdir(), 'stator-shim-'));
  process.on('exit', () => rmSync(folder, {recursive: true, force: true}));
  library = join(folder, 'disk-shim.so');
  const {status, stderr} = spawnSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl', '-pthread']);
  if (status !== 0) throw new Error(`the shim does not compile: ${stderr}`);
  return library;
}

export interface DiskShim {
  /** What a process needs in its environment to be behind the shim. */
  environment: Record<string, string>;
  /** From now on these calls fail with this error, once `before` of them have succeeded; undefined: nothing fails. */
  fail(what?: {call: 'write' | 'grow' | 'sync' | 'short' | 'space'; errno: number; before?: number}): void;
  /** Where what reaches the disk is recorded. */
  log: string;
}

/**
 * Keeps its files in `folder`. With `records`, no flush is carried out, but all is written to the log. With `copiesOnWrite` the
 * disk seems to be of the kind that writes nothing in place.
 */
export function diskShim(folder: string, {records = false, copiesOnWrite = false} = {}): DiskShim {
  const control = join(folder, 'shim-control');
  const log = join(folder, 'shim-log');
  const environment: Record<string, string> = {LD_PRELOAD: shimLibrary(), SHIM_CONTROL: control};
  if (records) environment.SHIM_LOG = log;
  if (copiesOnWrite) environment.SHIM_COPY_ON_WRITE = '1';
  let told = 0;
  const fail: DiskShim['fail'] = what => {
    // The number at the end makes each order a new one.
    writeFileSync(control, what ? `${what.call} ${what.errno} ${what.before ?? 0} ${told++}` : '');
  };
  fail();
  return {environment, fail, log};
}
