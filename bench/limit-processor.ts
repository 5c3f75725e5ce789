import {existsSync, mkdirSync, rmdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const periodUs = 100_000;
const group = 'stator-bench';

/** Control groups of version 2, or of version 1: the folder, and what to write to which file for so many µs in each period. */
const isSecond = existsSync('/sys/fs/cgroup/cgroup.controllers');
const folder = isSecond ? `/sys/fs/cgroup/${group}` : `/sys/fs/cgroup/cpu/${group}`;
const filesFor = (us: number) =>
  isSecond ? {'cpu.max': `${us} ${periodUs}`} : {'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${us}`};

/**
 * Gives these processes, and those that they will start, a share of one processor between them, by a control group (Linux,
 * root). The returned function removes the group, once they have ended.
 * @throws Error where that can't be had
 */
export function limitProcessor(pids: readonly number[], share: number): () => void {
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    for (const [file, text] of Object.entries(filesFor(Math.round(share * periodUs)))) {
      writeFileSync(join(folder, file), text);
    }
    for (const pid of pids) writeFileSync(join(folder, 'cgroup.procs'), `${pid}`);
  } catch (error) {
    if (existsSync(folder)) rmdirSync(folder);
    throw new Error(`no control groups for --database-cpu here: ${(error as Error).message}`);
  }
  return () => rmdirSync(folder);
}
