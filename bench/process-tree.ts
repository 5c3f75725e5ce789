import {readdirSync, readFileSync} from 'node:fs';

interface Stat {
  parent: number;
  /** With those of its children that have ended. */
  cpuSeconds: number;
}

/** What /proc tells of a process; undefined once it is gone, or where there is no /proc. */
function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return {parent: Number(fields[1]), cpuSeconds: ticks / 100};
  } catch {
    return undefined;
  }
}

/** A process and its children, of a server that forks one for each connection. */
export function withChildren(pid: number): number[] {
  const others = process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];
  return [pid, ...others.filter(other => statOf(other)?.parent === pid)];
}

/** CPU seconds that a process and its children have used so far, or NaN where /proc does not tell. */
export function treeCpuSeconds(pid: number): number {
  if (!statOf(pid)) return Number.NaN;
  // One that ended a moment ago counts with its parent from now on.
  return withChildren(pid).reduce((sum, one) => sum + (statOf(one)?.cpuSeconds ?? 0), 0);
}
