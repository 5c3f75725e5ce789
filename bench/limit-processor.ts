import {existsSync, mkdirSync, rmdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const periodUs = 100_000;
const group = 'stator-bench';

/** Control groups of version 2, or of version 1: the folder, and what to write to which file for a share of a processor. */
const isSecond = existsSync('/sys/fs/cgroup/cgroup.controllers');
const folder = isSecond ? `/sys/fs/cgroup/${group}` : `/sys/fs/cgroup/cpu/${group}`;
function filesFor(share: number | undefined): Record<string, string> {
  const us = share === undefined ? undefined : Math.round(share * periodUs);
  return isSecond
    ? {'cpu.max': `${us ?? 'max'} ${periodUs}`}
    : {'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${us ?? -1}`};
}

export interface ProcessorLimit {
  /** What they have of one processor between them; undefined: as much as they like. */
  set(share: number | undefined): void;
  /** Once they have ended. */
  remove(): void;
}

/**
 * A limit for these processes, and those that they will start, by a control group (Linux, root). It limits nothing yet.
 * @throws Error where that can't be had
 */
export function limitProcessor(pids: readonly number[]): ProcessorLimit {
  const set = (share: number | undefined) => {
    for (const [file, text] of Object.entries(filesFor(share))) writeFileSync(join(folder, file), text);
  };
  const remove = () => rmdirSync(folder);
  if (!existsSync(folder)) mkdirSync(folder);
  try {
    set(undefined);
    for (const pid of pids) writeFileSync(join(folder, 'cgroup.procs'), `${pid}`);
  } catch (error) {
    remove();
    throw error;
  }
  return {set, remove};
}
